"""Captures: local variables that inner functions see are shared state, so they are symbols too."""

from typing import NamedTuple

from chaintrace.graph.edges import EdgeKind
from chaintrace.ir.facts import BlockKind
from chaintrace.ir.operations import LoadCell, StoreCell
from chaintrace.project.modules import Code, once_per_code

_FUNCTIONS = (BlockKind.FUNCTION, BlockKind.LAMBDA)


class Use(NamedTuple):
    """Describe the use of a captured local: where, its symbol, how, whose local it is, and its name there."""

    site: int
    symbol: str
    kind: EdgeKind
    owner: int
    local: str


@once_per_code
def captured(code: Code) -> tuple[Use, ...]:
    """Return each use of a captured local in a block.

    The variable `x` of function `f` is called `f.<locals>.x`. Parameters and nested functions are left out.
    """
    found = []
    for op in code.block.operations:
        if isinstance(op, LoadCell | StoreCell):
            owner = code.module.codes[op.owner]
            if op.name in captured_names(owner):
                kind = EdgeKind.READ if isinstance(op, LoadCell) else EdgeKind.WRITE
                found.append(Use(op.site, f"{owner.name}.<locals>.{op.name}", kind, op.owner, op.name))
    return tuple(found)


@once_per_code
def captured_names(owner: Code) -> frozenset[str]:
    """Return the local variables of a function that inner functions use."""
    if owner.block.kind not in _FUNCTIONS:
        return frozenset()
    inner = {code.name.rpartition(".")[2] for code in owner.module.codes if code.parent is owner}
    parameters = {parameter.name for parameter in owner.block.parameters}
    return frozenset(name for name in owner.block.cells if name not in inner | parameters and "@" not in name)
