"""Pairs: names and values in step: from `mapping.items()`, `zip(names, values)` or `getattr(source, name)`.

A points-to set of names and one of values no longer say which belong together; the code does. So
`for name, value in options.items(): setattr(target, name, value)` stores each item under its own name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.order import definitions

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis
    from chaintrace.project.modules import Code

Store = Callable[[Variable, Variable], None]
"""What is done with a variable of names and one of values that belong together."""


@dataclass(slots=True)
class Pairs:
    """Hold what a loop goes through: one mapping, or names and values at equal places."""

    activation: Activation
    name: Variable
    value: Variable
    sources: tuple[Variable, ...]


def pairs_of(activation: Activation, name: Variable, value: Variable) -> Pairs | None:
    """Return where a name and a value come from that a loop takes in step, None where it is not known."""
    code = activation.code
    found = [_origin(code, one.name) if one.owner is activation else None for one in (name, value)]
    pair = _only(code, found[0])
    if not isinstance(pair, ops.Unpack) or pair.star >= 0 or list(pair.targets) != found:
        return None
    step = _only(code, pair.source)
    called = _only(code, step.source) if isinstance(step, ops.Iterate) else None
    read = _only(code, called.function) if isinstance(called, ops.Call) else None
    given = [a.value for a in called.arguments if not a.kind] if isinstance(called, ops.Call) else []
    if isinstance(read, ops.Load) and read.name == "items" and not given:
        given = [read.base]
    elif not isinstance(read, ops.LoadBuiltin) or read.name != "zip" or len(given) != 2:  # noqa: PLR2004
        return None
    return Pairs(activation, name, value, tuple(activation.register(register) for register in given))


def read_of(activation: Activation, name: Variable, value: Variable) -> tuple[Variable, int] | None:
    """Return the base and the site of the `getattr(base, name)` that a value comes from, if it does."""
    code = activation.code
    named, given = (_origin(code, one.name) if one.owner is activation else None for one in (name, value))
    read = _only(code, given)
    function = _only(code, read.function) if isinstance(read, ops.Call) else None
    if not isinstance(read, ops.Call) or not isinstance(function, ops.LoadBuiltin) or named is None:
        return None
    plain = [a.value for a in read.arguments if not a.kind]
    if function.name != "getattr" or len(plain) < 2 or _origin(code, plain[1]) != named:  # noqa: PLR2004
        return None
    return activation.register(plain[0]), read.site


def each(analysis: "Analysis", pairs: Pairs, store: Store) -> None:
    """Call `store` for each name with its values; for all names with all values where that is unknown."""
    mixed = False

    def mix() -> None:
        nonlocal mixed
        if not mixed:
            mixed = True
            store(pairs.name, pairs.value)

    if len(pairs.sources) == 1:
        analysis.use(pairs.sources[0], lambda obj: _each_item(analysis, pairs, obj, store, mix))
        return
    places: dict[str, None] = {}
    for part, source in enumerate(pairs.sources):

        def on_items(obj: Object, part: int = part) -> None:
            if not isinstance(obj, Instance) or obj.cls not in analysis.sequences:
                mix()
                return
            analysis.on_items(obj, lambda key, item: on_item(key, item, part))

        def on_item(key: str, item: Variable, part: int) -> None:
            if not key.startswith("#"):
                mix()
                return
            columns = [pairs.activation.temporary(("column", pairs.sources[n], key)) for n in (0, 1)]
            analysis.flow(item, columns[part], Reason("element", pairs.activation, -1))
            if key not in places:
                places[key] = None
                store(columns[0], columns[1])

        analysis.use(source, on_items)


def _each_item(
    analysis: "Analysis", pairs: Pairs, obj: Object, store: Store, mix: Callable[[], None]
) -> None:
    if not isinstance(obj, Instance) or obj.cls is not analysis.builtin["dict"]:
        mix()
        return

    def on_item(key: str, item: Variable) -> None:
        if key.startswith("'"):
            named = pairs.activation.temporary(("column", key))
            analysis.add(named, analysis.string(key[1:]), Reason("key", pairs.activation, -1))
            store(named, item)
        else:
            store(analysis.field(obj, "[k]"), item)

    analysis.on_items(obj, on_item)


def _origin(code: "Code", register: object) -> int | None:
    """Follow a register back through copies and tests to where its value is made."""
    seen: dict[int, None] = {}
    while isinstance(register, int) and register not in seen:
        seen[register] = None
        made = _only(code, register)
        if not isinstance(made, ops.Copy | ops.Narrow):
            return register
        register = made.source
    return None


def _only(code: "Code", register: int | None) -> ops.Operation | None:
    """Return the one operation that writes a register, None where there are more."""
    if register is None or register < len(code.block.parameters):
        return None
    found = definitions(code).get(register, ())
    return found[0] if len(found) == 1 else None
