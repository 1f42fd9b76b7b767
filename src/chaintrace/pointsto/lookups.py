"""Look-ups: from a class and a name to what the class statement, or a base, binds to it.

A look-up is wired once per (class, name): it takes the contents of the name in every class of the method
resolution order up to the first that binds it in its body. Names bound later (`setattr(C, …)`) in classes
before that one are seen too. When a base arrives late, the look-ups of the class and its heirs are wired
again; constraints only grow.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chaintrace.pointsto.builtin.members import has_member
from chaintrace.pointsto.objects import (
    Class,
    External,
    Function,
    Instance,
    Object,
    Opaque,
)
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_FOUND = Reason("inherited", None, -1)


class Lookups:
    """Resolve names in classes, and apply the descriptor protocol to what is found."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._externals: dict[tuple[External, str], Variable] = {}
        self._supers: dict[tuple[Class, Class, str], Variable] = {}

    def of_class(self, cls: Class | External, name: str) -> Variable:
        """Return the variable of what instances of `cls` find under `name` in the class, unbound."""
        if isinstance(cls, External):
            return self._of_external(cls, name)
        found = cls.lookups.get(name)
        if found is None:
            found = cls.lookups[name] = Variable((cls, name))
            self._wire(cls.mro, name, found)
        return found

    def of_metaclass(self, cls: Class, name: str) -> Variable:
        """Return the variable of what the metaclass of `cls` binds to `name`."""
        found = cls.lookups.get("<metaclass>." + name)
        if found is None:
            found = cls.lookups["<metaclass>." + name] = Variable((cls, name))
            self._wire_metaclass(cls, name, found)
        return found

    def _wire_metaclass(self, cls: Class, name: str, found: Variable) -> None:
        for metaclass in cls.metaclasses:
            if self.defines(metaclass, name):
                self.analysis.flow(self.of_class(metaclass, name), found, _FOUND)

    def rewire_metaclass(self, cls: Class) -> None:
        """Wire the look-ups in the metaclass again after a class got one."""
        for name, found in list(cls.lookups.items()):
            if name.startswith("<metaclass>."):
                self._wire_metaclass(cls, name.removeprefix("<metaclass>."), found)

    def after(self, cls: Class, receiver: Class, name: str) -> Variable:
        """Return what `super(cls, receiver)` finds: the order of `receiver` after `cls`."""
        found = self._supers.get((cls, receiver, name))
        if found is None:
            found = self._supers[cls, receiver, name] = Variable((cls, name))
            order = receiver.mro
            start = order.index(cls) + 1 if cls in order else len(order)
            self._wire(order[start:], name, found)
        return found

    def rewire(self, cls: Class) -> None:
        """Wire the look-ups of a class again after its linearisation changed."""
        for name, found in list(cls.lookups.items()):
            if not name.startswith("<"):
                self._wire(cls.mro, name, found)
        for (start, receiver, name), found in list(self._supers.items()):
            if receiver is cls and start in cls.mro:
                self._wire(cls.mro[cls.mro.index(start) + 1 :], name, found)

    def _wire(self, order: list[Class | External], name: str, found: Variable) -> None:
        for ancestor in order:
            if isinstance(ancestor, External):
                if self._is_outside(ancestor, name):
                    self.analysis.flow(self._of_external(ancestor, name), found, _FOUND)
                    return
            else:
                self.analysis.flow(self.analysis.field(ancestor, name), found, _FOUND)
                if name in ancestor.code.member_names:
                    return

    def _is_outside(self, cls: External, name: str) -> bool:
        """Say whether an external class may have an attribute."""
        models = self.analysis.models
        known = name.startswith("__") or cls.path in models.closed
        return models.has_method(cls.path, name) if known else has_member(cls.path, name)

    def _of_external(self, cls: External, name: str) -> Variable:
        found = self._externals.get((cls, name))
        if found is None:
            found = self._externals[cls, name] = Variable((cls, name))
            if self._is_outside(cls, name):
                self.analysis.add(found, self.analysis.member(cls, name), _FOUND)
        return found

    def definer(self, cls: Class | External, name: str) -> Class | External | None:
        """Return the class that binds `name` in its body, as instances of `cls` find it."""
        for ancestor in cls.mro if isinstance(cls, Class) else ():
            if isinstance(ancestor, Class) and (name in ancestor.code.member_names or name in ancestor.added):
                return ancestor
        return None

    def defines(self, cls: Class | External, name: str) -> bool:
        """Say whether `cls` or an internal ancestor binds `name` in its body."""
        return self.definer(cls, name) is not None

    def answers(self, cls: Class, name: str) -> bool:
        """Say whether `cls` has a method of its own, or one of a foreign base that a model describes."""
        return self.defines(cls, name) or any(
            isinstance(ancestor, External) and self.analysis.models.has_method(ancestor.path, name)
            for ancestor in cls.mro
        )

    def holds_items(self, obj: Instance) -> bool:
        """Say whether an object may be subscripted without code of the program: it has a foreign base."""
        if isinstance(obj.cls, External):
            return True
        models = self.analysis.models
        closed = models.closed - models.records
        return any(isinstance(cls, External) and cls.path not in closed for cls in obj.cls.mro)

    def bind(self, found: Object, receiver: Object, emit: Callable[[Object], None]) -> None:
        """Emit what `found`, read from a class, gives when read through `receiver` (an instance or a class).

        Functions bind to instances; class methods to the class; static methods are unwrapped. Properties are
        left as they are: reading them is a call, which the reader makes.
        """
        if isinstance(found, Function):
            emit(found if isinstance(receiver, Class) else self.analysis.bound(found, receiver))
        elif isinstance(found, External):
            emit(self._bind_external(found, receiver))
        elif isinstance(found, Instance) and isinstance(found.cls, External):
            self._bind_wrapper(found, found.cls.path, receiver, emit)
        else:
            emit(found)

    def _bind_external(self, found: External, receiver: Object) -> Object:
        """Bind a foreign method, to any instance of its class where no model asks for the receiver."""
        if isinstance(found, Opaque):
            return found
        if self.analysis.models.find(found.path) is None:
            owner = self.analysis.external(found.path.rpartition(".")[0])
            receiver = self.analysis.instance_of(owner)
        return self.analysis.bound(found, receiver)

    def _bind_wrapper(
        self, found: Instance, path: str, receiver: Object, emit: Callable[[Object], None]
    ) -> None:
        analysis = self.analysis
        if path == "builtins.classmethod":
            cls = receiver.cls if isinstance(receiver, Instance) else receiver
            analysis.use(
                analysis.field(found, "function"), lambda function: emit(analysis.bound(function, cls))
            )
        elif path == "builtins.staticmethod":
            analysis.use(analysis.field(found, "function"), emit)
        elif path in analysis.models.binding_wrappers and isinstance(receiver, Instance):
            emit(analysis.bound(found, receiver))
        else:
            emit(found)

    def is_accessor(self, found: Object) -> bool:
        """Say whether reading `found` through an instance runs code: a property, an object with `__get__`."""
        if not isinstance(found, Instance):
            return False
        if isinstance(found.cls, External):
            return found.cls.path in self.analysis.models.accessors
        return self.answers(found.cls, "__get__")
