"""Construction: what calling a class runs and makes."""

from dataclasses import replace
from typing import TYPE_CHECKING

from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.objects import Class, External, Instance, Object
from chaintrace.pointsto.variables import Reason

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


class Construction:
    """Make instances: metaclass `__call__`, `__new__`, `__init__`, and initialisers that libraries write."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis

    def construct(self, cls: Class, call: Call, evidence: Object) -> None:
        """Call a class, once its bases are known."""
        self.analysis.class_rules.when_settled(cls, lambda: self._construct(cls, call, evidence))

    def _construct(self, cls: Class, call: Call, evidence: Object) -> None:
        analysis = self.analysis
        if analysis.is_enumeration(cls):
            analysis.record_call(self._flagged(call), cls, evidence)
            if call.result is not None:
                members = analysis.known_instances(cls)
                analysis.flow(
                    members, call.result, Reason("member", call.activation, call.site, call.via, evidence)
                )
            self._look_for_member(cls, call, evidence)
            return
        if any(analysis.lookups.defines(metaclass, "__call__") for metaclass in cls.metaclasses):
            analysis.calls.method(cls, "__call__", self._flagged(call), evidence)
            return
        self.plain(cls, call, evidence)

    def _look_for_member(self, cls: Class, call: Call, evidence: Object) -> None:
        """Call the `_missing_` that an enumeration asks for a value it does not have."""

        def on_found(found: Object) -> None:
            hook = self.analysis.unwrap(found)
            if hook is not None:
                self.analysis.calls.apply(self.analysis.bound(hook, cls), self._flagged(call), evidence)

        if self.analysis.lookups.defines(cls, "_missing_"):
            self.analysis.use(self.analysis.lookups.of_class(cls, "_missing_"), on_found)

    def plain(self, cls: Class, call: Call, evidence: Object) -> None:
        """Do what `type.__call__` does: make an instance and initialise it."""
        analysis = self.analysis
        call = self._flagged(call)
        if analysis.lookups.defines(cls, "__new__"):
            made = call.activation.temporary(("new", call.site, cls))
            first = call.activation.temporary(("class", cls))
            analysis.add(first, cls, Reason("receiver", call.activation, call.site))
            making = replace(call, arguments=call.arguments.after(first), result=made)
            self._static(cls, "__new__", making, evidence)
            analysis.use(made, lambda obj: self._made(obj, cls, call, evidence))
            if call.result is not None:
                analysis.flow(
                    made, call.result, Reason("constructed", call.activation, call.site, call.via, evidence)
                )
        else:
            obj = analysis.allocate(cls, call.activation, call.site)
            if call.result is not None:
                reason = Reason("constructed", call.activation, call.site, call.via, evidence)
                analysis.add(call.result, obj, reason)
            self.initialise(obj, call, evidence)

    def _flagged(self, call: Call) -> Call:
        return call if "construct" in call.flags else replace(call, flags=(*call.flags, "construct"))

    def _static(self, cls: Class, name: str, call: Call, evidence: Object) -> None:
        raw = self.analysis.lookups.of_class(cls, name)

        def on_found(found: Object) -> None:
            if isinstance(found, Instance) and isinstance(found.cls, External):
                inner = self.analysis.field(found, "function")
                self.analysis.use(inner, lambda function: self.analysis.calls.apply(function, call, evidence))
            else:
                self.analysis.calls.apply(found, call, evidence)

        self.analysis.use(raw, on_found)

    def _made(self, obj: Object, cls: Class, call: Call, evidence: Object) -> None:
        if isinstance(obj, Instance) and isinstance(obj.cls, Class) and cls in obj.cls.mro:
            self.initialise(obj, call, evidence)

    def initialise(self, obj: Instance, call: Call, evidence: Object) -> None:
        """Run the `__init__` of a new instance, or the one that a library writes for its class."""
        analysis = self.analysis
        cls = obj.cls
        assert isinstance(cls, Class)
        quiet = replace(call, result=None)
        for ancestor in cls.mro:
            if isinstance(ancestor, Class) and "__init__" in ancestor.code.member_names:
                break
            maker = analysis.models.initialisers.get(self._flavour(ancestor))
            if maker is not None:
                analysis.record_call(quiet, cls, evidence)
                maker(analysis, obj, quiet, evidence)
                return
        if not analysis.lookups.defines(cls, "__init__"):
            analysis.record_call(quiet, cls, evidence)
        analysis.calls.method(obj, "__init__", quiet, evidence)

    def _flavour(self, ancestor: Class | External) -> str:
        if isinstance(ancestor, External):
            return ancestor.path
        return next(
            (flag for flag in sorted(ancestor.flags) if flag in self.analysis.models.initialisers), ""
        )
