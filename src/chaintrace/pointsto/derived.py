"""Edges that a reader expects beside the calls themselves.

- *wrapped*: a call reaches a wrapper that `functools.wraps` made, and the wrapper calls what it wraps. The
  caller meant the wrapped function, so it gets an edge there too. So does who calls a dataclass: an edge to
  the `__post_init__`, validators and converters that the `__init__` written for it calls.
- *handed*: a call passes a function by name, and the function called runs it. The place that chose the
  function gets a `callback` edge.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import CallFact
from chaintrace.pointsto.objects import BoundMethod, Function, Object
from chaintrace.pointsto.resolution import Resolver
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


def derived_calls(analysis: "Analysis", resolver: Resolver) -> Iterator[CallFact]:
    """Yield the derived edges of a solved analysis, as call facts."""
    facts = list(analysis.record.calls.values())
    called: dict[int, list[CallFact]] = {}
    for fact in facts:
        called.setdefault(fact.caller.number, []).append(fact)
    for fact in facts:
        if isinstance(fact.target, Activation):
            yield from _wrapped(analysis, fact, called.get(fact.target.number, ()))
            yield from _handed(analysis, resolver, fact)


def _wrapped(analysis: "Analysis", fact: CallFact, inner: "list[CallFact] | tuple[()]") -> Iterator[CallFact]:
    target = fact.target
    assert isinstance(target, Activation)
    if target.function is None:
        yield from _generated(fact, target, inner)
        return
    if "__wrapped__" not in target.function.fields:
        return
    wrapped = analysis.field(target.function, "__wrapped__").points_to
    codes = {obj.code for obj in wrapped if isinstance(obj, Function)}
    for call in inner:
        if isinstance(call.target, Activation) and call.target.code in codes:
            yield _past(fact, call)


def _generated(fact: CallFact, target: Activation, inner: "list[CallFact] | tuple[()]") -> Iterator[CallFact]:
    """Find what an initialiser that a library wrote calls for one call of it; it has no code of its own."""
    if "construct" in fact.flags and not target.code.block.operations:
        for call in inner:
            if call.site == fact.site and isinstance(call.target, Activation) and call.target.function:
                yield _past(fact, call)


def _past(fact: CallFact, call: CallFact) -> CallFact:
    """Return the edge from a caller past what it calls to what that calls."""
    return replace(
        fact,
        target=call.target,
        flags=(*fact.flags, "wrapped"),
        floor=Resolution.MODELLED,
        through=(fact, call),
    )


def _handed(analysis: "Analysis", resolver: Resolver, fact: CallFact) -> Iterator[CallFact]:
    """Find the argument through which a function got into the parameter that is called."""
    via, evidence = fact.via, fact.evidence
    if via is None or not isinstance(evidence, Function | BoundMethod) or evidence not in via.points_to:
        return
    parameter = _parameter(fact.caller, via, evidence)
    if parameter is None:
        return
    for source, reason in _arguments(parameter, evidence):
        caller = reason.activation
        if isinstance(caller, Activation) and caller is not fact.caller and resolver.is_named(source):
            made = analysis.record.made.get(caller.number, {}).get(reason.site, ())
            outer = next((call for call in made if call.target is fact.caller), None)
            yield replace(
                fact,
                caller=caller,
                site=reason.site,
                kind=EdgeKind.CALLBACK,
                flags=("handed",),
                via=source,
                through=(outer, fact) if outer else None,
                arguments=None,
            )


def _parameter(activation: Activation, variable: Variable, evidence: Object) -> Variable | None:
    """Follow a fact back through an activation's own registers to the parameter it came in by."""
    seen = set()
    while variable not in seen:
        seen.add(variable)
        owner, register = variable.what
        if owner is not activation or not isinstance(register, int):
            return None
        if register < len(activation.code.block.parameters):
            return variable
        cause = variable.points_to.get(evidence)
        if not isinstance(cause, Variable):
            return None
        variable = cause
    return None


def _arguments(parameter: Variable, evidence: Object) -> Iterator[tuple[Variable, Reason]]:
    cause = parameter.points_to.get(evidence)
    if isinstance(cause, Variable):
        reason = cause.flows.get(parameter)
        if reason is not None and reason.word == "argument":
            yield cause, reason
