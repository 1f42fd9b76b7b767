"""Comprehensions and generator expressions: inlined into the block around them."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.conditions import decide
from chaintrace.frontend.targets import assign
from chaintrace.ir.operations import Build, Iterate


def simple(b: Builder, tree: cst.BaseSimpleComp, kind: str) -> int:
    """Lower a comprehension with one value an element."""
    outer = _enter(b, tree)
    item = (-1, b.expression(tree.elt))
    return _leave(b, tree, kind, item, outer)


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
    outer = _enter(b, tree)
    key = b.expression(tree.key)
    item = (key, b.expression(tree.value))
    return _leave(b, tree, "dict", item, outer)


def starred_dict_comprehension(b: Builder, tree: "cst.StarredDictComp") -> int:
    """Lower `{**d for d in ds}`."""
    outer = _enter(b, tree)
    spread = b.expression(tree.value)
    return _leave(b, tree, "dict", None, outer, spread)


_Outer = tuple[object, int, object]


def _enter(b: Builder, tree: cst.BaseComp) -> _Outer:
    """Lower the loops of a comprehension; leave the builder where the element is computed."""
    scope, guard = b.scope, b.guard
    flow = b.flow.copy() if b.flow is not None else None
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
            b.flow = decision.true or b.flow
        loop = loop.inner_for_in
    return scope, guard, flow


def _leave(
    b: Builder,
    tree: cst.BaseComp,
    kind: str,
    item: tuple[int, int] | None,
    outer: _Outer,
    spread: int = -1,
) -> int:
    """Build the result and return to the scope outside; names bound by `:=` stay bound there."""
    inner = b.flow
    b.scope, b.guard, b.flow = outer  # type: ignore[assignment]
    if inner is not None and b.flow is not None:
        for key, register in inner.names.items():
            if "@" not in key and key not in b.flow.names:
                b.flow.names[key] = register
    target = b.new()
    items = () if item is None else (item,)
    spreads = () if spread < 0 else (spread,)
    b.operations.append(Build(target, kind, items, spreads, len(items), True, b.whole(tree)))
    return target
