"""Resolutions: how strongly a fact is known, read off its witness."""

from chaintrace.graph.edges import Resolution
from chaintrace.ir import operations as ops
from chaintrace.ir.facts import BlockKind
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import CallFact
from chaintrace.pointsto.objects import BoundMethod, Function, ModuleObject, Object
from chaintrace.pointsto.variables import Reason, Variable

_WEAKER = {
    "modelled": Resolution.MODELLED,
    "operator": Resolution.MODELLED,
    "declared": Resolution.DECLARED,
    "supposed": Resolution.DECLARED,
    "caught": Resolution.DECLARED,
    "assumed": Resolution.ASSUMED,
}
_NAMES = (
    ops.LoadGlobal,
    ops.LoadBuiltin,
    ops.LoadCell,
    ops.MakeFunction,
    ops.MakeClass,
    ops.Import,
    ops.ImportFrom,
)
_Fact = tuple[Variable, Object]


class Resolver:
    """Weigh facts, remembering what was weighed."""

    def __init__(self) -> None:
        self._known: dict[_Fact, Resolution] = {}

    def of_call(self, fact: CallFact) -> Resolution:
        """Return how a call edge is known: the weakest step of its witness, `static` if read off a name."""
        if fact.via is None or fact.evidence is None or fact.evidence not in fact.via.points_to:
            return max(fact.floor, Resolution.POINTS_TO)
        weakest = self.of_fact(fact.via, fact.evidence)
        if weakest is Resolution.POINTS_TO and fact.floor is Resolution.STATIC and self._is_plain(fact.via):
            return Resolution.STATIC
        return max(fact.floor, weakest)

    def of_fact(self, variable: Variable, obj: Object) -> Resolution:
        """Return the weakest step in the derivation of `obj ∈ pts(variable)`."""
        known = self._known
        found = known.get((variable, obj))
        if found is not None:
            return found
        opened: dict[_Fact, tuple[Resolution, list[_Fact]]] = {}
        stack: list[_Fact] = [(variable, obj)]
        while stack:
            fact = stack[-1]
            if fact in known:
                stack.pop()
                continue
            last = opened.get(fact)
            if last is None:
                last = opened[fact] = _step(fact)
                missing = [parent for parent in last[1] if parent not in known and parent not in opened]
                if missing:
                    stack += missing
                    continue
            known[fact] = max([last[0], *(known[parent] for parent in last[1] if parent in known)])
            stack.pop()
        return known[variable, obj]

    def is_named(self, variable: Variable) -> bool:
        """Say whether a variable was read off a name with one meaning, which is a module's function."""
        if len(variable.points_to) != 1:
            return False
        (only,) = variable.points_to
        if not isinstance(only, Function) or only.code.block.kind is not BlockKind.FUNCTION:
            return False
        return only.code.parent is only.code.module.codes[0] and self._is_plain(variable)

    def _is_plain(self, variable: Variable) -> bool:
        """Say whether a callee was read off a name with one meaning."""
        owner, register = variable.what
        if len(variable.points_to) != 1 or not isinstance(owner, Activation) or not isinstance(register, int):
            return False
        op = owner.code.definitions.get(register)
        if isinstance(op, ops.Load):
            base = owner.register(op.base)
            return bool(base.points_to) and all(isinstance(obj, ModuleObject) for obj in base.points_to)
        return isinstance(op, _NAMES)


def _step(fact: _Fact) -> tuple[Resolution, list[_Fact]]:
    """Return the strength of the last step of a fact's derivation, and the facts it rests on."""
    variable, obj = fact
    cause = variable.points_to[obj]
    if isinstance(cause, Reason):
        return _weigh(cause), _ground(cause)
    reason = cause.flows.get(variable)
    if obj not in cause.points_to and isinstance(obj, BoundMethod):
        obj = obj.function
    rests = [(cause, obj)] if obj in cause.points_to else []
    if reason is None:
        return Resolution.POINTS_TO, rests
    return _weigh(reason), rests + _ground(reason)


def _weigh(reason: Reason) -> Resolution:
    return _WEAKER.get(reason.word, Resolution.POINTS_TO)


def _ground(reason: Reason) -> list[_Fact]:
    """Return the fact that a field access rests on: that its base holds the object whose field it is."""
    base, holder = reason.base, reason.holder
    if base is None or holder is None or holder not in base.points_to:
        return []
    return [(base, holder)]
