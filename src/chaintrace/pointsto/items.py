"""Items and iteration: subscripts, unpacking, and the elements of iterables."""

from typing import TYPE_CHECKING

from chaintrace.pointsto import keys
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.heap import from_start
from chaintrace.pointsto.models import Invocation
from chaintrace.pointsto.objects import (
    Class,
    External,
    Generator,
    Instance,
    Object,
    Opaque,
    String,
)
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


class Items:
    """Apply Python's subscripts and iteration to abstract objects."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis

    # Subscripts

    def load(self, obj: Object, key: Variable, constant: str, call: Call) -> None:
        """`call.result = obj[key]`."""
        analysis = self.analysis
        target = call.result
        if target is None:
            return
        reason = Reason("item", call.activation, call.site, call.via, obj)
        if isinstance(obj, Instance):
            if obj.bucket in analysis.scalars:
                self._part_of_scalar(obj, target, reason)
            elif obj.cls in analysis.sets:
                return
            elif isinstance(obj.cls, Class) and analysis.lookups.defines(obj.cls, "__getitem__"):
                analysis.calls.method(obj, "__getitem__", call, obj)
            elif analysis.lookups.holds_items(obj):
                self._load_held(obj, key, constant, call)
        elif isinstance(obj, Class):
            analysis.class_rules.when_settled(obj, lambda: self._subscript_class(obj, constant, target, call))
        elif isinstance(obj, External):
            model = analysis.models.find(f"{obj.path}.__getitem__")
            if model is not None:
                model(Invocation(analysis, f"{obj.path}.__getitem__", None, call))
            else:
                analysis.add(target, obj, reason)

    def _load_held(self, obj: Instance, key: Variable, constant: str, call: Call) -> None:
        """Read an item as the built-in containers do."""
        assert call.result is not None
        reason = Reason("item", call.activation, call.site, call.via, obj)
        if constant:
            self.load_key(obj, constant, call.result, reason)
        else:
            self._load_computed(obj, key, call.result, reason)
            keys.look_up(self.analysis, key, obj, call)
        self.analysis.calls.method(obj, "__missing__", call, obj)

    def _subscript_class(self, obj: Class, constant: str, target: Variable, call: Call) -> None:
        """`C[x]`: a member of an enumeration, what the class makes of it, or the class itself."""
        analysis = self.analysis
        reason = Reason("item", call.activation, call.site, call.via, obj)
        if analysis.is_enumeration(obj):
            named = constant.startswith("'")
            members = (
                analysis.attributes.class_slot(obj, constant[1:]) if named else analysis.known_instances(obj)
            )
            analysis.flow(members, target, reason)
            return
        if analysis.lookups.defines(obj, "__class_getitem__") or obj.metaclasses:
            self._run_class_hooks(obj, call)
        analysis.add(target, obj, reason)

    def _run_class_hooks(self, obj: Class, call: Call) -> None:
        analysis = self.analysis
        raw = analysis.lookups.of_class(obj, "__class_getitem__")

        def on_found(found: Object) -> None:
            hook = analysis.unwrap(found)
            if hook is not None:
                analysis.calls.apply(analysis.bound(hook, obj), call, obj)

        analysis.use(raw, on_found)
        analysis.calls.method(obj, "__getitem__", call, obj)

    def load_key(self, obj: Instance, constant: str, target: Variable, reason: Reason) -> None:
        """`target = obj[constant]` for a container with constant keys told apart."""
        analysis = self.analysis
        constant = from_start(obj, constant)
        if not constant:
            analysis.flow(analysis.field(obj, "[*]"), target, reason)
            return
        analysis.flow(analysis.item(obj, constant), target, reason)
        analysis.flow(analysis.item(obj, "[?]"), target, reason)

    def _load_computed(self, obj: Instance, key: Variable, target: Variable, reason: Reason) -> None:
        """Read under a computed key, which may be anything where the object is no mapping."""
        analysis = self.analysis
        if self.is_mapping(obj) and key is not analysis.nothing:
            self.load_under(obj, key, target, reason)
        else:
            analysis.flow(analysis.field(obj, "[*]"), target, reason)

    def load_under(self, obj: Instance, key: Variable, target: Variable, reason: Reason) -> None:
        """Read by the strings, classes and members that a key may be, or anything once it may be more.

        A class under which nothing is kept may stand for others: then anything is read too.
        """
        analysis = self.analysis
        named: list[Variable] = []

        def on_key(value: Object) -> None:
            name = analysis.key_name(value)
            if name:
                self.load_key(obj, name, target, reason)
            else:
                analysis.flow(analysis.field(obj, "[*]"), target, reason)
            if name.startswith("@"):
                if not named:
                    analysis.last.append(when_missing)
                named.append(analysis.item(obj, name))

        def when_missing() -> bool:
            if not any(item.points_to for item in (*named, analysis.item(obj, "[?]"))):
                analysis.flow(analysis.field(obj, "[*]"), target, reason)
            return True

        def when_unknown() -> bool:
            if key.points_to:
                return True
            analysis.flow(analysis.field(obj, "[*]"), target, reason)
            return True

        analysis.use(key, on_key)
        analysis.later.append(when_unknown)

    def store(self, obj: Object, key: Variable, constant: str, source: Variable, call: Call) -> None:
        """`obj[key] = source`."""
        analysis = self.analysis
        if not isinstance(obj, Instance) or obj.bucket in analysis.fixed:
            return
        if isinstance(obj.cls, Class) and analysis.lookups.defines(obj.cls, "__setitem__"):
            analysis.calls.method(obj, "__setitem__", call, obj)
        elif analysis.lookups.holds_items(obj):
            self.put(obj, key, constant, source, call)

    def put(self, obj: Instance, key: Variable, constant: str, source: Variable, call: Call) -> None:
        """Store an item as the built-in containers do."""
        analysis = self.analysis
        reason = Reason("item", call.activation, call.site, call.via, obj)
        if constant and not constant.startswith("#-"):
            analysis.flow(source, analysis.item(obj, constant), reason)
            return
        is_mapping = obj.cls not in analysis.sequences
        if is_mapping:
            keys.look_up(analysis, key, obj, call)
            analysis.flow(key, analysis.field(obj, "[k]"), reason)
        if not is_mapping or key is analysis.nothing:
            analysis.flow(source, analysis.item(obj, "[?]"), reason)
            return

        def on_key(value: Object) -> None:
            analysis.flow(source, analysis.item(obj, analysis.key_name(value) or "[?]"), reason)

        def when_unknown() -> bool:
            if key.points_to:
                return True
            analysis.flow(source, analysis.item(obj, "[?]"), reason)
            return True

        analysis.use(key, on_key)
        analysis.later.append(when_unknown)

    # Iteration

    def iterate(self, obj: Object, target: Variable, call: Call) -> None:
        """`target` takes each element of `obj`."""
        analysis = self.analysis
        reason = Reason("element", call.activation, call.site, call.via, obj)
        if isinstance(obj, Generator):
            analysis.flow(obj.activation.yielded(), target, reason)
        elif isinstance(obj, Instance):
            if obj.bucket in analysis.scalars:
                self._part_of_scalar(obj, target, reason)
                return
            if isinstance(obj.cls, External):
                is_done = self._iterate_foreign(obj, obj.cls.path, target, call)
            else:
                is_done = self._iterate_own(obj, target, call)
            if is_done:
                return
            is_mapping = obj.cls not in analysis.plain and ("[k]" in obj.fields or self.is_mapping(obj))
            analysis.flow(analysis.field(obj, "[k]" if is_mapping else "[*]"), target, reason)
        elif isinstance(obj, Class):
            analysis.class_rules.when_settled(obj, lambda: self._iterate_class(obj, target, call))
        elif isinstance(obj, Opaque):
            analysis.add(target, obj, reason)
        elif isinstance(obj, String):
            analysis.add(target, analysis.text, reason)

    def _part_of_scalar(self, obj: Instance, target: Variable, reason: Reason) -> None:
        """Take a part: a character of a string is a string; numbers and bytes hold nothing of interest."""
        if obj is self.analysis.text:
            self.analysis.add(target, obj, reason)

    def is_mapping(self, obj: Instance) -> bool:
        """Say whether iterating over an object gives keys."""
        order = obj.cls.mro if isinstance(obj.cls, Class) else [obj.cls]
        return any(isinstance(cls, External) and cls.path in self.analysis.models.mappings for cls in order)

    def _iterate_own(self, obj: Instance, target: Variable, call: Call) -> bool:
        """Iterate over an instance whose class defines how."""
        analysis = self.analysis
        is_async = "async" in call.flags
        begin, step = ("__aiter__", "__anext__") if is_async else ("__iter__", "__next__")
        if analysis.lookups.defines(obj.cls, begin):
            iterators = call.activation.temporary(("iterator", call.site, obj))
            analysis.calls.method(obj, begin, _returning(call, iterators), obj)
            analysis.use(iterators, lambda iterator: self.step(iterator, step, target, call))
            return True
        if analysis.lookups.defines(obj.cls, step):
            self.step(obj, step, target, call)
            return True
        if analysis.lookups.defines(obj.cls, "__getitem__"):
            analysis.calls.method(obj, "__getitem__", _returning(call, target), obj)
            return True
        return False

    def _iterate_foreign(self, obj: Instance, cls: str, target: Variable, call: Call) -> bool:
        """Iterate over an instance of a library's class, where a model says how."""
        analysis = self.analysis
        if cls.startswith("builtins."):
            return False
        is_async = "async" in call.flags
        path = f"{cls}.__anext__" if is_async else f"{cls}.__next__"
        model = analysis.models.find(path)
        if model is None:
            return False
        given = call.activation.temporary(("awaited", call.site, obj)) if is_async else target
        model(Invocation(analysis, path, obj, _returning(call, given)))
        if is_async:
            analysis.flows.wait(given, target, call.activation, call.site)
        return True

    def step(self, iterator: Object, name: str, target: Variable, call: Call) -> None:
        """Take the elements of an iterator."""
        analysis = self.analysis
        if isinstance(iterator, Instance) and isinstance(iterator.cls, Class):
            if not analysis.lookups.defines(iterator.cls, name):
                # Its `__iter__` has run; a foreign base steps through what it holds.
                reason = Reason("element", call.activation, call.site, call.via, iterator)
                analysis.flow(analysis.field(iterator, "[*]"), target, reason)
            elif name == "__anext__":
                awaited = call.activation.temporary(("awaited", call.site, iterator))
                analysis.calls.method(iterator, name, _returning(call, awaited), iterator)
                analysis.flows.wait(awaited, target, call.activation, call.site)
            else:
                analysis.calls.method(iterator, name, _returning(call, target), iterator)
        else:
            self.iterate(iterator, target, call)

    def _iterate_class(self, cls: Class, target: Variable, call: Call) -> None:
        """Iterate over a class: by its metaclass, or the members of an enumeration."""
        analysis = self.analysis
        iterators = call.activation.temporary(("iterator", call.site, cls))
        analysis.calls.method(cls, "__iter__", _returning(call, iterators), cls)
        analysis.use(iterators, lambda iterator: self.step(iterator, "__next__", target, call))
        if analysis.is_enumeration(cls):
            analysis.flow(
                analysis.known_instances(cls), target, Reason("element", call.activation, call.site)
            )

    def unpack(self, obj: Object, targets: list[Variable | None], star: int, call: Call) -> None:
        """Do `a, *b, c = obj`."""
        analysis = self.analysis
        reason = Reason("unpacked", call.activation, call.site, call.via, obj)
        if isinstance(obj, Instance) and (obj.cls in analysis.sequences or analysis.is_record(obj)):
            for index, target in enumerate(targets):
                if target is None or index == star:
                    continue
                constant = f"#{index}" if star < 0 or index < star else f"#{index - len(targets)}"
                self.load_key(obj, constant, target, reason)
            elements = analysis.field(obj, "[*]")
            if star >= 0 and obj.length >= 0:
                self._unpack_rest(obj, targets, star, call, reason)
                return
        else:
            elements = call.activation.temporary(("unpack", call.site, obj))
            self.iterate(obj, elements, call)
            for index, target in enumerate(targets):
                if target is not None and index != star:
                    analysis.flow(elements, target, reason)
        starred = targets[star] if star >= 0 else None
        if starred is not None:
            rest = self._rest(star, call)
            analysis.flow(elements, analysis.item(rest, "[?]"), reason)
            analysis.add(starred, rest, reason)

    def _unpack_rest(
        self, obj: Instance, targets: list[Variable | None], star: int, call: Call, reason: Reason
    ) -> None:
        """Give a starred target the items of a display that the other targets leave, in their order."""
        analysis = self.analysis
        starred = targets[star]
        if starred is None:
            return
        rest = self._rest(star, call)
        for index in range(obj.length - len(targets) + 1):
            analysis.flow(analysis.item(obj, f"#{star + index}"), analysis.item(rest, f"#{index}"), reason)
        analysis.flow(analysis.item(obj, "[?]"), analysis.item(rest, "[?]"), reason)
        analysis.add(starred, rest, reason)

    def _rest(self, star: int, call: Call) -> Instance:
        made_of = self.analysis.builtin["list"]
        return self.analysis.allocate(made_of, call.activation, call.site, ("star", star))


def _returning(call: Call, result: Variable) -> Call:
    return Call(
        call.activation, call.site, Arguments(), result, call.kind, ("implicit",), call.floor, call.via
    )


def implicit(activation: Activation, site: int, *arguments: Variable, result: Variable | None = None) -> Call:
    """Describe an implicit call at a site."""
    return Call(activation, site, Arguments.of(*arguments), result, flags=("implicit",))
