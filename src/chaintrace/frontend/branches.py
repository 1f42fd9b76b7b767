"""Branches and loops: `if`, `while`, `for`, `with`."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.conditions import decide
from chaintrace.frontend.flow import Flow
from chaintrace.frontend.interrupts import Log, interrupted
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
    start = len(b.operations)
    b.suite(tree.body)
    b.region(start)
    true, true_guard = b.flow, b.guard
    b.flow, b.guard = false, guard
    if false is not None:
        b.guard = b.guards(tree.test, negated=True)
        start = len(b.operations)
        if isinstance(tree.orelse, cst.If):
            if_(b, tree.orelse)
        elif tree.orelse is not None:
            b.suite(tree.orelse.body)
        b.region(start)
    if _leaves(true, b.flow):
        return
    if _leaves(b.flow, true):
        b.flow, b.guard = true, true_guard
        return
    b.flow, b.guard = join(b, true, b.flow, guards=(true_guard, b.guard)), guard


def _leaves(flow: Flow | None, other: Flow | None) -> bool:
    """Say whether one side of an `if` leaves it to the other; a doubtful side does."""
    return flow is None or (flow.doubtful and other is not None and not other.doubtful)


def while_(b: Builder, tree: cst.While) -> None:
    """Lower `while`."""
    guard, start = b.guard, len(b.operations)
    open_loop(b, tree)
    decision = decide(b, tree.test)
    end = decision.false
    if end is decision.true and end is not None:
        end = end.copy()
    b.flow, b.guard = decision.true, b.guards(tree.test, negated=False)
    b.suite(tree.body)
    b.guard = guard
    close_loop(b, end, tree.orelse, start)


def for_(b: Builder, tree: cst.For) -> None:
    """Lower `for`."""
    guard = b.guard
    source = b.expression(tree.iter)
    start = len(b.operations)
    open_loop(b, tree)
    end = b.flow.copy() if b.flow is not None else None
    target = b.new()
    b.operations.append(Iterate(target, source, tree.asynchronous is not None, b.site(tree.iter)))
    assign(b, tree.target, target)
    b.suite(tree.body)
    b.guard = guard
    close_loop(b, end, tree.orelse, start)


def with_(b: Builder, tree: cst.With) -> None:
    """Lower `with`; a manager may swallow what ends its body, so what follows is always lowered.

    Nor does what follows tell which conditions of the body held.
    """
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
    before, guard = b.live.copy(), b.guard
    log: Log = []
    b.logs.append(log)
    start = len(b.operations)
    b.suite(tree.body)
    b.region(start)
    b.logs.pop()
    if b.logs:
        b.logs[-1].extend(log)
    b.guard = guard
    if b.flow is None:
        b.flow = interrupted(b, before, log)
        b.flow.doubtful = True
    for source, site in reversed(entered):
        b.operations.append(Exit(source, is_async, site))
