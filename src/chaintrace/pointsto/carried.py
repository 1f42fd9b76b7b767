"""Carried: what of a variable came with a message, or in by a parameter, literals included."""

from typing import TYPE_CHECKING, cast

from chaintrace.ir import operations as ops
from chaintrace.ir.facts import ParameterKind
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arrivals import Arrivals
from chaintrace.pointsto.letters import SOME, UNKNOWN, Letters, Literal
from chaintrace.pointsto.objects import Class, Instance, Object, Opaque
from chaintrace.pointsto.origins import Objects, Origin, Origins, read
from chaintrace.pointsto.receivers import writers
from chaintrace.pointsto.variables import Variable
from chaintrace.pointsto.walks import origin as copied_from

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_DEEPEST = 12
_REST = (ParameterKind.VARIADIC, ParameterKind.KEYWORDS)


class Carried(Origins):
    """Tell where the objects and literals of a variable come from; messages and all parameters are inputs.

    What is not known gives `UNKNOWN`, beside what is known.
    """

    def __init__(self, analysis: "Analysis", arrivals: Arrivals, letters: Letters) -> None:
        super().__init__(analysis)
        self.arrivals = arrivals
        self.letters = letters
        self._passed: dict[Activation, dict[Variable, int]] = {}

    def forget(self) -> None:
        """Forget what was told: there are more literals now."""
        self._known.clear()

    def contents(self, held: Variable) -> Objects:
        """Return all that an input may hold."""
        return dict.fromkeys((*held.points_to, *self.letters.literals))

    def input_of(self, activation: Activation, register: int) -> Variable | None:
        """Return the input that a register is, None for any other register."""
        register = copied_from(activation.code, register)
        arrived = self.arrivals.input_in(activation, register)
        if arrived is not None:
            return arrived
        variable = activation.register(register)
        parameters = activation.code.block.parameters
        is_told = 0 <= register < len(parameters) and variable.is_whole
        if not is_told or parameters[register].kind in _REST or register in writers(activation.code):
            return None
        return None if register == 0 and activation.code.owner_class is not None else variable

    def of(self, activation: Activation, variable: Variable) -> Origin:
        """Return where what a variable holds comes from, as an activation sees it."""
        owner, name = variable.what
        if owner is not activation:
            return self._unknown(variable)
        if isinstance(name, int):
            return self._register(activation, name, 0)
        register = self._passing(activation).get(variable, -1)
        if register < 0:
            return self._unknown(variable)
        return _kept(self._register(activation, register, 0), variable)

    def same(self, variable: Variable) -> Origin:
        """Return the origin of what is nothing but an input."""
        return Origin({}, {variable: {obj: {obj: None} for obj in self.contents(variable)}})

    def _passing(self, activation: Activation) -> dict[Variable, int]:
        """Map what walks through tables let pass to the registers that were tested."""
        found = self._passed.get(activation)
        if found is None:
            walks = self.analysis.walks.called
            found = self._passed[activation] = {
                accepted: register
                for site in self.analysis.record.made.get(activation.number, {})
                for passing in walks.get((activation.number, site), {}).values()
                for register, accepted in passing.items()
            }
        return found

    def _unknown(self, variable: Variable) -> Origin:
        return Origin(dict.fromkeys((*variable.points_to, SOME, UNKNOWN)))

    def _register(self, activation: Activation, register: int, depth: int) -> Origin:
        register = activation.code.aliases.get(register, register)
        held = self.input_of(activation, register)
        variable = activation.register(register)
        if held is not None:
            return _kept(self.same(held), variable) if held is not variable else self.same(held)
        key = activation, register
        found = self._known.get(key)
        if found is None:
            self._known[key] = self._unknown(variable)  # a loop of copies is not looked through
            found = self._known[key] = self._written(activation, register, variable, depth)
        return found

    def _written(self, activation: Activation, register: int, variable: Variable, depth: int) -> Origin:
        written = writers(activation.code).get(register, [])
        is_wide = not variable.is_whole or any(isinstance(o, Opaque) for o in variable.points_to)
        if depth > _DEEPEST or is_wide or not written:
            return self._unknown(variable)
        found = Origin()
        for op in written:
            one = self._by(activation, op, depth + 1)
            found.join(one if one is not None else self._given(activation, op, variable))
        return found

    def _by(self, activation: Activation, op: ops.Operation, depth: int) -> Origin | None:
        """Return where what an operation writes comes from; None where nothing of it came in."""
        match op:
            case ops.Copy() | ops.Narrow():
                if op.source < 0:
                    return None
                return _kept(self._register(activation, op.source, depth), activation.register(op.target))
            case ops.Load():
                base = self._register(activation, op.base, depth)
                if op.name == "__class__":
                    return _classes(base)
                return self._attribute(activation, op, base) if base.through else None
            case ops.LoadItem():
                base = self._register(activation, op.base, depth)
                found = _part(base, op.constant) if op.constant and base.through else None
                return found or self._under_key(activation, op.base, op.key, depth)
            case ops.Call():
                return self._type(activation, op, depth) or self._looked_up(activation, op, depth)
            case _:
                return None

    def _attribute(self, activation: Activation, op: ops.Load, base: Origin) -> Origin | None:
        """Return what reading an attribute gives; of what is not known, and of literals, nothing known."""
        plain = Origin(_objects(base.objects))
        for source, gives in base.through.items():
            plain.through[source] = {came: _objects(given) for came, given in gives.items()}
        found = read(plain, op.name, activation.register(op.target))
        if found is not None and UNKNOWN in base.objects:
            found.objects[UNKNOWN] = None
        return found

    def _type(self, activation: Activation, op: ops.Call, depth: int) -> Origin | None:
        """Return what `type(x)` gives."""
        named = activation.code.definitions.get(op.function)
        is_type = isinstance(named, ops.LoadBuiltin) and named.name == "type" and len(op.arguments) == 1
        return _classes(self._register(activation, op.arguments[0].value, depth)) if is_type else None

    def _given(self, activation: Activation, op: ops.Operation, variable: Variable) -> Origin:
        """Return what an operation gives of which nothing came in."""
        match op:
            case ops.Constant() if op.kind != "str":
                return Origin({self.letters.literal(op): None})
            case ops.LoadGlobal():
                literal = self.letters.of_global(activation.code.module, op.name)
                if literal is not None:
                    return Origin({literal: None})
            case ops.Unpack():
                found = self._unpacked(activation, op, variable)
                if found is not None:
                    return found
            case ops.Constant() | ops.Build() | ops.Format() | ops.MakeFunction() if variable.points_to:
                return Origin(dict.fromkeys(variable.points_to))
            case ops.Call():
                called = activation.register(op.function).points_to
                if variable.points_to and called and all(self._makes_instances(cls) for cls in called):
                    return Origin(dict.fromkeys(variable.points_to))
            case _:
                pass
        return (
            Origin(dict.fromkeys((*variable.points_to, SOME)))
            if variable.points_to
            else self._unknown(variable)
        )

    def _unpacked(self, activation: Activation, op: ops.Unpack, variable: Variable) -> Origin | None:
        register = cast("int", variable.what[1])
        base = self._register(activation, op.source, 1)
        if op.star >= 0 or register not in op.targets or not base.through:
            return None
        return _part(base, f"#{op.targets.index(register)}")

    def _makes_instances(self, called: Object) -> bool:
        """Say whether calling an object gives an instance of it, and nothing else."""
        return (
            isinstance(called, Class)
            and not called.metaclasses
            and not self.analysis.lookups.defines(called, "__new__")
        )


def _objects(held: Objects) -> Objects:
    return {obj: None for obj in held if not isinstance(obj, Literal)}


def _kept(origin: Origin, variable: Variable) -> Origin:
    """Return an origin without those objects that a variable does not hold, but with all literals."""
    held = variable.points_to

    def of(objects: Objects) -> Objects:
        return {obj: None for obj in objects if isinstance(obj, Literal) or obj in held}

    return Origin(
        of(origin.objects),
        {
            source: {came: of(given) for came, given in gives.items()}
            for source, gives in origin.through.items()
        },
    )


def _classes(base: Origin) -> Origin:
    """Return the classes of what came in; that of a known literal is none of the program."""

    def of(objects: Objects) -> Objects:
        told = [obj for obj in objects if obj in (SOME, UNKNOWN) or not isinstance(obj, Literal)]
        return {obj.cls if isinstance(obj, Instance) else UNKNOWN: None for obj in told}

    return Origin(
        of(base.objects),
        {
            source: {came: of(given) for came, given in gives.items()}
            for source, gives in base.through.items()
        },
    )


def _part(base: Origin, key: str) -> Origin:
    """Return what a constant item of containers that came in gives; `UNKNOWN` where that is not known."""

    def of(objects: Objects) -> Objects:
        found: Objects = {}
        for obj in objects:
            part = obj.fields.get(key) if isinstance(obj, Instance) else None
            others = obj.fields.get("[?]") if isinstance(obj, Instance) else None
            is_told = (
                part is not None and part.points_to and part.is_whole and not (others and others.points_to)
            )
            found.update(dict.fromkeys(part.points_to if part is not None and is_told else (UNKNOWN,)))
        return found

    return Origin(
        of(base.objects),
        {
            source: {came: of(given) for came, given in gives.items()}
            for source, gives in base.through.items()
        },
    )
