"""Descriptors: class attributes whose own code runs when they are read, written or deleted."""

from typing import TYPE_CHECKING

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.objects import Class, External, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.activations import Activation
    from chaintrace.pointsto.analysis import Analysis

_PARTS = {"set": ("fset", "__set__"), "del": ("fdel", "__delete__")}


def has_own_get(analysis: "Analysis", found: Object) -> bool:
    """Say whether an object is an instance of a class of the program with a `__get__`."""
    return (
        isinstance(found, Instance)
        and isinstance(found.cls, Class)
        and analysis.lookups.defines(found.cls, "__get__")
    )


def takes_writes(analysis: "Analysis", found: Object) -> bool:
    """Say whether assigning to the attribute runs code instead: a property, or an object with `__set__`."""
    if not isinstance(found, Instance):
        return False
    if isinstance(found.cls, Class):
        return analysis.lookups.answers(found.cls, "__set__")
    return found.cls.path in analysis.models.accessors and not found.cls.path.endswith("cached_property")


def get(analysis: "Analysis", found: Instance, obj: Object, call: Call) -> None:
    """Run `found.__get__(obj, type(obj))`."""
    owner = obj.cls if isinstance(obj, Instance) else obj
    arguments = Arguments.of(_holding(analysis, call, obj), _holding(analysis, call, owner))
    analysis.calls.method(found, "__get__", call.passing(arguments), obj)


def get_from_class(analysis: "Analysis", cls: Class, name: str, call: Call) -> None:
    """Run `found.__get__(None, cls)` for what reading `cls.name` finds."""

    def on_found(found: Object) -> None:
        if has_own_get(analysis, found):
            arguments = Arguments.of(analysis.nothing, _holding(analysis, call, cls))
            analysis.calls.method(found, "__get__", call.passing(arguments), cls)

    analysis.use(analysis.lookups.of_class(cls, name), on_found)


def change(analysis: "Analysis", found: Object, obj: Object, call: Call, part: str = "set") -> None:
    """Run what assigning to the attribute, or deleting it, runs; `call` passes the value."""
    function, method = _PARTS[part]
    if not isinstance(found, Instance):
        return
    if isinstance(found.cls, External):
        if analysis.lookups.is_accessor(found):
            code = analysis.field(found, function)
            analysis.use(code, lambda one: analysis.calls.apply(analysis.bound(one, obj), call, obj))
    elif analysis.lookups.answers(found.cls, method):
        arguments = call.arguments.after(_holding(analysis, call, obj))
        analysis.calls.method(found, method, call.passing(arguments), obj)


def _holding(analysis: "Analysis", call: Call, obj: Object) -> Variable:
    found = call.activation.temporary(("holder", obj))
    analysis.add(found, obj, Reason("receiver", call.activation, call.site, call.via, obj))
    return found


def name_members(analysis: "Analysis", cls: Class, activation: "Activation", site: int) -> None:
    """Call `__set_name__` of the descriptors in a class body, as the class statement does."""
    if not analysis.tells_names:
        return
    for name in sorted(cls.code.member_names):
        _name_member(analysis, cls, name, Call(activation, site, Arguments(), flags=("implicit",)))


def _name_member(analysis: "Analysis", cls: Class, name: str, call: Call) -> None:
    def on_found(found: Object) -> None:
        if isinstance(found, Instance) and analysis.lookups.defines(found.cls, "__set_name__"):
            named = call.activation.temporary(("name", name))
            analysis.add(named, analysis.string(name), Reason("name", call.activation, call.site))
            arguments = Arguments.of(_holding(analysis, call, cls), named)
            analysis.calls.method(found, "__set_name__", call.passing(arguments), found)

    analysis.use(analysis.field(cls, name), on_found)
