"""Comprehensions and generator expressions: inlined into the block around them."""

from typing import NamedTuple

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.conditions import decide
from chaintrace.frontend.flow import Flow
from chaintrace.frontend.joins import join
from chaintrace.frontend.scopes import Scope
from chaintrace.frontend.targets import assign
from chaintrace.ir.operations import Build, Iterate


def simple(b: Builder, tree: cst.BaseSimpleComp, kind: str) -> int:
    """Lower a comprehension with one value an element."""
    outside = _enter(b, tree)
    return _leave(b, tree, kind, (-1, b.expression(tree.elt)), outside)


def list_comprehension(b: Builder, tree: cst.ListComp) -> int:
    """Lower `[a for x in xs]`."""
    return simple(b, tree, "list")


def set_comprehension(b: Builder, tree: cst.SetComp) -> int:
    """Lower `{a for x in xs}`."""
    return simple(b, tree, "set")


def generator(b: Builder, tree: cst.GeneratorExp) -> int:
    """Lower `(a for x in xs)`."""
    return simple(b, tree, "generator")


def dict_comprehension(b: Builder, tree: cst.DictComp) -> int:
    """Lower `{k: v for x in xs}`."""
    outside = _enter(b, tree)
    item = (b.expression(tree.key), b.expression(tree.value))
    return _leave(b, tree, "dict", item, outside)


def starred_dict_comprehension(b: Builder, tree: "cst.StarredDictComp") -> int:
    """Lower `{**d for d in ds}`."""
    outside = _enter(b, tree)
    return _leave(b, tree, "dict", (-1, b.expression(tree.value)), outside)


class _Outside(NamedTuple):
    """Hold what a comprehension returns to."""

    scope: Scope
    guard: int
    flow: Flow
    start: int


def _enter(b: Builder, tree: cst.BaseComp) -> _Outside:
    """Lower the loops of a comprehension; leave the builder where the element is computed."""
    outside = _Outside(b.scope, b.guard, b.live.copy(), len(b.operations))
    inner = b.source.scope_of[id(tree)]
    loop: cst.CompFor | None = tree.for_in
    while loop is not None:
        source = b.expression(loop.iter)
        b.scope = inner
        target = b.new()
        b.operations.append(Iterate(target, source, loop.asynchronous is not None, b.site(loop.iter)))
        assign(b, loop.target, target)
        for test in loop.ifs:
            decision = decide(b, test.test)
            b.guard = b.guards(test.test, negated=False)
            b.flow = decision.true
        loop = loop.inner_for_in
    return outside


def _leave(b: Builder, tree: cst.BaseComp, kind: str, item: tuple[int, int], outside: _Outside) -> int:
    """Build the result and return to the scope outside; names bound by `:=` stay bound there.

    A dict's item without a key is a mapping unpacked into it.
    """
    own = f"@{b.scope.number}"
    inner = b.live
    inner.names = {key: register for key, register in inner.names.items() if not key.endswith(own)}
    b.scope, b.guard, b.flow, start = outside
    b.region(start, repeats=True)
    if inner.names != outside.flow.names:
        b.flow = join(b, outside.flow, inner)
    spread = kind == "dict" and item[0] < 0
    items, spreads = ((), (item[1],)) if spread else ((item,), ())
    target = b.new()
    b.operations.append(Build(target, kind, items, spreads, len(items), True, b.whole(tree)))
    return target
