"""Leave out of a program what assumptions contradict: operations whose guard then fails."""

from msgspec import structs

from chaintrace.graph.assumed import Assumed, Decided
from chaintrace.ir.operations import (
    Copy,
    Load,
    LoadBuiltin,
    LoadCell,
    LoadGlobal,
    LoadMember,
    Operation,
)
from chaintrace.project.assumptions import Decisions
from chaintrace.project.beliefs import parse_assumptions
from chaintrace.project.modules import Module
from chaintrace.project.program import Program

_LEFT_OUT = Copy(-1, -1)
_USES = (Load, LoadGlobal, LoadBuiltin, LoadCell, LoadMember)


def assume(program: Program, texts: tuple[str, ...]) -> tuple[Assumed, ...]:
    """Change the code of a program as if assumptions held; return what each of them decided."""
    if not texts:
        return ()
    decisions = Decisions(parse_assumptions(texts))
    decided: dict[str, dict[Decided, None]] = {text: {} for text in texts}
    used: set[str] = set()
    lost: set[str] = set()
    for name in sorted(program.modules):
        module = program.modules[name]
        failing = _failing(module, decisions, decided)
        for code in module.codes:
            operations = code.block.operations
            gone = [_guard_of(module, op) in failing for op in operations] if failing else []
            for at, op in enumerate(operations):
                if isinstance(op, _USES) and op.name != code.block.name.rpartition(".")[2]:
                    (lost if gone and gone[at] else used).add(op.name)
            if any(gone):
                kept = [_LEFT_OUT if gone[at] else op for at, op in enumerate(operations)]
                code.block = module.facts.blocks[code.index] = structs.replace(code.block, operations=kept)
    program.left_out = frozenset(lost - used)
    return tuple(Assumed(text, tuple(sorted(decided[text]))) for text in dict.fromkeys(texts))


def _failing(module: Module, decisions: Decisions, decided: dict[str, dict[Decided, None]]) -> frozenset[int]:
    """Return the guards that fail, themselves or by one further out, and note which were decided."""
    failing: set[int] = set()
    for index, guard in enumerate(module.facts.guards):
        if guard.parent in failing:
            failing.add(index)
            continue
        holds, by = decisions.decide(guard.text, guard.changed)
        if holds is None:
            continue
        for text in by:
            decided[text][Decided(module.path, guard.line, guard.text, holds)] = None
        if holds is guard.negated:
            failing.add(index)
    return frozenset(failing)


def _guard_of(module: Module, op: Operation) -> int:
    if isinstance(op, Copy):
        return op.guard
    site: int = getattr(op, "site", -1)
    return module.facts.sites[site].guard if site >= 0 else -1
