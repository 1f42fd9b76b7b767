"""`try`: handlers see any version that the body may have left."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.flow import MAYBE, Flow
from chaintrace.frontend.joins import join
from chaintrace.frontend.scopes import Kind
from chaintrace.ir.facts import Test
from chaintrace.ir.operations import Catch, Copy

_Log = list[tuple[str, int]]
_Handler = cst.ExceptHandler | cst.ExceptStarHandler


def try_(b: Builder, tree: cst.Try | cst.TryStar) -> None:
    """Lower `try` with its handlers, `else` and `finally`."""
    assert b.flow is not None
    guard = b.guard
    before = b.flow.copy()
    whole_log: _Log = []
    log: _Log = []
    b.logs.append(log)
    b.suite(tree.body)
    b.logs.pop()
    whole_log.extend(log)
    b.logs.append(whole_log)
    if tree.orelse is not None and b.flow is not None:
        b.suite(tree.orelse.body)
    result = b.flow
    caught = _interrupted(b, before, log) if tree.handlers else None
    for handler in tree.handlers:
        assert caught is not None
        b.flow, b.guard = caught.copy(), guard
        _handle(b, handler)
        result = join(b, result, b.flow)
    b.logs.pop()
    if b.logs:
        b.logs[-1].extend(whole_log)
    b.flow, b.guard = result, guard
    if tree.finalbody is not None:
        _finally(b, tree.finalbody, _interrupted(b, before, whole_log))


def _interrupted(b: Builder, before: Flow, log: _Log) -> Flow:
    """Return the flow where an exception may have left the body at any point."""
    flow = before.copy()
    versions: dict[str, list[int]] = {}
    for key, register in log:
        versions.setdefault(key, []).append(register)
    partial = b.block_scope.kind <= Kind.CLASS
    for key, registers in versions.items():
        facts = flow.facts.get(key, ())
        flow.forget(key)
        if "." in key:
            continue
        old = flow.names.get(key)
        if old == MAYBE or (old is None and partial):
            flow.names[key] = MAYBE
            continue
        sources = registers if old is None else [b.narrow(old, facts), *registers]
        target = flow.names[key] = b.new()
        for source in dict.fromkeys(sources):
            b.operations.append(Copy(target, source))
    return flow


def _handle(b: Builder, tree: _Handler) -> None:
    """Lower one `except` clause."""
    assert b.flow is not None
    text = "except"
    if tree.type is not None:
        text = f"except {b.source.text_of(tree.type)}"
        source = b.expression(tree.type)
        target = b.new()
        site = b.site(tree.type)
        b.operations.append(Catch(target, source, site))
        b.guard = b.source.add_guard(text, False, Test("other"), b.source.line_of(tree), b.guard)
        if tree.name is not None and isinstance(tree.name.name, cst.Name):
            name = tree.name.name
            b.bind(name.value, target, b.whole(name))
            b.suite(tree.body)
            if b.flow is not None:
                b.unbind(b.scope.resolve(name.value).key)
            return
    else:
        b.guard = b.source.add_guard(text, False, Test("other"), b.source.line_of(tree), b.guard)
    b.suite(tree.body)


def _finally(b: Builder, tree: cst.Finally, interrupted: Flow) -> None:
    """Lower `finally`: it sees any version; afterwards names it leaves alone are again what they were."""
    result = b.flow
    start = join(b, interrupted, result)
    assert start is not None
    b.flow = start.copy()
    b.suite(tree.body)
    end = b.flow
    if result is None or end is None:
        b.flow = None
        return
    for key in [*end.names]:
        if end.names[key] == start.names.get(key) and key in result.names:
            end.names[key] = result.names[key]
    end.facts = {**result.facts, **end.facts} if end.names == result.names else end.facts
    b.flow = end
