"""Strings in part known: what concatenation and formatting keep of a beginning and an ending.

`getattr(self, "visit_" + kind)` finds the methods that begin so; what is known of the name has to survive the
ways in which programs put it together.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import Object, String
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


def partly_known(analysis: "Analysis", head: str, ending: str, reason: Reason) -> Object:
    """Return a string of which the beginning and the ending are known.

    An address (`ipc://…`) keeps the site that made it: who has the same address has it from there.
    """
    activation = reason.activation
    origin = None
    if "://" in head and isinstance(activation, Activation):
        origin = (activation.code, reason.site, activation.heap)
    return analysis.string(head, open_end=True, ending=ending, origin=origin)


def concatenate(
    analysis: "Analysis", left: Object, right: Variable, target: Variable, reason: Reason
) -> None:
    """`target = left + right`."""

    def joined(other: Object | None) -> Object:
        start, closed = _beginning(left)
        if closed and isinstance(other, String):
            return analysis.string(start + other.value, open_end=other.open_end, ending=other.ending)
        if isinstance(other, String):
            kept = ending_of(left) if not other.open_end else ""
            return partly_known(analysis, start, kept + ending_of(other), reason)
        return partly_known(analysis, start, "", reason)

    each(analysis, right, lambda other: analysis.add(target, joined(other), reason))


def interpolate(
    analysis: "Analysis", pattern: String, right: Variable, target: Variable, reason: Reason
) -> None:
    """`target = pattern % right`: keep what stands before the first and after the last field."""
    head, field, rest = pattern.value.partition("%")
    if field and not pattern.open_end and rest.count("%") == 0 and rest[:1] == "s":
        surround(analysis, head, right, rest[1:], target, reason)
    else:
        analysis.add(target, partly_known(analysis, head, "", reason), reason)


def surround(
    analysis: "Analysis", head: str, value: Variable, tail: str, target: Variable, reason: Reason
) -> None:
    """`target = f"{head}{value}{tail}"`."""

    def whole(part: Object | None) -> Object:
        if isinstance(part, String) and not part.open_end:
            return analysis.string(head + part.value + tail)
        if isinstance(part, String):
            return partly_known(analysis, head + part.value, part.ending + tail, reason)
        return partly_known(analysis, head, tail, reason)

    each(analysis, value, lambda part: analysis.add(target, whole(part), reason))


def each(analysis: "Analysis", value: Variable, act: Callable[[Object | None], None]) -> None:
    """Do something for each object of a variable; for None where it turns out to hold none."""

    def when_unknown() -> bool:
        if value.points_to:
            return True
        act(None)
        return True

    analysis.use(value, act)
    analysis.later.append(when_unknown)


def _beginning(obj: Object) -> tuple[str, bool]:
    """Return the known beginning of a string, and whether that is all of it."""
    return (obj.value, not obj.open_end) if isinstance(obj, String) else ("", False)


def ending_of(obj: Object) -> str:
    """Return the known ending of a string."""
    if not isinstance(obj, String):
        return ""
    return obj.ending if obj.open_end else obj.value
