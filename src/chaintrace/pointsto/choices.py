"""Choices: which objects an attribute of `self` holds, by a flag of the same `self`.

    def __init__(self):
        self.worker = Fast() if self.fast else Plain()

    def run(self):
        if self.fast:
            self.worker.work()  # not that of Plain

A flag is an attribute that one constructor alone writes, before it chooses by it, and whose truth stays.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chaintrace.graph.guards import CONSTRUCTORS
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.changing import Changing
from chaintrace.pointsto.given import argument_of, calls_of, definitions_of
from chaintrace.pointsto.objects import BoundMethod, Function, Instance, Object
from chaintrace.pointsto.walks import origin
from chaintrace.project.modules import Code, once_per_code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis, CallFact

Flags = frozenset[tuple[str, bool]]
"""Attributes of `self`, each with whether it is true."""

_DEEPEST = 8  # steps from an attribute back to the choice
_MOST_CALLS = 4  # of a function, followed for the values of a parameter
_NONE: Flags = frozenset()


class Choices:
    """Tell calls that cannot happen: under a flag, on an object that is there only without it."""

    def __init__(self, analysis: "Analysis", changing: Changing) -> None:
        self.analysis = analysis
        self.changing = changing
        self._written: dict[str, list[tuple[Activation, ops.Store]]] | None = None

    def excludes(self, fact: "CallFact") -> bool:
        """Say whether the conditions of a call exclude all objects that it could be made on."""
        code, target = fact.caller.code, fact.target
        if not isinstance(target, Activation) or fact.via is None or not _is_method(code):
            return False
        wanted = _flags(code, _guard_at(code, fact.site))
        name = _attribute(code, fact.site) if wanted else ""
        if not name:
            return False
        receivers = [
            bound.receiver
            for bound in fact.via.points_to
            if isinstance(bound, BoundMethod)
            and isinstance(bound.function, Function)
            and bound.function.code is target.code
        ]
        owners = {obj for obj in fact.caller.register(0).points_to if isinstance(obj, Instance)}
        return bool(receivers) and all(self._is_excluded(name, one, owners, wanted) for one in receivers)

    def _is_excluded(self, name: str, obj: Object, owners: set[Instance], wanted: Flags) -> bool:
        """Say whether an attribute gets an object only where some flag is not what is wanted."""
        ways = list(self._ways(name, obj, owners))
        against = {(flag, not holds) for flag, holds in wanted}
        return bool(ways) and all(way & against for way in ways)

    def _ways(self, name: str, obj: Object, owners: set[Instance]) -> Iterator[Flags]:
        """Yield, for each way in which an attribute gets an object, the flags that are known there."""
        for activation, op in self._stores(name):
            source = activation.register(op.source) if op.source >= 0 else None
            if source is None or obj not in source.points_to or not owners & set(self._base(activation, op)):
                continue
            if origin(activation.code, op.base) != 0 or not self._builds(activation):
                yield _NONE
                continue
            stored = self._known(activation.code, _guard_at(activation.code, op.site), owners)
            for way in self._trace(activation, op.source, obj, owners, 0):
                yield stored | way

    def _base(self, activation: Activation, op: ops.Store) -> list[Object]:
        return list(activation.register(op.base).points_to)

    def _trace(
        self, activation: Activation, register: int, obj: Object, owners: set[Instance], depth: int
    ) -> Iterator[Flags]:
        """Yield the flags that are known where a register gets an object, or a class that makes it."""
        code = activation.code
        if depth > _DEEPEST:
            yield _NONE
            return
        if register < len(code.block.parameters):
            yield from self._trace_parameter(activation, register, obj, owners, depth)
        for op in definitions_of(code).get(register, ()):
            if isinstance(op, ops.Copy | ops.Narrow):
                if op.source >= 0 and obj in activation.register(op.source).points_to:
                    known = self._known(code, op.guard, owners) if isinstance(op, ops.Copy) else _NONE
                    for way in self._trace(activation, op.source, obj, owners, depth + 1):
                        yield known | way
                continue
            known = self._known(code, _guard_at(code, getattr(op, "site", -1)), owners)
            ways: Iterator[Flags] = iter((_NONE,))
            if isinstance(op, ops.Call) and isinstance(obj, Instance) and obj.site == (activation, op.site):
                ways = self._trace(activation, op.function, obj.cls, owners, depth + 1)
            for way in ways:
                yield known | way

    def _trace_parameter(
        self, activation: Activation, register: int, obj: Object, owners: set[Instance], depth: int
    ) -> Iterator[Flags]:
        facts = self.analysis.record.entered.get(activation.number, ())
        if not 0 < len(facts) <= _MOST_CALLS:
            yield _NONE
            return
        for fact in facts:
            given = argument_of(activation, register, fact)
            if given is None or not isinstance(given.what[1], int) or given.what[0] is not fact.caller:
                yield _NONE
            elif obj in given.points_to:
                known = self._known(fact.caller.code, _guard_at(fact.caller.code, fact.site), owners)
                for way in self._trace(fact.caller, given.what[1], obj, owners, depth + 1):
                    yield known | way

    def _builds(self, activation: Activation) -> bool:
        """Say whether a method is a constructor, or one that constructors alone call, on what they make."""
        if _is_constructor(activation.code):
            return True
        facts = self.analysis.record.entered.get(activation.number, ())
        return bool(facts) and all(
            _is_constructor(fact.caller.code) and _on_self(fact.caller.code, fact.site) for fact in facts
        )

    def _known(self, code: Code, guard: int, owners: set[Instance]) -> Flags:
        """Return the flags that a condition in a constructor tells for good."""
        if guard < 0 or not _is_constructor(code):
            return _NONE
        return frozenset(
            (flag, holds)
            for flag, holds, line in _tests(code, guard)
            if self._is_settled(flag, code, line, owners)
            and not any(self.changing.may_change(owner, flag) for owner in owners)
        )

    def _is_settled(self, flag: str, code: Code, line: int, owners: set[Instance]) -> bool:
        """Say whether nothing but a constructor, before a line, writes an attribute."""
        stores = [
            (activation, op)
            for activation, op in self._stores(flag)
            if owners & set(self._base(activation, op))
        ]
        sites = code.module.facts.sites
        return bool(stores) and all(
            activation.code is code and origin(code, op.base) == 0 and sites[op.site].line < line
            for activation, op in stores
        )

    def _stores(self, name: str) -> list[tuple[Activation, ops.Store]]:
        """Return where the program assigns to attributes of a name."""
        if self._written is None:
            self._written = {}
            for activation in self.analysis.activations:
                for op in _stores_of(activation.code):
                    self._written.setdefault(op.name, []).append((activation, op))
        return self._written.get(name, [])


def _is_method(code: Code) -> bool:
    return code.owner_class is not None and bool(code.block.parameters)


def _is_constructor(code: Code) -> bool:
    return _is_method(code) and code.name.rpartition(".")[2] in CONSTRUCTORS


def _guard_at(code: Code, site: int) -> int:
    return code.module.facts.sites[site].guard if site >= 0 else -1


def _flags(code: Code, guard: int) -> Flags:
    return frozenset((flag, holds) for flag, holds, _line in _tests(code, guard))


def _tests(code: Code, guard: int) -> Iterator[tuple[str, bool, int]]:
    """Yield the attributes of `self` that a condition and those around it test, with the lines."""
    own = code.block.parameters[0].name
    while guard >= 0:
        one = code.module.facts.guards[guard]
        base, _, name = one.test.subject.rpartition(".")
        if one.test.form == "truth" and base == own:
            yield name, not one.negated, one.line
        guard = one.parent


def _attribute(code: Code, site: int) -> str:
    """Return the attribute of `self` whose method a call calls, "" for any other call."""
    part = _called_on(code, site)
    return part.name if isinstance(part, ops.Load) and origin(code, part.base) == 0 else ""


def _on_self(code: Code, site: int) -> bool:
    """Say whether a call calls a method of `self`."""
    call = calls_of(code).get(site)
    method = code.definitions.get(origin(code, call.function)) if call is not None else None
    return isinstance(method, ops.Load) and origin(code, method.base) == 0


def _called_on(code: Code, site: int) -> ops.Operation | None:
    """Return the operation that gives the object whose method a call calls."""
    call = calls_of(code).get(site)
    method = code.definitions.get(origin(code, call.function)) if call is not None else None
    return code.definitions.get(origin(code, method.base)) if isinstance(method, ops.Load) else None


@once_per_code
def _stores_of(code: Code) -> tuple[ops.Store, ...]:
    return tuple(op for op in code.block.operations if isinstance(op, ops.Store))
