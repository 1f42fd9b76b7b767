"""Health: how many calls have no, one or many targets, and why the others have none."""

from collections import Counter

from chaintrace.graph.edges import Cause, Unresolved
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import Analysis
from chaintrace.pointsto.failing import guard_of
from chaintrace.pointsto.objects import External
from chaintrace.pointsto.sites import Sites
from chaintrace.project.modules import Code

FEW = 5  # targets of one call that are still no sign of lost precision
_UNRESOLVED = "calls unresolved"
_COUNTED = (
    *(
        f"calls {side} with {many}"
        for side in ("internal", "external")
        for many in ("1 target", "2 to 5 targets", "more targets")
    ),
    _UNRESOLVED,
    *(f"unresolved: {cause}" for cause in Cause),
)
_Place = tuple[Code, int]


def health(analysis: Analysis, sites: Sites) -> tuple[tuple[Unresolved, ...], dict[str, int]]:
    """Return the unresolved call sites, sorted, and the counts that describe the run."""
    internal, external = _targets(analysis)
    by_code: dict[Code, list[Activation]] = {}
    for activation in analysis.activations:
        by_code.setdefault(activation.code, []).append(activation)
    counts: Counter[str] = Counter(dict.fromkeys(_COUNTED, 0))
    unresolved: dict[Unresolved, None] = {}
    for code, activations in by_code.items():
        definitions = code.definitions
        for op in code.block.operations:
            if isinstance(op, ops.Call) and not all(guard_of(code, op) in one.never for one in activations):
                place = (code, op.site)
                bucket = _bucket(len(internal.get(place, ())), len(external.get(place, ())))
                counts[bucket] += 1
                if bucket == _UNRESOLVED:
                    cause, detail = _cause(op, definitions, activations, code)
                    counts[f"unresolved: {cause}"] += 1
                    site, text = sites.span(code, op.site), sites.text(code, op.site)
                    unresolved[Unresolved(site, text, cause, detail)] = None
    return tuple(sorted(unresolved)), _summary(analysis, counts)


def _targets(analysis: Analysis) -> tuple[dict[_Place, set[str]], dict[_Place, set[str]]]:
    """Return the names of the targets of each site inside the program, and of those outside."""
    internal: dict[_Place, set[str]] = {}
    external: dict[_Place, set[str]] = {}
    for fact in analysis.record.calls.values():
        place = (fact.caller.code, fact.site)
        if isinstance(fact.target, External):
            external.setdefault(place, set()).add(fact.target.path)
        else:
            internal.setdefault(place, set()).add(fact.target.code.name)
    return internal, external


def _summary(analysis: Analysis, counts: Counter[str]) -> dict[str, int]:
    return {
        "modules": len(analysis.program.modules),
        "lines": sum(module.facts.lines for module in analysis.program.modules.values()),
        "functions": len(analysis.reached),
        "activations": len(analysis.activations),
        "objects left out of wide sets": analysis.widening.left_out,
        **counts,
    }


def _bucket(internal: int, external: int) -> str:
    """Say what a call counts as: internal where one target is, by the number of targets on that side."""
    if not internal and not external:
        return _UNRESOLVED
    side, targets = ("internal", internal) if internal else ("external", external)
    many = "1 target" if targets == 1 else "2 to 5 targets" if targets <= FEW else "more targets"
    return f"calls {side} with {many}"


def _cause(
    op: ops.Call, definitions: dict[int, ops.Operation], activations: list[Activation], code: Code
) -> tuple[Cause, str]:
    """Return why a call has no target, and what that is about."""
    register = op.function
    held = [obj for activation in activations for obj in activation.register(register).points_to]
    if held:
        return Cause.NOT_CALLABLE, held[0].describe()
    definition = definitions.get(register)
    while isinstance(definition, ops.Copy | ops.Narrow):
        register = definition.source
        definition = definitions.get(register)
    match definition:
        case ops.Load():
            bases = [
                obj for activation in activations for obj in activation.register(definition.base).points_to
            ]
            if bases:
                return Cause.NO_ATTRIBUTE, f"{definition.name!r} on {bases[0].describe()}"
            return Cause.RECEIVER, f".{definition.name}"
        case ops.LoadGlobal() | ops.LoadBuiltin() | ops.LoadCell():
            return Cause.NAME, definition.name
        case ops.LoadItem():
            return Cause.ELEMENT, ""
        case ops.Call() | ops.Await():
            return Cause.RESULT, ""
        case None if 0 <= register < len(code.block.parameters):
            return Cause.PARAMETER, code.block.parameters[register].name
        case _:
            return Cause.OTHER, ""
