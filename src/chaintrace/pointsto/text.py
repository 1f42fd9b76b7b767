"""Text: the methods that `str`, `repr`, `format`, f-strings, `%` and `str.format` ask an object for."""

import re
from typing import TYPE_CHECKING

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.objects import Class, External, Instance, Object, String
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_METHODS = {
    "r": ("__repr__",),
    "a": ("__repr__",),
    "s": ("__str__", "__repr__"),
    "f": ("__format__", "__str__", "__repr__"),
}
_PERCENT = re.compile(r"%(?:\(([^)]*)\))?[-#0 +]*[\d*.]*[hlL]?(.)")
_BRACES = re.compile(r"\{([^{}!:]*)(?:!([rsa]))?(?::(?:[^{}]|\{[^{}]*\})*)?\}")


def ask(analysis: "Analysis", value: Variable, conversion: str, call: Call) -> None:
    """Call what a conversion (`r`, `s`, `a`, or `f` for `format`) of each object of a variable runs.

    A `__repr__` is for debugging: where the variable may hold text as well, that is what is shown.
    """

    def on_object(obj: Object) -> None:
        if isinstance(obj, Instance) and _is_for_debugging(analysis, obj.cls, conversion):
            analysis.last.append(lambda: unless_text(obj))
        else:
            ask_one(analysis, obj, conversion, call)

    def unless_text(obj: Object) -> bool:
        if any(isinstance(other, String) or other is analysis.text for other in value.points_to):
            return True
        ask_one(analysis, obj, conversion, call)
        return True

    analysis.use(value, on_object)


def _is_for_debugging(analysis: "Analysis", cls: Class | External, conversion: str) -> bool:
    """Say whether a conversion to text ends with the `__repr__` of a class, or of a container's elements."""
    if isinstance(cls, External):
        return cls in analysis.builtin.values()
    return _defined(analysis, cls, _METHODS[conversion]) == "__repr__"


def ask_one(analysis: "Analysis", obj: Object, conversion: str, call: Call) -> None:
    """Call what a conversion of one object runs; a container shows its elements by `repr`."""
    if isinstance(obj, Class):
        if obj.metaclasses:
            analysis.calls.method(obj, _METHODS[conversion][0], call, obj)
    elif isinstance(obj, Instance):
        _ask_instance(analysis, obj, conversion, call)


def _ask_instance(analysis: "Analysis", obj: Instance, conversion: str, call: Call) -> None:
    if isinstance(obj.cls, Class):
        name = _defined(analysis, obj.cls, _METHODS[conversion])
        if name:
            analysis.calls.method(obj, name, call, obj)
    elif obj.cls in analysis.builtin.values():
        shown = _shown(analysis, call)
        for part in ("[*]", "[k]") if obj.cls is analysis.builtin["dict"] else ("[*]",):
            analysis.flow(analysis.field(obj, part), shown, Reason("element", call.activation, call.site))


def _shown(analysis: "Analysis", call: Call) -> Variable:
    """Return the variable of the elements that a site shows by `repr`, gathered once a site.

    What containers inside containers hold is left out: that would cost more than all other rules together.
    """
    key = ("shown", call.site)
    known = key in call.activation.scratch
    shown = call.activation.temporary(key)
    if not known:

        def on_element(element: Object) -> None:
            if isinstance(element, Instance) and isinstance(element.cls, Class):
                _ask_instance(analysis, element, "r", call)

        analysis.use(shown, on_element)
    return shown


def _defined(analysis: "Analysis", cls: Class, names: tuple[str, ...]) -> str:
    """Return the first of the methods that the class defines; exceptions bring a `__str__` of their own."""
    for name in names:
        if analysis.lookups.defines(cls, name):
            return name
        if name == "__str__" and any(isinstance(a, External) and _has_text(a.path) for a in cls.mro):
            return ""
    return ""


def _has_text(path: str) -> bool:
    """Say whether an external class has its own `__str__`; most have a `__repr__` only."""
    top, _, name = path.partition(".")
    if top == "builtins":
        return name == "str" or name.endswith(("Exception", "Error", "Warning", "Exit", "Interrupt"))
    return top in ("enum", "pathlib", "uuid", "decimal", "fractions", "ipaddress", "datetime")


def percent(analysis: "Analysis", pattern: str, right: Variable, call: Call) -> None:
    """`pattern % right`: each field converts its value; an unknown pattern is taken for `%s` throughout."""
    fields = [(key, kind if kind in "ra" else "s") for key, kind in _PERCENT.findall(pattern) if kind != "%"]
    keys = [key for key, _kind in fields if key]

    def on_right(obj: Object) -> None:
        if not isinstance(obj, Instance):
            return
        if keys:
            for key, kind in fields:
                _ask_key(analysis, obj, key, kind, call)
        elif obj.cls is analysis.builtin["tuple"]:
            analysis.on_items(obj, lambda key, value: ask(analysis, value, _kind(fields, key), call))
        else:
            ask_one(analysis, obj, fields[0][1] if fields else "s", call)

    analysis.use(right, on_right)


def _kind(fields: list[tuple[str, str]], key: str) -> str:
    at = int(key[1:]) if key[0] == "#" else -1
    return fields[at][1] if 0 <= at < len(fields) else "s"


def _ask_key(analysis: "Analysis", mapping: Instance, key: str, conversion: str, call: Call) -> None:
    """Convert the value that a mapping has under a key."""
    value = call.activation.temporary(("field", call.site, mapping, key))
    named = call.activation.temporary(("name", key))
    analysis.add(named, analysis.string(key), Reason("name", call.activation, call.site))
    reading = Call(call.activation, call.site, Arguments.of(named), value, flags=("implicit",))
    analysis.items.load(mapping, named, "'" + key, reading)
    ask(analysis, value, conversion, call)


def braces(pattern: str) -> dict[str, str]:
    """Return the conversion of each field of a `str.format` pattern: by position or by name."""
    found: dict[str, str] = {}
    for at, (name, conversion) in enumerate(_BRACES.findall(pattern)):
        key = re.split(r"[.\[]", name)[0] or str(at)
        found.setdefault(key, conversion or "f")
    return found
