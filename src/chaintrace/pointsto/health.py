"""Health: how many calls have no, one or many targets, and why the others have none."""

from collections import Counter

from chaintrace.graph.edges import Unresolved
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import Analysis
from chaintrace.pointsto.objects import External
from chaintrace.pointsto.sites import Sites
from chaintrace.project.modules import Code, targets_of

FEW = 5  # targets of one call that are still no sign of lost precision


def health(analysis: Analysis, sites: Sites) -> tuple[tuple[Unresolved, ...], dict[str, int]]:
    """Return the unresolved call sites, sorted, and the counts that describe the run."""
    internal: dict[tuple[Code, int], set[str]] = {}
    external: set[tuple[Code, int]] = set()
    for fact in analysis.record.calls.values():
        place = (fact.caller.code, fact.site)
        if isinstance(fact.target, External):
            external.add(place)
        else:
            internal.setdefault(place, set()).add(fact.target.code.name)
    by_code: dict[Code, list[Activation]] = {}
    for activation in analysis.activations:
        by_code.setdefault(activation.code, []).append(activation)
    counts: Counter[str] = Counter()
    unresolved: dict[Unresolved, None] = {}
    for code, activations in by_code.items():
        definitions = _definitions(code)
        for op in code.block.operations:
            if isinstance(op, ops.Call):
                place = (code, op.site)
                bucket = _bucket(len(internal.get(place, ())), place in external)
                counts[bucket] += 1
                if bucket == "calls unresolved":
                    reason = _reason(op, definitions, activations, code)
                    unresolved[Unresolved(sites.span(code, op.site), sites.text(code, op.site), reason)] = (
                        None
                    )
    return tuple(sorted(unresolved)), _summary(analysis, counts)


def _summary(analysis: Analysis, counts: Counter[str]) -> dict[str, int]:
    return {
        "modules": len(analysis.program.modules),
        "lines": sum(module.facts.lines for module in analysis.program.modules.values()),
        "functions": len(analysis.reached),
        "activations": len(analysis.activations),
        "objects left out of wide sets": analysis.left_out,
        **{
            name: counts[name]
            for name in (
                "calls with 1 target",
                "calls with 2 to 5 targets",
                "calls with more targets",
                "calls external",
                "calls unresolved",
            )
        },
    }


def _bucket(targets: int, external: bool) -> str:
    if targets == 0:
        return "calls external" if external else "calls unresolved"
    if targets == 1:
        return "calls with 1 target"
    return "calls with 2 to 5 targets" if targets <= FEW else "calls with more targets"


def _definitions(code: Code) -> dict[int, ops.Operation]:
    return {target: op for op in code.block.operations for target in targets_of(op)}


def _reason(
    op: ops.Call, definitions: dict[int, ops.Operation], activations: list[Activation], code: Code
) -> str:
    """Say in words why a call has no target."""
    register = op.function
    held = [obj for activation in activations for obj in activation.register(register).points_to]
    if held:
        return f"not callable as far as known: {held[0].describe()}"
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
                return f"no attribute {definition.name!r} known on {bases[0].describe()}"
            return f"receiver of .{definition.name} is unknown"
        case ops.LoadGlobal() | ops.LoadBuiltin() | ops.LoadCell():
            return f"nothing is known to be bound to {definition.name!r}"
        case ops.LoadItem():
            return "element of an unknown container"
        case ops.Call() | ops.Await():
            return "result of a call that gives nothing known"
        case None if 0 <= register < len(code.block.parameters):
            return f"parameter {code.block.parameters[register].name!r} receives nothing known"
        case _:
            return "value of unknown origin"
