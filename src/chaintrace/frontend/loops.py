"""Loops: registers that hold what any round leaves in a name."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.flow import MAYBE, Flow
from chaintrace.frontend.joins import join
from chaintrace.frontend.scopes import Kind, Place
from chaintrace.ir.operations import Copy


class Loop:
    """Hold what `break` and `continue` of one loop need."""

    __slots__ = ("breaks", "headers")

    def __init__(self, headers: dict[str, int]) -> None:
        self.headers = headers
        self.breaks: list[Flow] = []

    def back(self, b: Builder) -> None:
        """Carry the names' registers to the next round."""
        if b.flow is None:
            return
        for key, header in self.headers.items():
            register = b.flow.names.get(key)
            if register is not None and register not in (header, MAYBE):
                b.operations.append(Copy(header, b.narrow(register, b.flow.facts.get(key, ()))))


def open_loop(b: Builder, tree: cst.For | cst.While) -> None:
    """Start a loop: each name that it assigns gets a register for what any round brings."""
    flow = b.live
    partial = b.block_scope.kind <= Kind.CLASS
    headers: dict[str, int] = {}
    for name in b.source.assigned[id(tree)]:
        if "." in name:
            flow.forget(name)
            continue
        place, key, _owner = b.scope.resolve(name)
        register = flow.names.get(key)
        facts = flow.facts.get(key, ())
        flow.forget(key)
        if place is not Place.REGISTER:
            continue
        if register == MAYBE or (register is None and partial):
            flow.names[key] = MAYBE
            continue
        header = headers[key] = b.new()
        if register is not None:
            b.operations.append(Copy(header, b.narrow(register, facts)))
        flow.names[key] = header
    b.loops.append(Loop(headers))


def close_loop(b: Builder, end: Flow | None, orelse: cst.Else | None, start: int) -> None:
    """End the loop that began with operation `start`: on with `else` and with what each `break` brings."""
    loop = b.loops.pop()
    loop.back(b)
    b.region(start, repeats=True)
    b.flow = end
    if orelse is not None and b.flow is not None:
        start = len(b.operations)
        b.suite(orelse.body)
        b.region(start)
    for flow in loop.breaks:
        b.flow = join(b, b.flow, flow)
