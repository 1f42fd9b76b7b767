"""The methods of `str`: exact on constant strings, and on what is known of the others."""

from collections.abc import Callable, Sequence
from typing import Any

from chaintrace.ir.operations import Call
from chaintrace.pointsto import strings
from chaintrace.pointsto.items import implicit
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Object, String
from chaintrace.pointsto.text import ask, braces
from chaintrace.pointsto.variables import Variable

_CASES = ("lower", "upper", "casefold", "swapcase")  # character by character: beginnings and endings keep
_WHOLES = ("title", "capitalize", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "replace")
_PARTS = ("split", "rsplit", "splitlines")
_THREE = ("partition", "rpartition")
_MOST_PARTS = 32


def register(models: Models) -> None:
    """Register the methods of strings."""
    for name in _CASES:
        models.function(f"builtins.str.{name}")(_case)
    for name in _WHOLES:
        models.function(f"builtins.str.{name}")(_whole)
    for name in _PARTS:
        models.function(f"builtins.str.{name}")(_split)
    for name in _THREE:
        models.function(f"builtins.str.{name}")(_partition)
    models.function("builtins.str.format")(_format)
    models.function("builtins.str.join")(_join)


def _name(call: Invocation) -> str:
    return call.path.rpartition(".")[2]


def _case(call: Invocation) -> None:
    text = call.receiver
    if not isinstance(text, String):
        call.give(call.analysis.text)
        return
    change = getattr(str, _name(call))
    call.give(call.analysis.string(change(text.value), open_end=text.open_end, ending=change(text.ending)))


def _whole(call: Invocation) -> None:
    """Compute the method where the string and its arguments are constant."""
    _computed(call, lambda value: call.give(call.analysis.string(value)))


def _split(call: Invocation) -> None:
    made = call.new("builtins.list")
    elements = call.slot(made, "[?]")

    def on_parts(parts: Sequence[str]) -> None:
        for part in parts[:_MOST_PARTS]:
            call.analysis.add(elements, call.analysis.string(part), call.reason)
        if len(parts) > _MOST_PARTS:
            call.analysis.add(elements, call.analysis.text, call.reason)

    _computed(call, on_parts, lambda: call.analysis.add(elements, call.analysis.text, call.reason))
    call.give(made)


def _partition(call: Invocation) -> None:
    """Give what stands before the separator, the separator, and what stands after it, each at its place."""
    made = call.new("builtins.tuple")
    made.length = 3

    def on_parts(parts: Sequence[str]) -> None:
        for at, part in enumerate(parts):
            call.analysis.add(call.slot(made, f"#{at}"), call.analysis.string(part), call.reason)

    def on_unknown() -> None:
        for at in range(made.length):
            call.analysis.add(call.slot(made, f"#{at}"), call.analysis.text, call.reason)

    _computed(call, on_parts, on_unknown)
    call.give(made)


def _computed(
    call: Invocation, on_value: Callable[[Any], None], otherwise: Callable[[], None] | None = None
) -> None:
    """Run a method of `str` on constants; do `otherwise` (give any string) where one is not known."""
    unknown = otherwise or (lambda: call.give(call.analysis.text))
    text, given = call.receiver, list(call.values())
    if not isinstance(text, String) or text.open_end or len(given) > 2:  # noqa: PLR2004
        unknown()
        return
    method = getattr(str, _name(call))

    def with_constants(known: tuple[str, ...], rest: list[Variable]) -> None:
        if rest:
            strings.each(call.analysis, rest[0], lambda obj: with_next(known, rest, obj))
            return
        try:
            on_value(method(text.value, *known))
        except (TypeError, ValueError):
            unknown()

    def with_next(known: tuple[str, ...], rest: list[Variable], obj: Object | None) -> None:
        if isinstance(obj, String) and not obj.open_end:
            with_constants((*known, obj.value), rest[1:])
        else:
            unknown()

    with_constants((), given)


def _format(call: Invocation) -> None:
    """`"on_{}".format(x)`: keep what stands before the first and after the last field."""
    text = call.receiver
    _convert(call)
    if not isinstance(text, String) or call.call.result is None:
        call.give(call.analysis.text)
        return
    head, field, rest = text.value.partition("{")
    tail = rest.rpartition("}")[2]
    values = list(call.values())
    if not field and not text.open_end:
        call.give(text)
    elif len(values) == 1 and "{" not in rest and not text.open_end:
        strings.surround(call.analysis, head, values[0], tail, call.call.result, call.reason)
    else:
        ending = text.ending.rpartition("}")[2] if text.open_end else tail
        call.give(strings.partly_known(call.analysis, head, ending, call.reason))


def _convert(call: Invocation) -> None:
    """Convert each argument as its field says."""
    how = braces(_pattern(call))
    asking = implicit(call.activation, call.site)
    for at, (value, starred) in enumerate(call.call.arguments.positional):
        given = call.elements(value, ("starred", at)) if starred else value
        ask(call.analysis, given, how.get(str(at), "f"), asking)
    for name, value in call.call.arguments.keywords:
        ask(call.analysis, value, how.get(name, "f"), asking)


def _pattern(call: Invocation) -> str:
    """Return the text whose method is called, also where it is too long to be told apart."""
    if isinstance(call.receiver, String):
        return "" if call.receiver.open_end else call.receiver.value
    code = call.activation.code
    written = next(
        (op for op in code.block.operations if isinstance(op, Call) and op.site == call.site), None
    )
    method = code.loads.get(written.function) if written is not None else None
    return code.constants.get(method.base, "")[1:] if method is not None else ""


def _join(call: Invocation) -> None:
    call.give(call.analysis.text)
    call.elements(call.argument(0))
