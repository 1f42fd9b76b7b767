"""Abstract methods: those that a subclass must replace before they can run."""

from chaintrace.ir.facts import BlockKind
from chaintrace.ir.operations import (
    Call,
    Iterate,
    Load,
    LoadBuiltin,
    LoadGlobal,
    MakeFunction,
    Raise,
    Return,
    Store,
    Truth,
    Yield,
)
from chaintrace.project.modules import Code, once_per_code, targets_of

_DOES_MORE = (Iterate, Raise, Store, Truth, Yield)


@once_per_code
def abstract_members(code: Code) -> frozenset[str]:
    """Return the methods of a class body that are declared abstract or only raise NotImplementedError."""
    made: dict[int, str] = {}
    names: dict[int, str] = {}
    found: dict[str, None] = {}
    for op in code.block.operations:
        if isinstance(op, LoadGlobal | LoadBuiltin | Load):
            names[op.target] = op.name
        elif isinstance(op, MakeFunction):
            inner = code.module.codes[op.block]
            made[op.target] = inner.name.rpartition(".")[2]
            if only_refuses(inner):
                found[made[op.target]] = None
        elif isinstance(op, Call) and op.role == "decorator" and op.arguments[0].value in made:
            made[op.target] = made[op.arguments[0].value]
            if names.get(op.function, "").startswith("abstract"):
                found[made[op.target]] = None
    return frozenset(found)


@once_per_code
def only_refuses(code: Code) -> bool:
    """Say whether all that a function does is to raise NotImplementedError."""
    if code.block.kind is not BlockKind.FUNCTION:
        return False
    refusals: dict[int, None] = {}
    raised = False
    for op in code.block.operations:
        named = isinstance(op, LoadGlobal | LoadBuiltin) and op.name == "NotImplementedError"
        if named or (isinstance(op, Call) and op.function in refusals):
            refusals.update(dict.fromkeys(targets_of(op)))
        elif isinstance(op, Raise) and op.source in refusals:
            raised = True
        elif isinstance(op, _DOES_MORE) or (isinstance(op, Return) and op.source >= 0):
            return False
    return raised
