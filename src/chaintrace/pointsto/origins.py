"""Origins: of what a variable of an activation holds, what came in with the call, and through which input.

An input is a variable that callers fill and that holds several objects: a parameter, an item of `*args` or
`**kwargs`, a local of an enclosing function. What is read off an input by copies and attributes is told
object by object; everything else is a constant, which holds whatever came in.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from chaintrace.ir import operations as ops
from chaintrace.ir.facts import ParameterKind
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.closures import origin_of, stores_of
from chaintrace.pointsto.heap import is_rest
from chaintrace.pointsto.objects import BoundMethod, External, Instance, Object, Super
from chaintrace.pointsto.partly import is_partly_known
from chaintrace.pointsto.receivers import attributes_of, writers
from chaintrace.pointsto.variables import RestItem, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chaintrace.pointsto.analysis import Analysis

_DEEPEST = 12
_REST = (ParameterKind.VARIADIC, ParameterKind.KEYWORDS)
Objects = dict[Object, None]


@dataclass
class Origin:
    """Say where the objects of a variable come from.

    `objects` are there whatever came in; `through` has for each input the objects that each of its own
    gives.
    """

    objects: Objects = field(default_factory=dict)
    through: "dict[Variable, dict[Object, Objects]]" = field(default_factory=dict)

    def join(self, other: "Origin") -> None:
        """Add what another way gives."""
        self.objects.update(other.objects)
        for source, gives in other.through.items():
            own = self.through.setdefault(source, {})
            for came, given in gives.items():
                own.setdefault(came, {}).update(given)

    def after(self, before: "Callable[[Variable], Origin | None]") -> "Origin | None":
        """Return the same seen from one call further back, where `before` tells what fills each input."""
        found = Origin(dict(self.objects))
        for source, gives in self.through.items():
            filled = before(source)
            if filled is None:
                return None
            for obj in filled.objects:
                found.objects.update(gives.get(obj, {}))
            for other, gave in filled.through.items():
                own = found.through.setdefault(other, {})
                for came, middle in gave.items():
                    for obj in middle:
                        own.setdefault(came, {}).update(gives.get(obj, {}))
        return found

    def within(self, held: "Mapping[Object, object]") -> "Origin":
        """Return the same of a variable that holds this: less where it was filtered, more from elsewhere."""
        through = {
            source: {came: {o: None for o in given if o in held} for came, given in gives.items()}
            for source, gives in self.through.items()
        }
        covered = {obj for gives in through.values() for given in gives.values() for obj in given}
        objects = {obj: None for obj in held if obj in self.objects or obj not in covered}
        return Origin(objects, through)

    def only(self, held: "Mapping[Object, object]") -> "Origin":
        """Return the same without what a variable does not hold."""
        if all(obj in held for gives in self.through.values() for given in gives.values() for obj in given):
            if all(obj in held for obj in self.objects):
                return self
            through = self.through
        else:
            through = {
                source: {came: {o: None for o in given if o in held} for came, given in gives.items()}
                for source, gives in self.through.items()
            }
        return Origin({obj: None for obj in self.objects if obj in held}, through)


def _constant(variable: Variable) -> Origin:
    return Origin(dict.fromkeys(variable.points_to))


class Origins:
    """Tell origins, each once."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._known: dict[tuple[Activation, int], Origin] = {}
        self._same: dict[Variable, Origin] = {}

    def of(self, activation: Activation, variable: Variable) -> Origin:
        """Return where the objects of a variable come from, as an activation sees it."""
        if is_input(activation, variable):
            return self.same(variable)
        owner, name = variable.what
        if owner is activation and isinstance(name, int) and _is_few(variable):
            return self._register(activation, name, 0)
        return _constant(variable)

    def same(self, variable: Variable) -> Origin:
        """Return the origin of what is nothing but an input."""
        found = self._same.get(variable)
        if found is None:
            gives = {obj: {obj: None} for obj in variable.points_to}
            found = self._same[variable] = Origin({}, {variable: gives})
        return found

    def _register(self, activation: Activation, register: int, depth: int) -> Origin:
        register = activation.code.aliases.get(register, register)
        variable = activation.register(register)
        if register < len(activation.code.block.parameters) and is_input(activation, variable):
            return self.of(activation, variable)
        key = activation, register
        found = self._known.get(key)
        if found is None:
            self._known[key] = _constant(variable)  # a loop of copies is not looked through
            found = self._known[key] = self._written(activation, register, variable, depth)
        return found

    def _written(self, activation: Activation, register: int, variable: Variable, depth: int) -> Origin:
        written = writers(activation.code).get(register, [])
        if depth > _DEEPEST or not _is_few(variable):
            return _constant(variable)
        found = Origin()
        for op in written:
            one = self._by(activation, op, depth + 1)
            if one is None:
                return _constant(variable)
            found.join(one)
        return found.within(variable.points_to) if found.through else _constant(variable)

    def _by(self, activation: Activation, op: ops.Operation, depth: int) -> Origin | None:
        """Return where what an operation writes comes from; None where that cannot be told."""
        match op:
            case ops.Copy() | ops.Narrow():
                return self._register(activation, op.source, depth) if op.source >= 0 else Origin()
            case ops.Constant():
                return Origin()
            case ops.MakeFunction():
                return _constant(activation.register(op.target))
            case ops.LoadCell():
                return self.of(activation, activation.owner(op.owner).cell(op.name))
            case ops.Load():
                base = self._register(activation, op.base, depth)
                return read(base, op.name, activation.register(op.target)) if base.through else None
            case ops.LoadItem():
                item = _item(activation, op)
                if item is not None:
                    return self.of(activation, item)
                return self._under_key(activation, op.base, op.key, depth)
            case ops.Call():
                return self._super(activation, op) or self._looked_up(activation, op, depth)
            case _:
                return None

    def _super(self, activation: Activation, op: ops.Call) -> Origin | None:
        """Return what `super()` gives for each receiver."""
        held = activation.register(op.target).points_to if op.target >= 0 else {}
        if not activation.code.block.parameters or not all(isinstance(obj, Super) for obj in held):
            return None
        own = activation.register(0)
        if not held or not is_input(activation, own):
            return None
        gives: dict[Object, Objects] = {obj: {} for obj in own.points_to}
        for obj in held:
            if isinstance(obj, Super) and obj.receiver in gives:
                gives[obj.receiver][obj] = None
        return Origin({}, {own: gives})

    def _looked_up(self, activation: Activation, op: ops.Call, depth: int) -> Origin | None:
        """Return what `table.get(key)` and `table.get(key, default)` give for each key."""
        read = activation.code.loads.get(op.function)
        called = activation.register(op.function).points_to
        keys = [argument.value for argument in op.arguments if not argument.kind]
        if read is None or not called or not 0 < len(keys) <= len(op.arguments) <= 2:  # noqa: PLR2004
            return None
        for obj in called:
            function = obj.function if isinstance(obj, BoundMethod) else None
            if not isinstance(function, External) or function.path != "builtins.dict.get":
                return None
        found = self._under_key(activation, read.base, keys[0], depth)
        if found is not None and len(keys) > 1:
            found.join(self._register(activation, keys[1], depth))
        return found

    def _under_key(self, activation: Activation, base: int, key: int, depth: int) -> Origin | None:
        """Return what reading some dicts under a key that came in gives for each key."""
        held = activation.register(base).points_to
        keys = activation.register(key) if key >= 0 else None
        if keys is None or not held or is_partly_known(activation, keys):
            return None
        dicts = [
            obj for obj in held if isinstance(obj, Instance) and obj.cls is self.analysis.builtin["dict"]
        ]
        origin = self._register(activation, key, depth)
        if len(dicts) < len(held) or not origin.through:
            return None
        found = Origin()
        for obj in origin.objects:
            found.objects.update(self._items(dicts, obj))
        for source, gives in origin.through.items():
            found.through[source] = {
                came: {item: None for obj in given for item in self._items(dicts, obj)}
                for came, given in gives.items()
            }
        return found

    def _items(self, dicts: list[Instance], key: Object) -> Objects:
        """Return what some dicts may hold under a key."""
        name = self.analysis.key_name(key)
        found: Objects = {}
        for table in dicts:
            here = [table.fields[part] for part in (name, "[?]") if part in table.fields]
            if not name or (name.startswith("@") and not any(item.points_to for item in here)):
                here = [table.fields[part] for part in ("[*]",) if part in table.fields]
            found.update({obj: None for item in here for obj in item.points_to})
        return found


def _is_few(variable: Variable) -> bool:
    """Say whether a variable holds several objects, and all that came."""
    return len(variable.points_to) > 1 and variable.is_whole


def is_input(activation: Activation, variable: Variable) -> bool:
    """Say whether callers fill a variable of an activation, or of one around it, with a few objects."""
    owner, name = variable.what
    if is_rest_of(activation, owner):
        return bool(variable.points_to) and variable.is_whole and _is_bound_only(variable)
    if not _is_few(variable):
        return False
    block = activation.code.block
    if owner is activation and isinstance(name, int):
        return (
            name < len(block.parameters)
            and block.parameters[name].kind not in _REST
            and name not in writers(activation.code)
        )
    if isinstance(owner, Activation) and isinstance(name, str):
        around = activation.env
        while around is not None and around is not owner:
            around = around.env
        if around is not owner or owner.function is None:
            return False
        return len(stores_of(owner.code, name)) == 1
    return False


def is_rest_of(activation: Activation, obj: object) -> bool:
    """Say whether an object is what the `*args` or `**kwargs` of an activation holds."""
    return is_rest(obj) and cast("tuple[object, int]", cast("Instance", obj).origin)[0] is activation


def own_rest(activation: Activation, variable: Variable) -> Instance | None:
    """Return what the `*args` or `**kwargs` of this very run holds, where a variable is nothing but that.

    None too where it may have items of which the keys are not known.
    """
    register = origin_of(activation, variable)
    parameters = activation.code.block.parameters
    if not 0 <= register < len(parameters) or parameters[register].kind not in _REST:
        return None
    held = list(variable.points_to)
    if register in writers(activation.code) or len(held) != 1 or not is_rest_of(activation, held[0]):
        return None
    unknown = held[0].fields.get("[?]")
    if isinstance(unknown, RestItem) and (unknown.is_bound or unknown.is_written or unknown.points_to):
        return None
    return cast("Instance", held[0])


def _is_bound_only(variable: Variable) -> bool:
    """Say whether nothing but arguments that callers bind is in an item of a `*args` or `**kwargs`."""
    holder, name = cast("tuple[Instance, str]", variable.what)
    unknown = holder.fields.get("[?]")
    return (
        isinstance(variable, RestItem)
        and name.startswith(("#", "'"))
        and not variable.is_written
        and not (isinstance(unknown, RestItem) and (unknown.is_bound or unknown.is_written))
        and all(isinstance(cause, Variable) for cause in variable.points_to.values())
    )


def _item(activation: Activation, op: ops.LoadItem) -> Variable | None:
    """Return the item of `*args` or `**kwargs` that is read, if nothing but callers fills it."""
    rest = own_rest(activation, activation.register(op.base))
    return rest.fields.get(op.constant) if rest is not None and op.constant else None


def read(base: Origin, name: str, target: Variable) -> Origin | None:
    """Return what reading an attribute gives; None where code may run."""
    found = Origin()
    given = attributes_of(base.objects, name, target, through_classes=True)
    if given is None:
        return None
    found.objects = given
    for source, gives in base.through.items():
        own = found.through[source] = {}
        for came, held in gives.items():
            given = attributes_of(held, name, target, through_classes=True)
            if given is None:
                return None
            own[came] = given
    return found
