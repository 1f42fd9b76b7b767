"""Values: the small language in which a table row says what a library passes on and gives back.

A value is read from left to right:

    0:fun             the argument at position 0, or of keyword `fun`
    :key              the argument of keyword `key`
    all 1             any positional argument from position 1 on
    self              the receiver of a method
    result            what the functions called back return
    each V            the elements of V
    leaves V          the leaves of nested containers V
    plain V           what of V is a built-in container, as text formats give back
    awaited V         what awaiting V gives
    made V            new instances of the program's classes that V holds
    item 0 of V       one item of a sequence (`item name of V` of a mapping)
    field F of V      a field that another row stored
    method M of V     a method of V
    list of V         a new container (list, tuple, set, dict) holding V
    future P of V     a new instance of class P; awaiting it, or its `result()`, gives V
    new P             a new instance of class P
    external P        the external P itself
    none              nothing
    V | W             either
"""

from collections.abc import Callable
from dataclasses import dataclass

from chaintrace.plugins.shapes import future, is_container, leaves, new_instance
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.models import Invocation
from chaintrace.pointsto.objects import Class, Instance, Object
from chaintrace.pointsto.variables import Variable

_PREFIXES = ("each", "leaves", "plain", "awaited", "made")
_CONTAINERS = ("list", "tuple", "set", "dict")


@dataclass(frozen=True)
class Value:
    """Hold a parsed value: its leading word, the number or name after it, and the values it is made from."""

    word: str
    index: int = -1
    name: str = ""
    inner: "tuple[Value, ...]" = ()


def parse(text: str) -> Value:
    """Parse a value.

    Raises:
        ValueError: the text is no value; the message says which part.

    """
    parts = tuple(_parse_one(part.split(), text) for part in text.split("|"))
    return parts[0] if len(parts) == 1 else Value("any", inner=parts)


def _parse_one(words: list[str], text: str) -> Value:
    match words:
        case ["self" | "result" | "none" as word]:
            return Value(word)
        case [position] if position[:1].isdigit() or position[:1] == ":":
            index, _, name = position.partition(":")
            return Value("argument", int(index or 99), name)
        case ["all"]:
            return Value("all", 0)
        case ["all", index]:
            return Value("all", int(index))
        case ["new" | "external" as word, path]:
            return Value(word, name=path)
        case [prefix, *rest] if prefix in _PREFIXES and rest:
            return Value(prefix, inner=(_parse_one(rest, text),))
        case [container, "of", *rest] if container in _CONTAINERS:
            return Value("container", name=f"builtins.{container}", inner=(_parse_one(rest, text),))
        case ["item" | "field" | "method" | "future" as word, name, "of", *rest]:
            return Value(word, name=name, inner=(_parse_one(rest, text),))
    raise ValueError(f"{' '.join(words)!r} in {text!r} is not a value")


def evaluate(value: Value, call: Invocation, result: Variable) -> Variable | None:
    """Return the variable holding a value at a call, None where the call does not pass it.

    `result` is the variable of what the functions called back return.
    """
    rule = _RULES[value.word]
    return rule(value, call, result)


def _inner(value: Value, call: Invocation, result: Variable) -> Variable | None:
    return evaluate(value.inner[0], call, result)


def _any(value: Value, call: Invocation, result: Variable) -> Variable | None:
    parts = [part for part in (evaluate(one, call, result) for one in value.inner) if part is not None]
    if len(parts) <= 1:
        return parts[0] if parts else None
    return _union(call, value, parts)


def _union(call: Invocation, value: Value, parts: list[Variable]) -> Variable:
    found = call.temporary(value)
    for part in parts:
        call.analysis.flow(part, found, call.reason)
    return found


def _all(value: Value, call: Invocation, _result: Variable) -> Variable | None:
    given = call.call.arguments.positional
    parts = []
    for at, (variable, starred) in enumerate(given):
        if starred:
            parts.append(call.elements(variable, ("starred", at)))
        elif at >= value.index:
            parts.append(variable)
    return _union(call, value, parts) if parts else None


def _self(value: Value, call: Invocation, _result: Variable) -> Variable | None:
    return _holding(call, value, call.receiver) if call.receiver is not None else None


def _holding(call: Invocation, value: Value, obj: Object) -> Variable:
    found = call.temporary((value, obj))
    call.analysis.add(found, obj, call.reason)
    return found


def _each(value: Value, call: Invocation, result: Variable) -> Variable | None:
    inner = _inner(value, call, result)
    return call.elements(inner, value) if inner is not None else None


def _leaves(value: Value, call: Invocation, result: Variable) -> Variable | None:
    inner = _inner(value, call, result)
    if inner is None:
        return None
    found = call.temporary(value)
    leaves(call, inner, found)
    return found


def _plain(value: Value, call: Invocation, result: Variable) -> Variable | None:
    def keep(obj: Object, found: Variable) -> None:
        if is_container(call, obj):
            call.analysis.add(found, obj, call.reason)

    return _derived(value, call, result, keep)


def _awaited(value: Value, call: Invocation, result: Variable) -> Variable | None:
    inner = _inner(value, call, result)
    if inner is None:
        return None
    found = call.temporary(value)
    call.analysis.flows.wait(inner, found, call.activation, call.site)
    return found


def _made(value: Value, call: Invocation, result: Variable) -> Variable | None:
    """Give a new instance of each class of the program."""
    inner = _inner(value, call, result)
    if inner is None:
        return None
    found = call.temporary(value)

    def on_class(obj: Object) -> None:
        if isinstance(obj, Class):
            made = call.analysis.allocate(obj, call.activation, call.site, "made")
            call.analysis.add(found, made, call.reason)

    call.analysis.use(inner, on_class)
    return found


def _item(value: Value, call: Invocation, result: Variable) -> Variable | None:
    key = ("#" if value.name.isdigit() else "'") + value.name

    def load(obj: Object, found: Variable) -> None:
        if isinstance(obj, Instance):
            call.analysis.items.load_key(obj, key, found, call.reason)

    return _derived(value, call, result, load)


def _field(value: Value, call: Invocation, result: Variable) -> Variable | None:
    def load(obj: Object, found: Variable) -> None:
        call.analysis.flow(call.slot(obj, value.name), found, call.reason)

    return _derived(value, call, result, load)


def _method(value: Value, call: Invocation, result: Variable) -> Variable | None:
    def load(obj: Object, found: Variable) -> None:
        reading = Call(call.activation, call.site, call.call.arguments, found, flags=("implicit",))
        call.analysis.attributes.read(obj, value.name, reading)

    return _derived(value, call, result, load)


def _derived(
    value: Value, call: Invocation, result: Variable, load: Callable[[Object, Variable], None]
) -> Variable | None:
    inner = _inner(value, call, result)
    if inner is None:
        return None
    found = call.temporary((value, call.receiver))
    call.analysis.use(inner, lambda obj: load(obj, found))
    return found


def _container(value: Value, call: Invocation, result: Variable) -> Variable:
    made = call.new(value.name, value)
    call.store(made, "[?]", _inner(value, call, result))
    return _holding(call, value, made)


def _future(value: Value, call: Invocation, result: Variable) -> Variable:
    return _holding(call, value, future(call, _inner(value, call, result), value.name))


_RULES: dict[str, Callable[[Value, Invocation, Variable], Variable | None]] = {
    "any": _any,
    "argument": lambda value, call, _result: call.argument(value.index, value.name),
    "all": _all,
    "self": _self,
    "result": lambda _value, _call, result: result,
    "none": lambda _value, _call, _result: None,
    "each": _each,
    "leaves": _leaves,
    "plain": _plain,
    "awaited": _awaited,
    "made": _made,
    "item": _item,
    "field": _field,
    "method": _method,
    "container": _container,
    "future": _future,
    "new": lambda value, call, _result: _holding(call, value, new_instance(call, value.name)),
    "external": lambda value, call, _result: _holding(call, value, call.analysis.external(value.name)),
}


def store(call: Invocation, target: Variable | None, field: str, value: Variable | None) -> None:
    """Put what a variable holds into a field of all that another one holds."""
    if target is not None and value is not None:
        call.analysis.use(target, lambda obj: call.store(obj, field, value))
