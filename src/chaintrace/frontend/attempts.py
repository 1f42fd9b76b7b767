"""`try`: handlers see any version that the body may have left."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.flow import Flow
from chaintrace.frontend.interrupts import Log, interrupted
from chaintrace.frontend.joins import join
from chaintrace.ir.facts import Guard, Test
from chaintrace.ir.operations import Catch

_Handler = cst.ExceptHandler | cst.ExceptStarHandler


def try_(b: Builder, tree: cst.Try | cst.TryStar) -> None:
    """Lower `try` with its handlers, `else` and `finally`."""
    guard = b.guard
    before = b.live.copy()
    whole_log: Log = []
    log: Log = []
    b.logs.append(log)
    start = len(b.operations)
    b.suite(tree.body)
    b.logs.pop()
    whole_log.extend(log)
    b.logs.append(whole_log)
    if tree.orelse is not None and b.flow is not None:
        b.suite(tree.orelse.body)
    b.region(start)
    result: Flow | None = b.flow
    caught = interrupted(b, before, log) if tree.handlers else before
    for handler in tree.handlers:
        b.flow, b.guard = caught.copy(), guard
        start = len(b.operations)
        _handle(b, handler)
        b.region(start)
        result = join(b, result, b.flow)
    b.logs.pop()
    if b.logs:
        b.logs[-1].extend(whole_log)
    b.flow, b.guard = result, guard
    if tree.finalbody is not None:
        _finally(b, tree.finalbody, interrupted(b, before, whole_log))


def _handle(b: Builder, tree: _Handler) -> None:
    """Lower one `except` clause."""
    text = "except"
    if tree.type is not None:
        text = f"except {b.source.operand_text(tree.type)}"
        source = b.expression(tree.type)
        target = b.new()
        site = b.site(tree.type)
        b.operations.append(Catch(target, source, site))
        b.guard = b.source.add_guard(Guard(text, False, Test("other"), b.source.line_of(tree), b.guard))
        if tree.name is not None and isinstance(tree.name.name, cst.Name):
            name = tree.name.name
            b.bind(name.value, target, b.whole(name))
            b.suite(tree.body)
            if b.flow is not None:
                b.unbind(b.scope.resolve(name.value).key)
            return
    else:
        b.guard = b.source.add_guard(Guard(text, False, Test("other"), b.source.line_of(tree), b.guard))
    b.suite(tree.body)


def _finally(b: Builder, tree: cst.Finally, cut_short: Flow) -> None:
    """Lower `finally`: it sees any version; afterwards names it leaves alone are again what they were."""
    result = b.flow
    start = join(b, cut_short, result) or cut_short
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
