"""Rules: what each operation of a block adds to the constraints, once per activation."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chaintrace.ir import operations as ops
from chaintrace.pointsto import keys, narrowing
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.failing import guard_of
from chaintrace.pointsto.items import implicit
from chaintrace.pointsto.objects import Class, Instance, Object
from chaintrace.pointsto.operators import binary, format_values, truth, unary
from chaintrace.pointsto.slices import load_slice, store_slice
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.pointsto.walks import look_ups_of, walks_of

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

Rule = Callable[["Analysis", Activation, Any], None]


def install(analysis: "Analysis", activation: Activation) -> None:
    """Add the constraints of every operation of an activation's block that may run."""
    code = activation.code
    never = activation.never
    for op in code.block.operations:
        if never and guard_of(code, op) in never:
            continue
        rule = _RULES.get(type(op))
        if rule is not None:
            rule(analysis, activation, op)


def _constant(analysis: "Analysis", activation: Activation, op: ops.Constant) -> None:
    if op.kind == "str":
        analysis.add(
            activation.register(op.target), analysis.string(op.value), Reason("constant", activation, -1)
        )


def _copy(analysis: "Analysis", activation: Activation, op: ops.Copy) -> None:
    if op.source >= 0:
        target = activation.register(op.target)
        analysis.flow(activation.register(op.source), target, Reason("assigned", activation, -1))


def _build(analysis: "Analysis", activation: Activation, op: ops.Build) -> None:
    cls = analysis.external("builtins." + op.kind)
    reason = Reason("allocated", activation, op.site)
    numbers = activation.code.numbers
    only_numbers = op.items and not op.spreads and all(value in numbers for _, value in op.items)
    if op.kind == "slice" or (op.kind == "tuple" and only_numbers):
        analysis.add(activation.register(op.target), analysis.instance_of(cls), reason)
        return
    obj = analysis.allocate(cls, activation, op.site, op.target)
    analysis.add(activation.register(op.target), obj, reason)
    fixed = op.kind in ("list", "tuple") and not op.comprehension
    for index, (key, value) in enumerate(op.items):
        if op.kind == "dict":
            _build_entry(analysis, activation, op, obj, key, value)
        elif value >= 0 and value not in numbers:
            name = f"#{index}" if fixed and (not op.spreads or index < op.first_spread) else "[?]"
            analysis.flow(
                activation.register(value), analysis.item(obj, name), Reason("item", activation, op.site)
            )
    if fixed and not op.spreads:
        obj.length = len(op.items)
    for spread in op.spreads:
        _spread(analysis, activation, op, obj, spread)
    if op.kind in ("set", "dict") and analysis.defines_hash:
        call = implicit(activation, op.site)
        hashed = analysis.field(obj, "[k]" if op.kind == "dict" else "[*]")
        keys.look_up(
            analysis, hashed, obj, call, compared=op.comprehension or len(op.items) + len(op.spreads) > 1
        )


def _build_entry(
    analysis: "Analysis",
    activation: Activation,
    op: ops.Build,
    obj: Object,
    key: int,
    value: int,
) -> None:
    constants = activation.code.constants
    if value in activation.code.numbers and (key in activation.code.numbers or key not in constants):
        if key >= 0 and key not in activation.code.numbers:
            keyed = Reason("key", activation, op.site)
            analysis.flow(activation.register(key), analysis.field(obj, "[k]"), keyed)
        return
    keys = activation.register(key) if key >= 0 else analysis.nothing
    values = activation.register(value)
    call = implicit(activation, op.site)
    if op.comprehension and key not in constants:
        analysis.flow(keys, analysis.field(obj, "[k]"), Reason("key", activation, op.site))
        analysis.flow(values, analysis.item(obj, "[?]"), Reason("item", activation, op.site))
    else:
        analysis.items.store(obj, keys, constants.get(key, ""), values, call)


def _spread(analysis: "Analysis", activation: Activation, op: ops.Build, obj: Object, register: int) -> None:
    source = activation.register(register)
    reason = Reason("item", activation, op.site)
    if op.kind == "dict":
        analysis.use(source, lambda given: merge(analysis, given, obj, reason))
    else:
        target = analysis.item(obj, "[?]")
        analysis.iterate(source, target, activation, op.site)


def merge(analysis: "Analysis", given: Object, obj: Object, reason: Reason) -> None:
    """Copy the items of one mapping into another."""
    analysis.copy_items(given, obj, reason)


def _load(analysis: "Analysis", activation: Activation, op: ops.Load) -> None:
    base, target = activation.register(op.base), activation.register(op.target)
    index = analysis.updates.position(activation, op)
    if index < 0:
        analysis.attributes.load(base, op.name, target, activation, op.site)
        return
    call = Call(activation, op.site, Arguments(), target, flags=("property",), via=base)

    def plain(obj: Object, call: Call) -> None:
        analysis.attributes.read(obj, op.name, call)

    analysis.use(base, lambda obj: analysis.updates.read(obj, index, call, plain))


def _store(analysis: "Analysis", activation: Activation, op: ops.Store) -> None:
    source = activation.register(op.source) if op.source >= 0 else analysis.nothing
    analysis.attributes.store(activation.register(op.base), op.name, source, activation, op.site)


def _delete(analysis: "Analysis", activation: Activation, op: ops.Delete) -> None:
    analysis.attributes.delete(activation.register(op.base), op.name, activation, op.site)


def _key(analysis: "Analysis", activation: Activation, register: int) -> Variable:
    return activation.register(register) if register >= 0 else analysis.nothing


def _load_item(analysis: "Analysis", activation: Activation, op: ops.LoadItem) -> None:
    base, key = activation.register(op.base), _key(analysis, activation, op.key)
    target = activation.register(op.target)
    call = Call(activation, op.site, Arguments.of(key), target, flags=("implicit",), via=base)
    bounds = activation.code.slices.get(op.key)
    if bounds is not None:
        analysis.use(base, lambda obj: load_slice(analysis, obj, bounds, target, call))
        return

    def plain(obj: Object, call: Call) -> None:
        analysis.items.load(obj, key, op.constant, call)

    index = analysis.updates.position(activation, op)
    if index >= 0:
        analysis.use(base, lambda obj: analysis.updates.read(obj, index, call, plain))
    elif not op.constant and analysis.numbers.may_know(activation.code, op.key):
        analysis.use(base, lambda obj: analysis.numbers.read(obj, op.key, call, plain))
    else:
        analysis.use(base, lambda obj: plain(obj, call))


def _store_item(analysis: "Analysis", activation: Activation, op: ops.StoreItem) -> None:
    base, key = activation.register(op.base), _key(analysis, activation, op.key)
    source = _key(analysis, activation, op.source)
    call = Call(activation, op.site, Arguments.of(key, source), None, flags=("implicit",), via=base)
    if op.key in activation.code.slices:
        analysis.use(base, lambda obj: store_slice(analysis, obj, source, call))
    else:
        analysis.use(base, lambda obj: analysis.items.store(obj, key, op.constant, source, call))
    _note_element_write(analysis, activation, op)


def _note_element_write(analysis: "Analysis", activation: Activation, op: ops.StoreItem) -> None:
    """Count `x.attribute[key] = value` as a write of the attribute too."""
    origin = activation.code.loads.get(op.base)
    if origin is not None:
        base = activation.register(origin.base)
        call = implicit(activation, op.site)
        analysis.use(base, lambda obj: analysis.attributes.note_element_write(obj, origin.name, call))


def _delete_item(analysis: "Analysis", activation: Activation, op: ops.DeleteItem) -> None:
    call = implicit(activation, op.site, _key(analysis, activation, op.key))
    base, key = activation.register(op.base), _key(analysis, activation, op.key)

    def on_base(obj: Object) -> None:
        analysis.calls.method(obj, "__delitem__", call, obj)
        if isinstance(obj, Instance) and obj.cls is analysis.builtin["dict"]:
            keys.look_up(analysis, key, obj, call)

    analysis.use(base, on_base)


def _unpack(analysis: "Analysis", activation: Activation, op: ops.Unpack) -> None:
    source = activation.register(op.source)
    targets = [activation.register(target) if target >= 0 else None for target in op.targets]
    call = Call(activation, op.site, Arguments(), None, flags=("implicit",), via=source)
    analysis.use(source, lambda obj: analysis.items.unpack(obj, targets, op.star, call))


def _iterate(analysis: "Analysis", activation: Activation, op: ops.Iterate) -> None:
    source = activation.register(op.source)
    target = activation.register(op.target) if op.target >= 0 else activation.temporary(("iterate", op.site))
    flags = ("implicit", "async") if op.is_async else ("implicit",)
    call = Call(activation, op.site, Arguments(), None, flags=flags, via=source)
    analysis.use(source, lambda obj: analysis.items.iterate(obj, target, call))


def _call(analysis: "Analysis", activation: Activation, op: ops.Call) -> None:
    arguments = Arguments(is_written=True)
    for argument in op.arguments:
        value = activation.register(argument.value)
        if argument.kind == "=":
            arguments.keywords.append((argument.name, value))
        elif argument.kind == "**":
            arguments.mappings.append(value)
        else:
            arguments.positional.append((value, argument.kind == "*"))
    flags = (op.role,) if op.role else ()
    result = activation.register(op.target) if op.target >= 0 else None
    call = Call(activation, op.site, arguments, result, flags=flags)
    walk = walks_of(activation.code).get(op.site)
    look_up = look_ups_of(activation.code).get(op.site)
    if walk is not None:
        analysis.walks.call(walk, activation.register(op.function), call)
    elif look_up is not None:
        analysis.walks.look_up(look_up, activation.register(op.function), call)
    else:
        analysis.calls.through(activation.register(op.function), call)


def _load_global(analysis: "Analysis", activation: Activation, op: ops.LoadGlobal) -> None:
    reason = Reason("global", activation, op.site)
    analysis.names.load_global(activation.code.module, op.name, activation.register(op.target), reason)


def _store_global(analysis: "Analysis", activation: Activation, op: ops.StoreGlobal) -> None:
    if op.source >= 0:
        variable = analysis.field(analysis.module(activation.code.module.name), op.name)
        analysis.flow(activation.register(op.source), variable, Reason("assigned", activation, op.site))


def _load_builtin(analysis: "Analysis", activation: Activation, op: ops.LoadBuiltin) -> None:
    target = activation.register(op.target)
    analysis.names.load_global(
        activation.code.module, op.name, target, Reason("builtin", activation, op.site)
    )


def _load_cell(analysis: "Analysis", activation: Activation, op: ops.LoadCell) -> None:
    cell = activation.owner(op.owner).cell(op.name)
    analysis.flow(cell, activation.register(op.target), Reason("captured", activation, op.site))


def _store_cell(analysis: "Analysis", activation: Activation, op: ops.StoreCell) -> None:
    if op.source >= 0:
        cell = activation.owner(op.owner).cell(op.name)
        analysis.flow(activation.register(op.source), cell, Reason("assigned", activation, op.site))


def _body_class(activation: Activation) -> Class | None:
    found: Activation | None = activation
    while found is not None and found.cls is None:
        found = found.env
    return found.cls if found is not None else None


def _store_member(analysis: "Analysis", activation: Activation, op: ops.StoreMember) -> None:
    cls = _body_class(activation)
    if cls is not None and op.source >= 0:
        source = activation.register(op.source)
        analysis.flow(source, analysis.field(cls, op.name), Reason("assigned", activation, op.site))


def _load_member(analysis: "Analysis", activation: Activation, op: ops.LoadMember) -> None:
    cls = _body_class(activation)
    if cls is not None:
        field = analysis.field(cls, op.name)
        analysis.flow(field, activation.register(op.target), Reason("member", activation, op.site))


def _declare(analysis: "Analysis", activation: Activation, op: ops.Declare) -> None:
    analysis.declared.append((activation.register(op.target), op.annotation, activation, op.site))


def _declare_member(analysis: "Analysis", activation: Activation, op: ops.DeclareMember) -> None:
    def on_base(obj: Object) -> None:
        analysis.declare(analysis.field(obj, op.name), op.annotation, activation, op.site)

    analysis.use(activation.register(op.base), on_base)


def _make_function(analysis: "Analysis", activation: Activation, op: ops.MakeFunction) -> None:
    function = analysis.function(activation.code.module.codes[op.block], activation)
    function.defaults = op.defaults
    function.annotations = op.annotations
    analysis.add(activation.register(op.target), function, Reason("defined", activation, op.site))


def _make_class(analysis: "Analysis", activation: Activation, op: ops.MakeClass) -> None:
    analysis.class_rules.make(op, activation)


_RULES: dict[type, Rule] = {
    ops.Constant: _constant,
    ops.Copy: _copy,
    ops.Narrow: narrowing.narrow,
    ops.Build: _build,
    ops.Format: format_values,
    ops.Load: _load,
    ops.Store: _store,
    ops.Delete: _delete,
    ops.LoadItem: _load_item,
    ops.StoreItem: _store_item,
    ops.DeleteItem: _delete_item,
    ops.Unpack: _unpack,
    ops.Iterate: _iterate,
    ops.Call: _call,
    ops.Unary: unary,
    ops.Binary: binary,
    ops.Truth: truth,
    ops.Enter: lambda analysis, activation, op: analysis.flows.enter(op, activation),
    ops.Exit: lambda analysis, activation, op: analysis.flows.leave(op, activation),
    ops.Return: lambda analysis, activation, op: analysis.flows.give_back(op, activation),
    ops.Yield: lambda analysis, activation, op: analysis.flows.give(op, activation),
    ops.YieldFrom: lambda analysis, activation, op: analysis.flows.delegate(op, activation),
    ops.Await: lambda analysis, activation, op: analysis.flows.await_(op, activation),
    ops.Raise: lambda analysis, activation, op: analysis.flows.throw(op, activation),
    ops.Catch: lambda analysis, activation, op: analysis.flows.catch(op, activation),
    ops.LoadGlobal: _load_global,
    ops.StoreGlobal: _store_global,
    ops.LoadBuiltin: _load_builtin,
    ops.LoadCell: _load_cell,
    ops.StoreCell: _store_cell,
    ops.StoreMember: _store_member,
    ops.LoadMember: _load_member,
    ops.Declare: _declare,
    ops.DeclareMember: _declare_member,
    ops.MakeFunction: _make_function,
    ops.MakeClass: _make_class,
    ops.Import: lambda analysis, activation, op: analysis.names.import_module(op, activation),
    ops.ImportFrom: lambda analysis, activation, op: analysis.names.import_from(op, activation),
    ops.ImportStar: lambda analysis, activation, op: analysis.names.import_star(op, activation),
}
