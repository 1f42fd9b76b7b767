"""Evidence: the first derivations that the solver kept, written down as plain records for the graph."""

from typing import TYPE_CHECKING

from chaintrace.graph.derivations import NONE, Derivations, Place
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import BoundMethod, Class, Function, Instance, Object, Super
from chaintrace.pointsto.sites import Sites
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.modules import Code

if TYPE_CHECKING:
    from collections.abc import Hashable

    from chaintrace.pointsto.analysis import Analysis
    from chaintrace.pointsto.circumstances import Circumstance

Fact = tuple[Variable, Object] | tuple[Class, Class]
"""That a variable holds an object; or that a class derives from another."""

_PLAIN = frozenset(("argument", "assigned"))
"""What happened to a value that moved: why the other function was called here is a matter of its own."""


class Evidence:
    """Write down derivations; what facts share is written once."""

    def __init__(self, analysis: "Analysis", sites: Sites) -> None:
        self.analysis = analysis
        self.sites = sites
        self.derivations = Derivations()
        self._records: dict[Fact, int] = {}
        self._pending: list[Fact] = []
        self._numbers: dict[Hashable, int] = {}

    def record(self, variable: Variable | None, obj: Object | None) -> int:
        """Return the record of a fact, -1 where none was kept."""
        if variable is None or obj is None or obj not in variable.points_to:
            return NONE
        found = self._record((variable, obj))
        while self._pending:
            self._write(self._pending.pop())
        return found

    def tell(self, one: "Circumstance") -> int:
        """Return the record of a circumstance."""
        fact = one.fact
        if not one.word:
            return self.record(*fact)
        key = (one.word, one.what, one.activation, one.site, fact)
        found = self._numbers.get(key)
        if found is None:
            made = self.derivations
            ground = self.record(*fact)
            found = self._numbers[key] = len(made)
            made.word.append(self._number(made.words, one.word))
            made.what.append(self._number(made.objects, one.what))
            made.place.append(self._place(one.activation.code, one.site))
            made.source.append(NONE)
            made.ground.append(ground)
        return found

    def _record(self, fact: Fact | None) -> int:
        if fact is None:
            return NONE
        found = self._records.get(fact)
        if found is None:
            made = self.derivations
            found = self._records[fact] = len(made)
            for column in (made.word, made.what, made.place, made.source, made.ground):
                column.append(NONE)
            self._pending.append(fact)
        return found

    def _write(self, fact: Fact) -> None:
        at = self._records[fact]
        made = self.derivations
        reason, source, ground = self._step(fact)
        while reason is None and source is not None and ground is None:
            reason, source, ground = self._step(source)
        if reason is not None:
            word, place = reason
            made.word[at] = self._number(made.words, word)
            made.place[at] = place
        made.what[at] = self._describe(fact[1])
        made.source[at] = self._record(source)
        made.ground[at] = self._record(ground)

    def _step(self, fact: Fact) -> tuple[tuple[str, int] | None, Fact | None, Fact | None]:
        """Return what happened last (None: nothing that has a place), and the facts it rests on."""
        variable, obj = fact
        if isinstance(variable, Class):
            assert isinstance(obj, Class)
            return self._inheritance(variable, obj)
        cause = variable.points_to[obj]
        if isinstance(cause, Reason):
            return self._told(cause), None, _ground(cause) or _receiver(cause, obj)
        reason = cause.flows.get(variable)
        source = _source(cause, obj)
        if reason is None:
            return None, source, self._derived(variable, obj)
        told = self._told(reason)
        ground = None if reason.word in _PLAIN or told is None else _ground(reason)
        return told, source, ground

    def _told(self, reason: Reason) -> tuple[str, int] | None:
        activation = reason.activation
        if not isinstance(activation, Activation) or reason.site < 0:
            return None
        return reason.word, self._place(activation.code, reason.site)

    def _derived(self, variable: Variable, obj: Object) -> Fact | None:
        """Return why an instance has a method of another class."""
        receiver = variable.what[0]
        if not isinstance(obj, BoundMethod) or not isinstance(receiver, Instance):
            return None
        function = obj.function
        owner = function.env.cls if isinstance(function, Function) else None
        cls = receiver.cls
        return (cls, owner) if isinstance(cls, Class) and owner not in (None, cls) else None

    def _inheritance(self, cls: Class, owner: Class) -> tuple[tuple[str, int] | None, None, Fact | None]:
        bases = [base for candidates in cls.bases for base in candidates if isinstance(base, Class)]
        for base in bases:
            stated = self.analysis.record.inherits.get((cls, base))
            if owner in base.mro and stated is not None:
                activation, site = stated
                told = "inherits", self._place(activation.code, site)
                return told, None, (base, owner) if base is not owner else None
        return None, None, None

    def _place(self, code: Code, site: int) -> int:
        span = self.sites.span(code, site)
        place = Place(span.path, span.line, self.sites.text(code, site))
        return self._number(self.derivations.places, place)

    def _describe(self, obj: Object) -> int:
        key = ("object", obj)
        if key not in self._numbers:
            self._numbers[key] = self._number(self.derivations.objects, obj.describe())
        return self._numbers[key]

    def _number(self, table: "list[Hashable] | list[str] | list[Place]", value: "Hashable") -> int:
        found = self._numbers.get((id(table), value))
        if found is None:
            found = self._numbers[id(table), value] = len(table)
            table.append(value)  # type: ignore[arg-type]
        return found


def _source(cause: Variable, obj: Object) -> Fact | None:
    """Return the fact a copied one was copied from: that of the function for a method bound on the way."""
    if obj not in cause.points_to and isinstance(obj, BoundMethod):
        obj = obj.function
    return (cause, obj) if obj in cause.points_to else None


def _receiver(reason: Reason, obj: Object) -> Fact | None:
    """Return why the receiver of a `super()` is there: as the first argument of the method around it."""
    activation = reason.activation
    while isinstance(obj, Super) and isinstance(activation, Activation):
        first = activation.register(0) if activation.code.block.parameters else None
        if first is not None and obj.receiver in first.points_to:
            return first, obj.receiver
        activation = activation.env
    return None


def _ground(reason: Reason) -> Fact | None:
    """Return the fact that the base of an access holds the object whose field it is."""
    base, holder = reason.base, reason.holder
    if base is None or holder is None or holder not in base.points_to:
        return None
    return base, holder
