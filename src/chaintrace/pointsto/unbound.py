"""Unbound calls: `Base.method(self, x)`, `function(*args)` in a wrapper, and `__new__`.

A function of a class body that is called without a receiver is given it as its first argument. Its contexts
are those of a method all the same, or what all receivers pass would meet in one.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from chaintrace.ir.facts import BlockKind
from chaintrace.pointsto.arguments import signature
from chaintrace.pointsto.objects import Class, Function, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis
    from chaintrace.pointsto.calls import Call


def takes_receiver(function: Function, call: "Call") -> bool:
    """Say whether a function stands in a class body and is given something as its first argument."""
    in_class = function.env.code.block.kind is BlockKind.CLASS and function.env.cls is not None
    return in_class and bool(call.arguments.positional and signature(function.code).positional)


def enter(analysis: "Analysis", function: Function, call: "Call", evidence: Object) -> None:
    """Run a function of a class once for each receiver, or class of receivers, among its first arguments."""
    first = _first(analysis, call)
    apart = replace(call, first_is_receiver=True)

    def on_first(obj: Object) -> None:
        if _is_receiver(function, obj):
            context, heap = analysis.contexts.choose(function, obj, call.activation, call.site)
            analysis.calls.enter_in(context, heap, function, obj, apart, evidence)
        else:
            enter_plain(obj)

    def enter_plain(obj: Object | None) -> None:
        context, heap = analysis.contexts.choose(function, None, call.activation, call.site)
        analysis.calls.enter_in(context, heap, function, obj, apart, evidence)

    def when_empty() -> bool:
        if not first.points_to:
            enter_plain(None)
        return True

    analysis.use(first, on_first)
    analysis.later.append(when_empty)


def _is_receiver(function: Function, obj: Object) -> bool:
    """Say whether a first argument is an instance of the function's class, or, as for `__new__`, a heir."""
    cls = obj.cls if isinstance(obj, Instance) else obj
    return isinstance(cls, Class) and function.env.cls in cls.mro


def _first(analysis: "Analysis", call: "Call") -> Variable:
    """Return the variable of the first argument, or of the first item of `*args`."""
    value, starred = call.arguments.positional[0]
    if not starred:
        return value
    found = call.activation.temporary(("first", call.site, value))
    reason = Reason("argument", call.activation, call.site)

    def on_iterable(obj: Object) -> None:
        if isinstance(obj, Instance) and obj.cls in analysis.sequences:
            analysis.items.load_key(obj, "#0", found, reason)
        else:
            analysis.iterate_object(obj, found, call.activation, call.site)

    analysis.use(value, on_iterable)
    return found
