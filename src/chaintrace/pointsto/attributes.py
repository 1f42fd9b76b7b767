"""Attributes: reading, writing and deleting `base.name` for each kind of object."""

from dataclasses import replace
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind
from chaintrace.pointsto import descriptors, introspect, positions
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.builtin.members import MEMBERS, has_member
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.models import Invocation
from chaintrace.pointsto.objects import (
    BoundMethod,
    Class,
    External,
    Function,
    Generator,
    Instance,
    ModuleObject,
    Object,
    String,
    Super,
)
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.modules import Code

if TYPE_CHECKING:
    from collections.abc import Callable

    from chaintrace.pointsto.analysis import Analysis

_OBJECT_HAS = frozenset(("__class__", "__dict__", "__doc__", "__module__", "__hash__", "__eq__", "__init__"))
_ANSWERS = ("__getattr__", "__getattribute__")  # hooks whose result depends on the name
_MOST_NAMES = 24  # names for which one of them is analysed apart
_FEW = 4  # objects in a set whose externals are still told apart by attribute


class Attributes:
    """Apply Python's attribute access to abstract objects."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._asked: dict[Function, dict[str, None]] = {}
        self._readers: dict[type[Object], Callable[[Object, str, Call], None]] = {
            Instance: self._read_instance,
            Class: self._read_class,
            ModuleObject: self._read_module,
            Function: self._read_function,
            BoundMethod: self._read_bound,
            Super: self._read_super,
            String: self._read_string,
            Generator: self._read_generator,
        }

    def load(self, base: Variable, name: str, target: Variable, activation: Activation, site: int) -> None:
        """`target = base.name`."""
        call = Call(activation, site, Arguments(), target, flags=("property",), via=base)
        if name.startswith(positions.PREFIX):
            positions.load(self.analysis, base, int(name.removeprefix(positions.PREFIX)), call)
        else:
            self.analysis.use(base, lambda obj: self.read(obj, name, call))

    def read(self, obj: Object, name: str, call: Call) -> None:
        """Read an attribute of one object into `call.result`; a property runs as `call` says."""
        reader = self._readers.get(type(obj))
        if reader is not None:
            reader(obj, name, call)
        elif isinstance(obj, External):
            self._read_external(obj, name, call)

    def store(self, base: Variable, name: str, source: Variable, activation: Activation, site: int) -> None:
        """`base.name = source`."""
        call = Call(activation, site, Arguments.of(source), None, flags=("property",), via=base)
        self.analysis.use(base, lambda obj: self.write(obj, name, source, call))

    def write(self, obj: Object, name: str, source: Variable, call: Call) -> None:
        """Write an attribute of one object; a property's setter runs as `call` says."""
        analysis = self.analysis
        self._record(obj, name, EdgeKind.WRITE, call)
        if isinstance(obj, Super):
            obj = obj.receiver
        if isinstance(obj, Instance):
            raw = analysis.lookups.of_class(obj.cls, name)
            analysis.use(raw, lambda found: descriptors.change(analysis, found, obj, call))
            if any(descriptors.takes_writes(analysis, found) for found in raw.points_to):
                return
            self._hook(obj, "__setattr__", name, call)
        elif isinstance(obj, ModuleObject) and obj.module is not None:
            obj.module.names.setdefault(name)
        elif isinstance(obj, External):
            setter = analysis.models.functions.get(f"{obj.path}.{name}.__set__")
            if setter is not None:
                setter(Invocation(analysis, f"{obj.path}.{name}", None, call))
        analysis.flow(source, analysis.field(obj, name), self._reason("assigned", call, obj))

    def delete(self, base: Variable, name: str, activation: Activation, site: int) -> None:
        """`del base.name`."""
        call = Call(activation, site, Arguments(), None, via=base)
        self.analysis.use(base, lambda obj: self._delete_one(obj, name, call))

    def _delete_one(self, obj: Object, name: str, call: Call) -> None:
        self._hook(obj, "__delattr__", name, call)
        if isinstance(obj, Instance):
            raw = self.analysis.lookups.of_class(obj.cls, name)
            self.analysis.use(raw, lambda found: descriptors.change(self.analysis, found, obj, call, "del"))

    def _reason(self, word: str, call: Call, obj: Object) -> Reason:
        return Reason(word, call.activation, call.site, call.via, obj)

    def _record(self, obj: Object, name: str, kind: EdgeKind, call: Call) -> None:
        if isinstance(obj, Instance) and isinstance(obj.cls, Class):
            self.analysis.record_attribute(call, kind, obj.cls, name, obj)
        elif isinstance(obj, Class):
            self.analysis.record_attribute(call, kind, obj, name, obj)

    def note_element_write(self, obj: Object, name: str, call: Call) -> None:
        """Record that an element of what `obj.name` holds is replaced."""
        self._record(obj, name, EdgeKind.WRITE, call)

    def _hook(self, obj: Object, hook: str, name: str, call: Call) -> None:
        """Call an attribute hook of the class (`__setattr__` …) if the program defines one."""
        if not isinstance(obj, Instance) or not self.analysis.lookups.defines(obj.cls, hook):
            return
        named = call.activation.temporary(("name", name))
        self.analysis.add(named, self.analysis.string(name), self._reason("name", call, obj))
        hooked = replace(call, arguments=call.arguments.after(named), flags=("implicit",))
        if hook not in _ANSWERS:
            self.analysis.calls.method(obj, hook, hooked, obj)
            return
        raw = self.analysis.lookups.of_class(obj.cls, hook)
        self.analysis.use(raw, lambda found: self._answer(found, obj, name, hooked))

    def _answer(self, found: Object, obj: Instance, name: str, call: Call) -> None:
        """Run a `__getattr__` or `__getattribute__` apart for each name, while there are few.

        A `__getattribute__` not told apart may give every attribute; what the object has is known without.
        """
        analysis = self.analysis
        if not isinstance(found, Function):
            analysis.lookups.bind(found, obj, lambda bound: analysis.calls.apply(bound, call, obj))
            return
        context, heap = analysis.contexts.choose(found, obj, call.activation, call.site)
        names = self._asked.setdefault(found, {})
        if name in names or len(names) < _MOST_NAMES:
            names[name] = None
            context = (context, name)
        elif found.code.name.endswith("__getattribute__") and self._has(obj, name):
            call = replace(call, result=None)
        analysis.calls.enter_in(context, heap, found, obj, call, obj)

    def _has(self, obj: Instance, name: str) -> bool:
        """Say whether an instance has an attribute of its own, or its class."""
        assert isinstance(obj.cls, Class)
        if name in obj.fields or self.analysis.lookups.defines(obj.cls, name):
            return True
        return self.analysis.assigns(obj.cls, name)

    # Instances

    def _read_instance(self, obj: Object, name: str, call: Call) -> None:
        assert isinstance(obj, Instance)
        self._record(obj, name, EdgeKind.READ, call)
        reason = self._reason("field", call, obj)
        if call.result is not None:
            self.analysis.flow(self.slot(obj, name), call.result, reason)
        accessors = obj.accessors.get(name)
        if accessors is None:
            obj.readers.setdefault(name, []).append(call)
        else:
            self._use_accessors(accessors, obj, call)
        if name == "__class__" and call.result is not None:
            self.analysis.add(call.result, obj.cls, reason)
        elif name == "__dict__":
            self._read_namespace(obj, call)
        if isinstance(obj.cls, Class):
            self._hook(obj, "__getattribute__", name, call)
            self._fall_back(obj, name, call)

    def slot(self, obj: Instance, name: str) -> Variable:
        """Return what reading `obj.name` gives without running code: its field, or bound class contents.

        What would run code when read (properties) is gathered in `obj.accessors[name]`, made with the first.
        """
        found = obj.slots.get(name)
        if found is not None:
            return found
        analysis = self.analysis
        found = obj.slots[name] = Variable((obj, name))
        inherited = Reason("inherited", None, -1, None, obj)
        slot = found
        analysis.flow(analysis.field(obj, name), slot, inherited)
        raw = analysis.lookups.of_class(obj.cls, name)

        def on_found(member: Object) -> None:
            if analysis.lookups.is_accessor(member):
                analysis.add(self._accessors(obj, name), member, raw)
            elif not self._is_shadowed(obj, name, member):
                analysis.lookups.bind(member, obj, lambda bound: analysis.add(slot, bound, raw))

        analysis.use(raw, on_found)
        return found

    def _accessors(self, obj: Instance, name: str) -> Variable:
        """Return the variable of the accessors behind `obj.name`; a new one tells earlier readers."""
        found = obj.accessors.get(name)
        if found is None:
            found = obj.accessors[name] = Variable((obj, name))
            for call in obj.readers.pop(name, ()):
                self._use_accessors(found, obj, call)
        return found

    def _use_accessors(self, accessors: Variable, obj: Instance, call: Call) -> None:
        self.analysis.use(accessors, lambda found: self.get_accessor(found, obj, call))

    def _is_shadowed(self, obj: Instance, name: str, member: Object) -> bool:
        """Say whether a foreign base's supposed attribute is one that the program's own methods assign."""
        return (
            isinstance(member, External)
            and isinstance(obj.cls, Class)
            and self.analysis.assigns(obj.cls, name)
        )

    def get_accessor(self, found: Object, obj: Object, call: Call) -> None:
        """Run the getter of a property or the `__get__` of a descriptor."""
        assert isinstance(found, Instance)
        analysis = self.analysis
        if isinstance(found.cls, External):
            getter = analysis.field(found, "fget")
            analysis.use(
                getter, lambda function: analysis.calls.apply(analysis.bound(function, obj), call, obj)
            )
        else:
            descriptors.get(analysis, found, obj, call)

    def _fall_back(self, obj: Instance, name: str, call: Call) -> None:
        """Run `__getattr__` where ordinary look-up has found nothing when nothing else changes any more.

        Module bodies ask first: a `__getattr__` that stores what it makes answers once for each name.
        """
        lookups = self.analysis.lookups
        if name in _OBJECT_HAS or self._may_define(obj, name) or not lookups.defines(obj.cls, "__getattr__"):
            return

        def when_missing() -> bool:
            if obj.slots[name].points_to or name in obj.accessors:
                return True
            if call.via is not None and any(self._has_plainly(other, name) for other in call.via.points_to):
                return True
            self._hook(obj, "__getattr__", name, call)
            return True

        at_import = call.activation.function is None
        (self.analysis.later if at_import else self.analysis.last).append(when_missing)

    def _may_define(self, obj: Object, name: str) -> bool:
        """Say whether a class of the program, or a method of it, binds an attribute of its instances."""
        if not isinstance(obj, Instance) or not isinstance(obj.cls, Class):
            return False
        return self.analysis.lookups.defines(obj.cls, name) or self.analysis.assigns(obj.cls, name)

    def _has_plainly(self, obj: Object, name: str) -> bool:
        """Say whether an object has an attribute of its own: then the reader rather meant that."""
        if isinstance(obj, String):
            return has_member("builtins.str", name)
        if isinstance(obj, Instance) and isinstance(obj.cls, External):
            return name in MEMBERS.get(obj.cls.path, ())
        return self._may_define(obj, name)

    # Other objects

    def _read_class(self, obj: Object, name: str, call: Call) -> None:
        assert isinstance(obj, Class)
        self._record(obj, name, EdgeKind.READ, call)
        if call.result is not None:
            self.analysis.flow(self.class_slot(obj, name), call.result, self._reason("field", call, obj))
            self._read_own_name(obj.code, name, call, obj)
            descriptors.get_from_class(self.analysis, obj, name, call)
        if name == "__dict__":
            self._read_namespace(obj, call)
        elif name.startswith("__") or name == "mro":
            introspect.read_class(self.analysis, obj, name, call)
        metaclass = self.analysis.lookups.of_metaclass(obj, name)
        self.analysis.use(metaclass, lambda found: self._read_from_metaclass(found, obj, call))
        if obj.metaclasses and not name.startswith("__"):
            self._ask_metaclass(obj, name, call)

    def _ask_metaclass(self, cls: Class, name: str, call: Call) -> None:
        """Run the `__getattr__` of a metaclass where nothing else has the attribute."""
        analysis = self.analysis
        asked = [m for m in cls.metaclasses if analysis.lookups.defines(m, "__getattr__")]
        if not asked or analysis.lookups.defines(cls, name):
            return
        named = call.activation.temporary(("name", name))
        analysis.add(named, analysis.string(name), self._reason("name", call, cls))

        def when_missing() -> bool:
            if self.class_slot(cls, name).points_to or analysis.lookups.of_metaclass(cls, name).points_to:
                return True
            hooked = replace(call, arguments=Arguments.of(named), flags=("implicit",))
            analysis.calls.method(cls, "__getattr__", hooked, cls)
            return True

        analysis.last.append(when_missing)

    def _read_from_metaclass(self, found: Object, obj: Class, call: Call) -> None:
        analysis = self.analysis
        if analysis.lookups.is_accessor(found):
            self.get_accessor(found, obj, call)
        elif call.result is not None:
            member = analysis.bound(found, obj) if isinstance(found, Function) else found
            analysis.add(call.result, member, self._reason("field", call, obj))

    def _read_own_name(self, code: Code, name: str, call: Call, obj: Object) -> None:
        """`C.__name__` and its like: what a class or function is called."""
        own = {
            "__name__": code.name.rpartition(".")[2],
            "__qualname__": code.name.removeprefix(code.module.name + "."),
            "__module__": code.module.name,
        }
        if name in own and call.result is not None:
            self.analysis.add(call.result, self.analysis.string(own[name]), self._reason("field", call, obj))

    def class_slot(self, cls: Class, name: str) -> Variable:
        """Return the variable of what reading `cls.name` gives."""
        found = cls.slots.get(name)
        if found is None:
            slot = found = cls.slots[name] = Variable((cls, name))
            raw = self.analysis.lookups.of_class(cls, name)

            def on_found(member: Object) -> None:
                if not descriptors.has_own_get(self.analysis, member):
                    self.analysis.lookups.bind(member, cls, lambda bound: self.analysis.add(slot, bound, raw))

            self.analysis.use(raw, on_found)
        return found

    def _read_namespace(self, obj: Object, call: Call) -> None:
        """`obj.__dict__`."""
        reason = self._reason("field", call, obj)
        namespace = introspect.namespace_of(self.analysis, obj, reason)
        if namespace is not None and call.result is not None:
            self.analysis.add(call.result, namespace, reason)

    def _read_module(self, obj: Object, name: str, call: Call) -> None:
        assert isinstance(obj, ModuleObject)
        if name == "__dict__":
            self._read_namespace(obj, call)
        if call.result is not None:
            self.analysis.names.of_module(obj, name, call.result, self._reason("field", call, obj))

    def _read_function(self, obj: Object, name: str, call: Call) -> None:
        if call.result is None:
            return
        if isinstance(obj, Function):
            self._read_own_name(obj.code, name, call, obj)
        if name in ("__call__", "__func__"):
            self.analysis.add(call.result, obj, self._reason("field", call, obj))
        elif name == "__get__":
            binder = self.analysis.external("builtins.function.__get__")
            self.analysis.add(call.result, self.analysis.bound(binder, obj), self._reason("field", call, obj))
        self.analysis.flow(self.analysis.field(obj, name), call.result, self._reason("field", call, obj))

    def _read_bound(self, obj: Object, name: str, call: Call) -> None:
        assert isinstance(obj, BoundMethod)
        if call.result is None:
            return
        reason = self._reason("field", call, obj)
        if name == "__self__":
            self.analysis.add(call.result, obj.receiver, reason)
        elif name == "__func__":
            self.analysis.add(call.result, obj.function, reason)
        elif isinstance(obj.function, External):
            self.analysis.add(call.result, self.analysis.opaque(obj.function.path), reason)
        else:
            self._read_function(obj, name, call)
            self.analysis.flow(self.analysis.field(obj.function, name), call.result, reason)

    def _read_super(self, obj: Object, name: str, call: Call) -> None:
        assert isinstance(obj, Super)
        analysis = self.analysis
        receiver = obj.receiver
        cls = receiver.cls if isinstance(receiver, Instance) else receiver
        if not isinstance(cls, Class):
            return
        of_metaclass = next((m for m in cls.metaclasses if obj.cls in m.mro), None)
        if of_metaclass is not None and obj.cls not in cls.mro:
            cls = of_metaclass

        def on_found(found: Object) -> None:
            if analysis.lookups.is_accessor(found):
                self.get_accessor(found, receiver, call)
            elif name == "__new__" and isinstance(found, Function) and call.result is not None:
                analysis.add(call.result, found, self._reason("field", call, obj))
            elif cls is of_metaclass and isinstance(found, Function):
                emit(analysis.bound(found, receiver))
            else:
                analysis.lookups.bind(found, receiver, emit)

        def emit(bound: Object) -> None:
            if call.result is not None:
                analysis.add(call.result, bound, self._reason("field", call, obj))

        found_members = analysis.lookups.after(obj.cls, cls, name)
        analysis.use(found_members, on_found)
        if name == "__new__" and not found_members.points_to and call.result is not None:
            analysis.add(
                call.result, analysis.external("builtins.object.__new__"), self._reason("field", call, obj)
            )

    def _read_string(self, obj: Object, name: str, call: Call) -> None:
        self._read_foreign(obj, self.analysis.external("builtins.str"), name, call)

    def _read_generator(self, obj: Object, name: str, call: Call) -> None:
        assert isinstance(obj, Generator)
        cls = self.analysis.external("builtins." + obj.kind.replace("-", "_"))
        self._read_foreign(obj, cls, name, call)

    def _read_foreign(self, obj: Object, cls: External, name: str, call: Call) -> None:
        if call.result is not None and has_member(cls.path, name):
            method = self.analysis.bound(self.analysis.member(cls, name), obj)
            self.analysis.add(call.result, method, self._reason("field", call, obj))

    def _read_external(self, obj: External, name: str, call: Call) -> None:
        if call.result is None:
            return
        reason = self._reason("field", call, obj)
        mixed = call.via is not None and len(call.via.points_to) > _FEW
        found = self.analysis.opaque(obj.path) if mixed else self.analysis.member(obj, name)
        self.analysis.add(call.result, found, reason)
        if name in obj.fields:
            self.analysis.flow(obj.fields[name], call.result, reason)
