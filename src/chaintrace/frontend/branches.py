"""Branches and loops: `if`, `while`, `for`, `with`."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.conditions import decide
from chaintrace.frontend.joins import join
from chaintrace.frontend.loops import close_loop, open_loop
from chaintrace.frontend.targets import assign
from chaintrace.ir.operations import Enter, Exit, Iterate


def if_(b: Builder, tree: cst.If) -> None:
    """Lower `if`; where one side always leaves, what follows runs under the other side's guard."""
    decision = decide(b, tree.test)
    guard = b.guard
    true, false = decision.true, decision.false
    if true is false and true is not None:
        true = true.copy()
    b.flow, b.guard = true, b.guards(tree.test, negated=False)
    b.suite(tree.body)
    true, true_guard = b.flow, b.guard
    b.flow, b.guard = false, guard
    if false is not None:
        b.guard = b.guards(tree.test, negated=True)
        if isinstance(tree.orelse, cst.If):
            if_(b, tree.orelse)
        elif tree.orelse is not None:
            b.suite(tree.orelse.body)
    if true is None:
        return
    if b.flow is None:
        b.flow, b.guard = true, true_guard
        return
    b.flow, b.guard = join(b, true, b.flow), guard


def while_(b: Builder, tree: cst.While) -> None:
    """Lower `while`."""
    guard = b.guard
    open_loop(b, tree)
    decision = decide(b, tree.test)
    end = decision.false
    if end is decision.true and end is not None:
        end = end.copy()
    b.flow, b.guard = decision.true, b.guards(tree.test, negated=False)
    b.suite(tree.body)
    b.guard = guard
    close_loop(b, end, tree.orelse)


def for_(b: Builder, tree: cst.For) -> None:
    """Lower `for`."""
    guard = b.guard
    source = b.expression(tree.iter)
    open_loop(b, tree)
    end = b.flow.copy() if b.flow is not None else None
    target = b.new()
    b.operations.append(Iterate(target, source, tree.asynchronous is not None, b.site(tree.iter)))
    assign(b, tree.target, target)
    b.suite(tree.body)
    b.guard = guard
    close_loop(b, end, tree.orelse)


def with_(b: Builder, tree: cst.With) -> None:
    """Lower `with`."""
    is_async = tree.asynchronous is not None
    entered = []
    for item in tree.items:
        source = b.expression(item.item)
        site = b.site(item.item)
        target = b.new()
        b.operations.append(Enter(target, source, is_async, site))
        entered.append((source, site))
        if item.asname is not None:
            assign(b, item.asname.name, target)
    b.suite(tree.body)
    for source, site in reversed(entered):
        b.operations.append(Exit(source, is_async, site))


