"""Positional sub-patterns: what `case C(a, b)` reads, by the class's `__match_args__`."""

from typing import TYPE_CHECKING

from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.objects import Class, Instance, Object, String
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

PREFIX = "__match_args__:"
"""How the front end spells the attribute at a position of a class pattern."""


def load(analysis: "Analysis", base: Variable, index: int, call: Call) -> None:
    """Read what a class pattern has at a position, for each object that reaches it."""
    analysis.use(base, lambda obj: _read(analysis, obj, index, call))


def _read(analysis: "Analysis", obj: Object, index: int, call: Call) -> None:
    reason = Reason("field", call.activation, call.site, call.via, obj)
    cls = obj.cls if isinstance(obj, Instance) else None
    if isinstance(obj, Instance) and isinstance(cls, Class):
        if analysis.lookups.defines(cls, "__match_args__"):
            names = analysis.lookups.of_class(cls, "__match_args__")
            analysis.use(names, lambda names: _by_names(analysis, obj, names, index, call))
        elif call.result is not None and analysis.is_record(obj):
            analysis.items.load_key(obj, f"#{index}", call.result, reason)
        else:
            fields = analysis.models.positional(analysis, cls)
            if index < len(fields):
                analysis.attributes.read(obj, fields[index], call)
    elif index == 0 and call.result is not None:
        # `case str(text)`: built-in classes capture the whole subject.
        analysis.add(call.result, obj, reason)


def _by_names(analysis: "Analysis", obj: Instance, names: Object, index: int, call: Call) -> None:
    def on_name(name: Object) -> None:
        if isinstance(name, String):
            analysis.attributes.read(obj, name.value, call)

    if isinstance(names, Instance):
        analysis.use(analysis.item(names, f"#{index}"), on_name)
