"""Effects: what one operation does to one field of one object, as far as that is certain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind
from chaintrace.ir import operations as ops
from chaintrace.ir.facts import BlockKind
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import BoundMethod, External, Instance, Object
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code, once_per_code
from chaintrace.project.order import (
    display_value,
    field_of,
    places,
    runs_always,
    runs_once,
    writers,
)

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis, CallFact

_DEEPEST = 4  # calls inside calls that are searched for stores
_MOST_CALLEES = 16  # activations that one call may lead to, to be searched for stores
_CHANGERS = frozenset(
    (
        *("update", "pop", "popitem", "clear", "setdefault", "append", "extend", "insert", "remove"),
        *("sort", "reverse", "__setitem__", "__delitem__"),
    )
)
_REFLECTION = frozenset(f"builtins.{name}" for name in ("setattr", "delattr", "vars", "exec", "eval"))


@dataclass(slots=True, frozen=True)
class Effect:
    """Say that a field takes one of `values`.

    It is `certain` that it takes one, and `direct` where that goes through the same register.
    """

    values: tuple[Variable, ...]
    certain: bool
    direct: bool = False


UNKNOWN = Effect((), certain=False)


class Effects:
    """Say what operations do to a field."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self.searched = False  # whether an answer depended on more than the calls of its own activation
        self.looked: dict[Activation, None] = {}  # the activations that it depended on

    def is_one(self, obj: Instance) -> bool:
        """Say whether an object is a single one at run time: made by a module body, and not in a loop."""
        if type(obj) is not Instance or obj.site is None or obj.declared:
            return False
        maker, site = obj.site
        if maker.code.block.kind is not BlockKind.MODULE:
            return False
        index = places(maker.code).get(site, -1)
        return index >= 0 and runs_once(maker.code, index)

    def stored_through(self, code: Code, base: int, field: str, index: int) -> bool:
        """Say whether the same register was used before to store the field."""
        base = code.aliases.get(base, base)
        return any(
            isinstance(op, ops.Store | ops.StoreItem)
            and field_of(op) == field
            and code.aliases.get(op.base, op.base) == base
            for op in code.block.operations[:index]
        )

    def of(
        self, activation: Activation, index: int, obj: Instance, field: str, base: int = -1, depth: int = 0
    ) -> Effect | None:
        """Return the effect of an operation on `obj.field`, None for none; register `base` holds `obj`."""
        op = activation.code.block.operations[index]
        if isinstance(op, ops.Yield | ops.YieldFrom | ops.Await):
            return UNKNOWN
        if isinstance(op, ops.Store | ops.StoreItem | ops.Delete | ops.DeleteItem):
            own = self._of_store(activation, op, obj, field, base)
            if own is not None:
                return own
        if isinstance(op, ops.Build) and obj.origin == (activation.code, op.site, op.target):
            value = display_value(activation.code, op, field)
            return UNKNOWN if value is None else Effect((activation.register(value),), certain=True)
        site = getattr(op, "site", -1)
        return self._of_call(activation, op, site, obj, field, depth) if site >= 0 else None

    def _of_store(
        self,
        activation: Activation,
        op: "ops.Store | ops.StoreItem | ops.Delete | ops.DeleteItem",
        obj: Instance,
        field: str,
        base: int,
    ) -> Effect | None:
        on_item = isinstance(op, ops.StoreItem | ops.DeleteItem)
        if on_item != field.startswith(("'", "#")):
            return None
        written = op.constant if isinstance(op, ops.StoreItem | ops.DeleteItem) else op.name
        if written and written != field:
            return None
        holders = activation.register(op.base).points_to
        direct = activation.code.aliases.get(op.base, op.base) == base
        self.searched = self.searched or not direct
        if obj not in holders:
            return None
        if isinstance(op, ops.Delete | ops.DeleteItem) or not written or op.source < 0:
            return UNKNOWN
        certain = direct or (len(holders) == 1 and self.is_one(obj))
        return Effect((activation.register(op.source),), certain, direct)

    # Calls

    def _of_call(
        self, activation: Activation, op: ops.Operation, site: int, obj: Instance, field: str, depth: int
    ) -> Effect | None:
        made = self.analysis.record.made.get(activation.number)
        facts = made.get(site, ()) if made else ()
        if isinstance(op, ops.Call):
            if not facts:
                return UNKNOWN
            special = self._of_builtin(activation, op, obj, field)
            if special is not None:
                return special
        changing = [fact for fact in facts if self._may_change(fact, obj, field)]
        if not changing:
            return None
        target = changing[0].target
        if len(changing) > 1 or not isinstance(target, Activation) or changing[0].kind is not EdgeKind.CALL:
            return UNKNOWN
        searched = depth < _DEEPEST and self.is_one(obj)
        values = self.left_by(target, obj, field, depth + 1) if searched else None
        return UNKNOWN if values is None else Effect(tuple(values), certain=len(facts) == len(changing))

    def left_by(self, activation: Activation, obj: Instance, field: str, depth: int) -> list[Variable] | None:
        """Return what a run of an activation leaves in `obj.field`, None where that is not certain."""
        code = activation.code
        self.looked[activation] = None
        if code.block.is_generator or code.block.is_async:
            return None
        found: list[Variable] = []
        for index in range(len(code.block.operations) - 1, -1, -1):
            effect = self.of(activation, index, obj, field, depth=depth)
            if effect is None:
                continue
            if effect is UNKNOWN:
                return None
            found += effect.values
            if effect.certain and runs_always(code, index):
                return found
        return None

    def _of_builtin(self, activation: Activation, op: ops.Call, obj: Instance, field: str) -> Effect | None:
        """Return the effect of calling a method of the object itself where it is a built-in container."""
        functions = activation.register(op.function).points_to
        if not self._changes(functions, obj):
            return None
        code = activation.code
        (only, *others) = functions
        name = (
            only.function.path
            if isinstance(only, BoundMethod) and isinstance(only.function, External)
            else ""
        )
        if others or name != "builtins.dict.update" or not self.is_one(obj):
            return UNKNOWN
        displays = {
            o.target: o for o in code.block.operations if isinstance(o, ops.Build) and o.kind == "dict"
        }
        for argument in reversed(op.arguments):
            value: int | None = None
            if argument.kind == "=" and f"'{argument.name}" == field:
                value = argument.value
            elif argument.kind == "" and argument.value in displays:
                value = display_value(code, displays[argument.value], field)
            elif argument.kind != "=":
                return UNKNOWN
            if value is not None:
                return Effect((activation.register(value),), certain=True)
        return UNKNOWN

    def _may_change(self, fact: "CallFact", obj: Instance, field: str) -> bool:
        """Say whether a call may store into a field of an object, or leads too far to tell."""
        if isinstance(fact.target, External):
            return self._outside(fact.caller, fact.site, [fact.target], obj)
        if not isinstance(fact.target, Activation):
            return False
        self.searched = True
        seen: dict[Activation, None] = {fact.target: None}
        for activation in (order := [fact.target]):
            self.looked[activation] = None
            if self._stores(activation, obj, field):
                return True
            made = self.analysis.record.made.get(activation.number, {})
            for site, facts in made.items():
                outside = [fact.target for fact in facts if isinstance(fact.target, External)]
                if outside and self._outside(activation, site, outside, obj):
                    return True
                for inner in facts:
                    if isinstance(inner.target, Activation) and inner.target not in seen:
                        seen[inner.target] = None
                        order.append(inner.target)
            if len(order) > _MOST_CALLEES:
                return True
        return False

    def _stores(self, activation: Activation, obj: Instance, field: str) -> bool:
        """Say whether an activation's own operations may store into a field of an object."""
        found = writers(activation.code)
        names = (field, "[?]") if field.startswith(("'", "#")) else (field,)
        if any(obj in activation.register(base).points_to for name in names for base in found.get(name, ())):
            return True
        for op in activation.code.block.operations:
            if isinstance(op, ops.Call):
                functions = activation.register(op.function).points_to
                if not functions or self._changes(functions, obj):
                    return True
            elif isinstance(op, ops.Load) and op.name == "__dict__":
                return True
        return False

    def _outside(self, caller: Activation, site: int, targets: list[External], obj: Instance) -> bool:
        """Say whether foreign functions may store into an object: by reflection, or as an argument."""
        if any(target.path in _REFLECTION for target in targets):
            return True
        if all(target.path.startswith("builtins.") for target in targets):
            return False
        op = caller.code.block.operations[places(caller.code).get(site, 0)]
        if not isinstance(op, ops.Call):
            return False
        given = [argument.value for argument in op.arguments]
        return any(obj in caller.register(value).points_to for value in given) or bool(
            self._bound_among(caller.register(op.function).points_to, obj)
        )

    def _changes(self, functions: Mapping[Object, object], obj: Instance) -> bool:
        """Say whether calling one of some functions changes what a built-in container holds."""
        return any(_method(method) in _CHANGERS for method in self._bound_among(functions, obj))

    def _bound_among(self, functions: Mapping[Object, object], obj: Instance) -> list[BoundMethod]:
        """Return those of some functions that are methods bound to an object."""
        methods = self.analysis.bound_to.get(obj, ())
        if len(methods) <= len(functions):
            return [method for method in methods if method in functions]
        return [f for f in functions if isinstance(f, BoundMethod) and f.receiver is obj]


@once_per_code
def used_by_effects(code: Code) -> tuple[int, ...]:
    """Return the registers whose objects decide what the operations of a block do to fields."""
    found: dict[int, None] = {}
    for op in code.block.operations:
        if isinstance(op, ops.Call):
            found[op.function] = None
            found.update(dict.fromkeys(argument.value for argument in op.arguments))
        elif isinstance(op, ops.Store | ops.StoreItem | ops.Delete | ops.DeleteItem):
            found[op.base] = None
    return tuple(register for register in found if register >= 0)


def _method(method: BoundMethod) -> str:
    """Return the name of a bound foreign method, "" for any other."""
    return method.function.path.rpartition(".")[2] if isinstance(method.function, External) else ""
