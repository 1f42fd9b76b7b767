"""Introspection: what `__dict__`, `__bases__`, `__mro__` and `__subclasses__` give."""

from typing import TYPE_CHECKING

from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.metaclasses import mirror
from chaintrace.pointsto.objects import Class, External, Instance, ModuleObject, Object
from chaintrace.pointsto.variables import Reason

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

HEIRS = "[heirs]"
"""The field of a class that holds the classes derived from it directly."""

_METHODS = ("__subclasses__", "mro")


def read_class(analysis: "Analysis", cls: Class, name: str, call: Call) -> None:
    """Read one of the attributes that every class has about classes."""
    if call.result is None:
        return
    reason = Reason("field", call.activation, call.site, call.via, cls)
    if name == "__new__" and not analysis.lookups.defines(cls, name):
        analysis.add(call.result, analysis.external("builtins.object.__new__"), reason)
    elif name in _METHODS and not analysis.lookups.defines(cls, name):
        method = analysis.external(f"builtins.type.{name}")
        analysis.add(call.result, analysis.bound(method, cls), reason)
    elif name in ("__mro__", "__bases__"):
        analysis.add(call.result, classes_of(analysis, cls, name, call), reason)
    elif name == "__members__":
        analysis.class_rules.when_settled(cls, lambda: _read_members(analysis, cls, call, reason))
    elif name == "__base__":
        for base in [base for candidates in cls.bases[:1] for base in candidates]:
            analysis.add(call.result, base, reason)


def _read_members(analysis: "Analysis", cls: Class, call: Call, reason: Reason) -> None:
    if call.result is not None and analysis.is_enumeration(cls):
        made = analysis.allocate(analysis.builtin["dict"], call.activation, call.site, ("members", cls))
        analysis.flow(analysis.known_instances(cls), analysis.item(made, "[?]"), reason)
        analysis.add(call.result, made, reason)


def classes_of(analysis: "Analysis", cls: Class, name: str, call: Call) -> Instance:
    """Return a tuple of the classes in the linearisation, or of the bases, of a class."""
    made = analysis.allocate(analysis.builtin["tuple"], call.activation, call.site, (name, cls))
    reason = Reason("field", call.activation, call.site, call.via, cls)

    def fill() -> None:
        order: list[Class | External] = (
            [base for candidates in cls.bases for base in candidates] if name == "__bases__" else cls.mro
        )
        for at, one in enumerate(order):
            analysis.add(analysis.item(made, f"#{at}"), one, reason)

    analysis.class_rules.when_settled(cls, fill)
    return made


def namespace_of(analysis: "Analysis", obj: Object, reason: Reason) -> Instance | None:
    """Return the dict that `obj.__dict__` is: its items are the attributes, and the other way round."""
    names = _attributes(analysis, obj)
    if names is None:
        return None
    key = (analysis.builtin["dict"], "__dict__", obj)
    found = analysis.namespaces.get(key)
    if found is None:
        found = analysis.namespaces[key] = Instance(analysis.builtin["dict"], key, None, None)
        for name in names:
            analysis.flow(analysis.field(obj, name), analysis.item(found, "'" + name), reason)
        mirror(analysis, found, obj, reason)
    return found


def _attributes(analysis: "Analysis", obj: Object) -> list[str] | None:
    """Return the names an object's namespace certainly may have; None for objects that have none."""
    if isinstance(obj, Instance) and (isinstance(obj.cls, Class) or obj.cls.path in analysis.models.classes):
        stored = {name for name in obj.fields if name.isidentifier()}
        for ancestor in obj.cls.mro if isinstance(obj.cls, Class) else ():
            if isinstance(ancestor, Class):
                stored |= analysis.assigned(ancestor)
        return sorted(stored)
    if isinstance(obj, Class):
        return sorted(obj.code.member_names)
    if isinstance(obj, ModuleObject) and obj.module is not None:
        return list(obj.module.names)
    return None
