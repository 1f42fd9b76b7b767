"""Rows: what one line of a table says about some functions, and the model it makes of them."""

from collections.abc import Callable
from typing import Literal

import msgspec

from chaintrace.graph.edges import EdgeKind
from chaintrace.plugins.pytrees import dressed, take_apart
from chaintrace.plugins.shapes import without
from chaintrace.plugins.values import Value, evaluate, parse, store
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Model
from chaintrace.pointsto.objects import BoundMethod, Class, Function, Object
from chaintrace.pointsto.variables import Variable


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Describe functions of a library; `chaintrace.plugins.values` has the language of the values.

    `paths` names the functions, with braces for several: `heapq.{heappush,heappushpop}`. `calls` are the
    functions called back, with `arguments`: values, `*V` and `**V` for unpacked ones, `rest N` for all
    arguments from position N on, `each rest N` for their elements. `kind` is the kind of those edges. `after`
    are functions called back when those are done: [function, its argument]. `returns` is the value given
    back. `stores` puts values into objects: [object, field, value]. With `decorator` the function gives
    itself as long as its first argument is missing (`@f(option=1)`), with `factory` wherever it is not the
    decorator itself (`@f("name")`). `attach` names attributes of the returned function: the externals
    `<path>.<name>`. With `trees` calling the returned function flattens its arguments, and where none is
    returned, the call itself does (`chaintrace.plugins.pytrees`).
    """

    paths: list[str]
    calls: list[str] = []
    arguments: list[str] = []
    kind: Literal["call", "spawn", "callback", "dispatch"] = "call"
    after: list[tuple[str, str]] = []
    returns: str = "none"
    stores: list[tuple[str, str, str]] = []
    decorator: bool = False
    factory: bool = False
    attach: list[str] = []
    trees: bool = False


def expanded(paths: list[str]) -> list[str]:
    """Return the paths of a row with each `{a,b}` spelled out."""
    found = []
    for path in paths:
        head, brace, tail = path.partition("{")
        names, _, end = tail.partition("}")
        found += expanded([f"{head}{name.strip()}{end}" for name in names.split(",")]) if brace else [path]
    return found


Passing = Callable[[Invocation, Variable, Arguments], None]


def compiled(row: Row) -> Model:
    """Return the model that a row describes.

    Raises:
        ValueError: one of its values cannot be read; the message says which.

    """
    functions = [parse(text) for text in row.calls]
    passing = [_argument(text, functions) for text in row.arguments]
    after = [(parse(function), parse(argument)) for function, argument in row.after]
    returns = parse(row.returns)
    stores = [(parse(target), field, parse(value)) for target, field, value in row.stores]
    kind = EdgeKind(row.kind)

    def model(call: Invocation) -> None:
        if _makes_decorator(row, call, functions):
            call.give(call.analysis.external(call.path))
            return
        result = call.temporary("result")
        arguments = Arguments()
        for add in passing:
            add(call, result, arguments)
        for function in functions:
            flags = ("implicit",) if kind is EdgeKind.CALL else ()
            call.run(evaluate(function, call, result), arguments, result, kind, flags)
        for function, argument in after:
            passed = evaluate(argument, call, result) or call.analysis.nothing
            call.run(evaluate(function, call, result), Arguments.of(passed), kind=EdgeKind.CALLBACK, flags=())
        for target, field, value in stores:
            store(call, evaluate(target, call, result), field, evaluate(value, call, result))
        given = evaluate(returns, call, result)
        if row.trees and row.decorator and given is not None:
            given = dressed(call, given)
        elif row.trees:
            take_apart(call)
        _give(call, given, row.attach)

    return model


def _makes_decorator(row: Row, call: Invocation, functions: list[Value]) -> bool:
    if row.factory:
        return "decorator" not in call.call.flags
    return row.decorator and call.argument(0) is None and not _passes_any(call, functions)


def _passes_any(call: Invocation, functions: list[Value]) -> bool:
    return any(f.word == "argument" and call.argument(f.index, f.name) is not None for f in functions)


def _argument(text: str, functions: list[Value]) -> Passing:
    head, _, tail = text.rpartition("rest ")
    if head.strip() in ("", "each") and tail.isdigit():
        names = tuple(function.name for function in functions if function.name)
        return _elements_after(int(tail)) if head else _after(int(tail), names)
    starred = text.startswith("*")
    value = parse(text.lstrip("*"))

    def add(call: Invocation, result: Variable, arguments: Arguments) -> None:
        found = evaluate(value, call, result)
        if text.startswith("**"):
            arguments.mappings += [found] if found is not None else []
        elif found is not None or not starred:
            arguments.positional.append((found or call.analysis.nothing, starred))

    return add


def _after(count: int, names: tuple[str, ...]) -> Passing:
    def add(call: Invocation, _result: Variable, arguments: Arguments) -> None:
        rest = without(call.call.arguments, count, names)
        arguments.positional += rest.positional
        arguments.keywords += rest.keywords
        arguments.mappings += rest.mappings

    return add


def _elements_after(count: int) -> Passing:
    def add(call: Invocation, _result: Variable, arguments: Arguments) -> None:
        for at, (value, starred) in enumerate(call.call.arguments.positional[count:]):
            elements = call.elements(value, ("rest", at))
            if starred:
                elements = call.elements(elements, ("rest starred", at))
            arguments.positional.append((elements, False))

    return add


def _give(call: Invocation, value: Variable | None, attach: list[str]) -> None:
    call.give_all(value)
    if value is not None and attach:
        call.analysis.use(value, lambda obj: _attach(call, obj, attach))


def _attach(call: Invocation, obj: Object, names: list[str]) -> None:
    if isinstance(obj, BoundMethod):
        obj = obj.function
    if isinstance(obj, Function | Class):
        for name in names:
            method = call.analysis.bound(call.analysis.external(f"{call.path}.{name}"), obj)
            call.analysis.add(call.analysis.field(obj, name), method, call.reason)
