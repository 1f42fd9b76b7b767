"""Circumstances: what belongs to the witness of an edge beside the derivation of what it uses.

- of a write the value that is stored, of a read what the attribute holds;
- of a property what its body returns;
- of a coroutine or generator the places that drive it;
- of code that a library runs the call that it was handed to, what it is given, and what it closes over;
- of a function that is handed over the place that calls it;
- of a message the other end of its channel.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import AttributeFact, CallFact
from chaintrace.pointsto.channels import Sending
from chaintrace.pointsto.known import NOTHING, Fact, Origin, Returned
from chaintrace.pointsto.objects import BoundMethod, External, Instance, Object
from chaintrace.pointsto.ports import Port
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

MOST = 3
"""Circumstances of one sort that are told of one edge."""


class Circumstance(NamedTuple):
    """Say one: what happened (`word`) to what and where, and a fact that tells more.

    Without a word, the derivation of the fact says all.
    """

    word: str
    what: str
    activation: Activation
    site: int
    fact: Fact = NOTHING


class Circumstances:
    """Find the circumstances of edges."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._last: tuple[Code | None, dict[int, ops.Operation]] = (None, {})

    def of(self, origin: Origin) -> Iterator[Circumstance]:
        """Yield the circumstances of what the analysis recorded."""
        match origin:
            case AttributeFact():
                yield from self._of_access(origin)
            case Sending():
                yield _got(origin.got)
            case Returned():
                pass
            case CallFact(flags=("handed",), through=(_, called)):
                what = f"{origin.evidence.describe()}" if origin.evidence is not None else ""
                yield Circumstance("called", what, called.caller, called.site, (called.via, called.evidence))
            case CallFact():
                if isinstance(origin.target, Activation):
                    yield from self._of_call(origin, origin.target)

    def _operation(self, code: Code, site: int) -> ops.Operation | None:
        """Return the call or store at a site; edges come sorted, so one block is kept ready."""
        known, table = self._last
        if known is not code:
            wanted = (ops.Call, ops.Store, ops.StoreItem)
            table = {op.site: op for op in code.block.operations if isinstance(op, wanted)}
            self._last = code, table
        return table.get(site)

    def _of_access(self, access: AttributeFact) -> Iterator[Circumstance]:
        if access.kind is EdgeKind.READ:
            held = access.evidence.fields.get(access.name)
            if held is not None:
                yield from _first("", held, access.caller, access.site)
            return
        stored = self._operation(access.caller.code, access.site)
        if not isinstance(stored, ops.Store | ops.StoreItem) or stored.source < 0:
            return
        value = access.caller.register(stored.source)
        if value.points_to:
            yield from _first("stored", value, access.caller, access.site)
            return
        made = access.caller.code.definitions.get(stored.source)
        site = getattr(made, "site", -1)
        if site >= 0:
            yield Circumstance("stored", "a value of which nothing is known", access.caller, site)

    def _of_call(self, call: CallFact, target: Activation) -> Iterator[Circumstance]:
        if "property" in call.flags:
            yield from _returned(target)
        if target.code.block.is_async or target.code.block.is_generator:
            yield from _driven(call, target)
        if call.kind in (EdgeKind.SPAWN, EdgeKind.CALLBACK) or call.floor is Resolution.MODELLED:
            yield from self._handed_to(call)
        if call.kind in (EdgeKind.SPAWN, EdgeKind.CALLBACK):
            yield from self._started(call)
            yield from _given(target)
            yield from _closed_over(target)

    def _handed_to(self, call: CallFact) -> Iterator[Circumstance]:
        """Tell what is called where a library runs code of the program."""
        written = self._operation(call.caller.code, call.site)
        if not isinstance(written, ops.Call):
            return
        function = call.caller.register(written.function)
        for obj in function.points_to:
            known = obj.function if isinstance(obj, BoundMethod) else obj
            if isinstance(known, External):
                yield Circumstance("handed to", obj.describe(), call.caller, call.site, (function, obj))
                return

    def _started(self, call: CallFact) -> Iterator[Circumstance]:
        """Tell what is done with what a spawning call made, in the same function if there: it is started."""
        found = self._used.get((call.caller, call.site), [])
        here = [fact for fact in found if fact.caller is call.caller]
        for fact in islice((*here, *found), 1):
            assert fact.evidence is not None
            told = fact.evidence.describe()
            yield Circumstance("used for", told, fact.caller, fact.site, (fact.via, fact.evidence))

    @cached_property
    def _used(self) -> dict[tuple[Activation, int], list[CallFact]]:
        """Map the places that make instances of foreign classes to the calls of methods of theirs."""
        found: dict[tuple[Activation, int], list[CallFact]] = {}
        for fact in self.analysis.record.calls.values():
            bound = fact.evidence
            if not isinstance(bound, BoundMethod) or not isinstance(bound.function, External):
                continue
            if isinstance(bound.receiver, Instance) and bound.receiver.site is not None:
                found.setdefault(bound.receiver.site, []).append(fact)
        return found


def _first(word: str, variable: Variable, activation: Activation, site: int) -> Iterator[Circumstance]:
    """Tell of the first object that a variable holds, of one of the program's own if there is any."""
    chosen: Object | None = None
    for obj in variable.points_to:
        if chosen is None or not isinstance(obj, External):
            chosen = obj
        if not isinstance(chosen, External):
            break
    if chosen is not None:
        yield Circumstance(word, chosen.describe(), activation, site, (variable, chosen))


def _returned(target: Activation) -> Iterator[Circumstance]:
    """Tell what a function returns, and where."""
    returns = (op for op in target.code.block.operations if isinstance(op, ops.Return) and op.source >= 0)
    for op in islice(returns, MOST):
        given = target.register(op.source)
        for obj in islice(given.points_to, MOST):
            yield Circumstance("returns", obj.describe(), target, op.site, (given, obj))


def _driven(call: CallFact, target: Activation) -> Iterator[Circumstance]:
    """Tell the places that take the results of a coroutine or generator, those near its call first."""
    variables = [target.result, *([target.yields] if target.yields is not None else [])]
    reasons = [reason for variable in variables for reason in variable.flows.values()]
    near = [reason for reason in reasons if reason.activation is call.caller]
    far = [reason for reason in reasons if reason.activation is not call.caller]
    for reason in [*near, *far][:MOST]:
        if isinstance(reason.activation, Activation) and reason.site >= 0:
            fact = (reason.base, reason.holder)
            yield Circumstance("driven", target.code.name, reason.activation, reason.site, fact)


def _given(target: Activation) -> Iterator[Circumstance]:
    """Tell what the parameters of a function hold that a library calls."""
    for register in range(min(MOST, len(target.code.block.parameters))):
        variable = target.register(register)
        if any(isinstance(cause, Variable) for cause in variable.points_to.values()):
            yield from _first("", variable, target, -1)


def _closed_over(target: Activation) -> Iterator[Circumstance]:
    """Tell which variables of the enclosing function a nested one reads."""
    names: dict[str, ops.LoadCell] = {}
    for op in target.code.block.operations:
        if isinstance(op, ops.LoadCell):
            names.setdefault(op.name, op)
    for op in islice(names.values(), MOST):
        yield from _first("captured", target.owner(op.owner).cell(op.name), target, op.site)


def _got(port: Port) -> Circumstance:
    """Tell where a message is received, and how the channel came there."""
    return Circumstance(
        "received", port.held.describe(), port.activation, port.site, (port.holder, port.held)
    )
