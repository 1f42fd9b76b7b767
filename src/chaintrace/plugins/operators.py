"""`operator`: getters and callers that remember a name or key, and the operators as functions."""

from collections.abc import Callable

from chaintrace.plugins.shapes import keep, kept_arguments, literal, without
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance, Object, String
from chaintrace.pointsto.variables import Variable

_BINARY = [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
    "lt",
    "le",
    "eq",
    "ne",
    "gt",
    "ge",
    "iadd",
    "isub",
    "imul",
    "itruediv",
    "ifloordiv",
    "imod",
    "ipow",
    "imatmul",
    "iand",
    "ior",
    "ixor",
    "ilshift",
    "irshift",
    "contains",
    "concat",
]
_UNARY = ["neg", "pos", "invert", "abs", "index", "len", "bool"]


def register(models: Models) -> None:
    """Register `operator`."""
    for name in ("attrgetter", "itemgetter", "methodcaller"):
        models.classes.add(f"operator.{name}")
    models.function("operator.attrgetter.__init__")(_keep_names)
    models.function("operator.attrgetter.__call__")(_get_attributes)
    models.function("operator.itemgetter.__init__")(_keep_keys)
    models.function("operator.itemgetter.__call__")(_get_items)
    models.function("operator.methodcaller.__init__")(_keep_method)
    models.function("operator.methodcaller.__call__")(_call_method)
    models.function("operator.getitem")(_get_item)
    models.function("operator.call")(_call)
    for name in _BINARY:
        models.function(f"operator.{name}", f"operator.{name}_")(_binary)
    for name in _UNARY:
        models.function(f"operator.{name}")(_unary)


def _keep_names(call: Invocation) -> None:
    for at, (value, _starred) in enumerate(call.call.arguments.positional):
        if call.receiver is not None:
            call.store(call.receiver, f"#{at}", value)


def _get_attributes(call: Invocation) -> None:
    """Read the attributes, dotted ones step by step; several come as a tuple."""
    kept, source = call.receiver, call.argument(0)
    if kept is None or source is None:
        return
    for key, names in list(kept.fields.items()):
        if key[0] == "#":
            target = _target(call, kept, key)
            call.analysis.use(names, _path_reader(call, source, target))


def _target(call: Invocation, kept: Object, key: str) -> Variable:
    """Return where the value of one name or key goes: the result itself, or its place in a tuple."""
    if "#1" in kept.fields:
        made = call.new("builtins.tuple")
        call.give(made)
        return call.slot(made, key)
    return call.call.result or call.temporary("unused")


def _path_reader(call: Invocation, source: Variable, target: Variable) -> Callable[[Object], None]:
    return lambda name: _read_path(call, source, name, target)


def _item_reader(call: Invocation, source: Variable, target: Variable) -> Callable[[Object], None]:
    return lambda key: _read_item(call, source, key, target)


def _read_path(call: Invocation, source: Variable, name: Object, target: Variable) -> None:
    if not isinstance(name, String) or name.open_end:
        return
    *steps, last = name.value.split(".")
    for at, step in enumerate(steps):
        middle = call.temporary(("step", name.value, at))
        call.analysis.attributes.load(source, step, middle, call.activation, call.site)
        source = middle
    call.analysis.attributes.load(source, last, target, call.activation, call.site)


def _keep_keys(call: Invocation) -> None:
    for at, (value, _starred) in enumerate(call.call.arguments.positional):
        constant = literal(call, at)
        if call.receiver is None:
            continue
        if constant is not None and constant.kind == "int":
            key = call.analysis.string("#" + constant.value)
            call.analysis.add(call.slot(call.receiver, f"#{at}"), key, call.reason)
        else:
            call.store(call.receiver, f"#{at}", value)


def _get_items(call: Invocation) -> None:
    kept, source = call.receiver, call.argument(0)
    if kept is None or source is None:
        return
    for at, keys in list(kept.fields.items()):
        if at[0] == "#":
            target = _target(call, kept, at)
            call.analysis.use(keys, _item_reader(call, source, target))


def _read_item(call: Invocation, source: Variable, key: Object, target: Variable) -> None:
    constant = key.value if isinstance(key, String) else ""
    constant = constant if constant.startswith("#") else "'" + constant if constant else ""
    holder = call.temporary(("key", key))
    if not constant.startswith("#"):
        call.analysis.add(holder, key, call.reason)
    reading = Call(call.activation, call.site, Arguments.of(holder), target, flags=("implicit",), via=source)
    call.analysis.use(source, lambda obj: call.analysis.items.load(obj, holder, constant, reading))


def _keep_method(call: Invocation) -> None:
    name = call.argument(0)
    if isinstance(call.receiver, Instance) and name is not None:
        keep(call, call.receiver, name, without(call.call.arguments, 1))


def _call_method(call: Invocation) -> None:
    kept, source = call.receiver, call.argument(0)
    if not isinstance(kept, Instance) or source is None:
        return
    methods = call.temporary("methods")
    call.analysis.use(call.slot(kept, "func"), lambda name: _read_path(call, source, name, methods))
    call.run(methods, kept_arguments(call, kept, Arguments()), call.call.result)


def _get_item(call: Invocation) -> None:
    source, key = call.argument(0), call.argument(1)
    if source is not None and key is not None:
        constant = literal(call, 1)
        name = "#" + constant.value if constant is not None and constant.kind == "int" else ""
        reading = Call(
            call.activation, call.site, Arguments.of(key), call.call.result, flags=("implicit",), via=source
        )
        call.analysis.use(source, lambda obj: call.analysis.items.load(obj, key, name, reading))


def _call(call: Invocation) -> None:
    call.run(call.argument(0), without(call.call.arguments, 1), call.call.result, flags=())


def _dunder(call: Invocation) -> str:
    return f"__{call.path.rpartition('.')[2].rstrip('_')}__"


def _binary(call: Invocation) -> None:
    left, right = call.argument(0), call.argument(1)
    if left is not None and right is not None:
        name, result = _dunder(call), call.call.result
        call.analysis.use(left, lambda obj: call.run_method(obj, name, Arguments.of(right), result))


def _unary(call: Invocation) -> None:
    operand = call.argument(0)
    if operand is not None:
        name, result = _dunder(call), call.call.result
        call.analysis.use(operand, lambda obj: call.run_method(obj, name, Arguments(), result))
