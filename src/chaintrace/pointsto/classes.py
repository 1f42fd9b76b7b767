"""Classes: bases, linearisation, metaclasses, and what a `class` statement runs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chaintrace.ir.operations import MakeClass
from chaintrace.pointsto import descriptors, metaclasses
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.introspect import HEIRS
from chaintrace.pointsto.objects import OPEN_BASES, BoundMethod, Class, External, Function, Object
from chaintrace.pointsto.variables import Reason

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

Ancestor = Class | External


class Classes:
    """Make class objects and keep their linearisations up to date as bases arrive."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._waiting: dict[Class, list[Callable[[], None]]] = {}
        self._statements: dict[Class, tuple[MakeClass, Activation]] = {}
        self._ran: dict[tuple[Class, Object], None] = {}

    def make(self, op: MakeClass, activation: Activation) -> None:
        """Run a `class` statement."""
        analysis = self.analysis
        code = activation.code.module.codes[op.block]
        cls, new = analysis.new_class(code, activation)
        analysis.add(activation.register(op.target), cls, Reason("defined", activation, op.site))
        if not new:
            return
        self._statements[cls] = op, activation
        cls.body = analysis.activate_body(cls)
        descriptors.name_members(analysis, cls, activation, op.site)
        analysis.record_body(activation, op.site, cls.body)
        if op.starred:
            cls.flags.add(OPEN_BASES)
        for register in op.bases:
            index = len(cls.bases)
            cls.bases.append([])
            base = activation.register(register)
            analysis.use(base, lambda obj, index=index: self._on_base(cls, index, obj, op, activation))  # type: ignore[misc]
        for name, register in op.keywords:
            if name == "metaclass":
                analysis.use(activation.register(register), lambda obj: self._on_metaclass(cls, obj))
            else:
                cls.keywords[name] = activation.register(register)

    def _on_base(self, cls: Class, index: int, obj: Object, op: MakeClass, activation: Activation) -> None:
        if not isinstance(obj, Class | External) or obj in cls.bases[index] or obj is cls:
            return
        analysis = self.analysis
        cls.bases[index].append(obj)
        analysis.flow(
            analysis.known_instances(cls),
            analysis.known_instances(obj),
            Reason("subclass", activation, op.site),
        )
        if isinstance(obj, Class):
            analysis.record_inherit(activation, op.site, cls, obj)
            obj.heirs.append(cls)
            analysis.add(analysis.field(obj, HEIRS), cls, Reason("subclass", activation, op.site))
        self.linearise(cls)
        if isinstance(obj, Class) and analysis.lookups.defines(obj, "__init_subclass__"):
            self._announce(cls, op, activation)
        if isinstance(obj, Class):
            for metaclass in list(obj.metaclasses):
                self._on_metaclass(cls, metaclass)

    def _announce(self, cls: Class, op: MakeClass, activation: Activation) -> None:
        """Call `__init_subclass__` of the nearest base that defines it."""
        analysis = self.analysis
        arguments = Arguments(keywords=list(cls.keywords.items()), is_written="**" not in cls.keywords)
        call = Call(
            activation, op.site, arguments, None, flags=("implicit",), via=activation.register(op.target)
        )
        found = analysis.lookups.after(cls, cls, "__init_subclass__")

        def on_found(member: Object) -> None:
            hook = analysis.unwrap(member)
            if hook is not None:
                analysis.calls.apply(analysis.bound(hook, cls), call, cls)

        analysis.use(found, on_found)

    def _on_metaclass(self, cls: Class, obj: Object) -> None:
        """Take a metaclass, of its own or inherited; the most derived one counts."""
        if isinstance(obj, Function | BoundMethod):
            metaclasses.call_function(self.analysis, obj, cls, *self._statements[cls])
        if not isinstance(obj, Class) or any(obj in known.mro for known in cls.metaclasses):
            return
        cls.metaclasses[:] = [*(known for known in cls.metaclasses if known not in obj.mro), obj]
        self.analysis.lookups.rewire_metaclass(cls)
        self.analysis.soon.append(lambda: self._run_metaclasses(cls))
        for heir in list(cls.heirs):
            if heir in self._statements:
                self._on_metaclass(heir, obj)

    def derive(self, cls: Class, base: Ancestor, reason: Reason) -> None:
        """Give a class that has no statement one more base."""
        cls.flags.add(OPEN_BASES)
        if any(base in known for known in cls.bases) or base is cls:
            return
        cls.bases.append([base])
        self.analysis.flow(self.analysis.known_instances(cls), self.analysis.known_instances(base), reason)
        if isinstance(base, Class):
            base.heirs.append(cls)
            self.analysis.add(self.analysis.field(base, HEIRS), cls, reason)
        self.linearise(cls)

    def _run_metaclasses(self, cls: Class) -> None:
        for metaclass in cls.metaclasses:
            if (cls, metaclass) not in self._ran:
                self._ran[cls, metaclass] = None
                metaclasses.run(self.analysis, metaclass, cls, *self._statements[cls])

    def when_settled(self, cls: Class, action: Callable[[], None]) -> None:
        """Do something once the bases of a class are known, at the latest when nothing else changes."""
        if is_settled(cls):
            action()
            return
        waiting = self._waiting.setdefault(cls, [])
        if not waiting:
            self.analysis.later.append(lambda: self._release(cls))
        waiting.append(action)

    def _release(self, cls: Class) -> bool:
        for action in self._waiting.pop(cls, ()):
            action()
        return True

    def linearise(self, cls: Class) -> None:
        """Recompute the linearisation of a class and its heirs, and their look-ups."""
        order = linearisation(cls)
        if order == cls.mro:
            return
        fresh = [ancestor for ancestor in order if ancestor not in cls.mro]
        cls.mro = order
        self.analysis.lookups.rewire(cls)
        for ancestor in fresh:
            if isinstance(ancestor, External) and ancestor.path in self.analysis.models.heirs:
                self.analysis.models.heirs[ancestor.path](self.analysis, cls)
        if is_settled(cls):
            self._release(cls)
        for heir in list(cls.heirs):
            self.linearise(heir)


def is_settled(cls: Class) -> bool:
    """Say whether every base of a class and of its ancestors is known."""
    return all(all(ancestor.bases) for ancestor in cls.mro if isinstance(ancestor, Class))


def linearisation(cls: Class) -> list[Ancestor]:
    """Return the method resolution order.

    C3: Barrett et al., "A monotonic superclass linearization for Dylan", 1996.
    A base expression that may be several classes contributes all of them in order; where C3 has no answer,
    the order is depth first with repeats dropped.
    """
    bases = [base for candidates in cls.bases for base in candidates]
    sequences: list[list[Ancestor]] = [
        list(base.mro) if isinstance(base, Class) else [base] for base in bases
    ]
    if any(cls in sequence for sequence in sequences):
        return cls.mro
    merged = _merge([*(s[:] for s in sequences), list(bases)])
    if merged is None:
        merged = list(dict.fromkeys(ancestor for sequence in sequences for ancestor in sequence))
    return [cls, *merged]


def _merge(sequences: list[list[Ancestor]]) -> list[Ancestor] | None:
    merged: list[Ancestor] = []
    while True:
        sequences = [sequence for sequence in sequences if sequence]
        if not sequences:
            return merged
        for sequence in sequences:
            head = sequence[0]
            if not any(head in other[1:] for other in sequences):
                break
        else:
            return None
        merged.append(head)
        for sequence in sequences:
            if sequence[0] is head:
                del sequence[0]
