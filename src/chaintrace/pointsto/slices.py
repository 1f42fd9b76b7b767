"""Slices: parts of builtin sequences, with positions where the bounds are literals."""

from typing import TYPE_CHECKING

from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_DEFAULTS = ("0", "", "1")


def load_slice(
    analysis: "Analysis", obj: Object, bounds: tuple[str, ...], target: Variable, call: Call
) -> None:
    """`target = obj[a:b:c]`: a part of a list or tuple is a new one; other built-in containers have none."""
    if not isinstance(obj, Instance) or obj.cls not in analysis.builtin.values():
        analysis.items.load(obj, analysis.nothing, "", call)
        return
    reason = Reason("item", call.activation, call.site, call.via, obj)
    if obj.cls not in analysis.sequences:
        return
    part = analysis.allocate(obj.cls, call.activation, call.site, ("slice", obj.cls))
    analysis.add(target, part, reason)
    known = _span(obj, bounds)
    if known is None or part is obj:
        analysis.flow(analysis.field(obj, "[*]"), analysis.item(part, "[?]"), reason)
        return
    start, stop = known

    def on_item(key: str, item: Variable) -> None:
        if key == "[?]":
            analysis.flow(item, analysis.item(part, key), reason)
        elif key.startswith("#") and int(key[1:]) >= start and (stop is None or int(key[1:]) < stop):
            analysis.flow(item, analysis.item(part, f"#{int(key[1:]) - start}"), reason)

    analysis.on_items(obj, on_item)


def _span(obj: Instance, bounds: tuple[str, ...]) -> tuple[int, int | None] | None:
    """Return the first position of a slice and the one it ends before, None where they are not known."""
    texts = [bound.removeprefix("#") or default for bound, default in zip(bounds, _DEFAULTS, strict=True)]
    if "?" in texts or texts[2] != "1":
        return None
    start, stop = int(texts[0]), int(texts[1]) if texts[1] else None
    if start < 0 or (stop is not None and stop < 0):
        if obj.length < 0:
            return None
        start = max(start + obj.length, 0) if start < 0 else start
        stop = stop + obj.length if stop is not None and stop < 0 else stop
    return start, stop


def store_slice(analysis: "Analysis", obj: Object, source: Variable, call: Call) -> None:
    """`obj[a:b] = source`: a builtin sequence takes the elements."""
    if isinstance(obj, Instance) and obj.cls in analysis.builtin.values():
        analysis.iterate(source, analysis.item(obj, "[?]"), call.activation, call.site)
    else:
        analysis.items.store(obj, analysis.nothing, "", source, call)
