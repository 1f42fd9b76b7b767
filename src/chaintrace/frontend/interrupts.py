"""Interrupts: what names hold where an exception has left a body at an unknown point."""

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.flow import MAYBE, Flow
from chaintrace.frontend.scopes import Kind
from chaintrace.ir.operations import Copy

Log = list[tuple[str, int]]  # the bindings of a body in order: key and register; attribute paths with -1


def interrupted(b: Builder, before: Flow, log: Log) -> Flow:
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
