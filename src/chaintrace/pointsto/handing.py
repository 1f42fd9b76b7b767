"""What a call hands over: its argument variables by the inputs of the function it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, cast

from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments, Binder
from chaintrace.pointsto.heap import is_item
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.origins import own_rest
from chaintrace.pointsto.partly import is_literal
from chaintrace.pointsto.variables import Handler, Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis, CallFact

Source = Variable | Object


@dataclass
class Handed:
    """Hold, for each variable of a callee that one call fills, what it is filled from.

    `certain` are those that an argument fills whatever `*` and `**` arguments hold. `is_open` says that there
    are such; `is_loose` that they may fill anything else, with anything.
    """

    callee: Activation
    sources: dict[Variable, list[Source]] = field(default_factory=dict)
    certain: dict[Variable, Source] = field(default_factory=dict)
    is_open: bool = False
    is_loose: bool = False

    def of(self, target: Variable) -> list[Source] | None:
        """Return what fills a parameter or item: its default where nothing else does; None if unknown."""
        if target in self.certain:
            return [self.certain[target]]
        if self.is_loose:
            return None
        found = self.sources.get(target)
        if found is not None and not self.is_open:
            return found
        if isinstance(target.what[0], Instance):
            return found or []
        default = self.default(target)
        if default is None:
            return found
        env, held = default
        if not held.points_to and not is_literal(env, held):
            return None
        return [*(found or []), *held.points_to]

    def default(self, target: Variable) -> tuple[Activation, Variable] | None:
        """Return the variable of a parameter's default, and whose it is; None where it has none."""
        function, register = self.callee.function, target.what[1]
        if function is None or not isinstance(register, int):
            return None
        name = self.callee.code.block.parameters[register].name
        registers = [at for default, at in function.defaults if default == name]
        return (function.env, function.env.register(registers[0])) if registers else None


def handed_over(analysis: "Analysis", fact: "CallFact") -> Handed:
    """Bind the arguments of a call once more, and write down what goes where."""
    callee, arguments = fact.target, fact.arguments
    assert isinstance(callee, Activation)
    assert arguments is not None
    spread = [value for value, starred in arguments.positional if starred] + arguments.mappings
    is_loose = not all(own_rest(fact.caller, value) for value in spread)
    handed = Handed(callee, is_open=bool(spread), is_loose=is_loose)
    scribe = cast("Analysis", _Scribe(analysis, handed))
    binder = Binder(scribe, callee, Reason("argument", fact.caller, -1))
    binder.bind(_without_spread(arguments), fact.first)
    handed.certain = {target: found[0] for target, found in handed.sources.items() if len(found) == 1}
    handed.sources.clear()
    binder.bind(arguments, fact.first)
    return handed


def _without_spread(arguments: Arguments) -> Arguments:
    """Return those of some arguments of which it is certain what they fill."""
    plain = takewhile(lambda argument: not argument[1], arguments.positional)
    return Arguments(list(plain), arguments.keywords)


class _Scribe:
    """Stand in for an analysis while arguments are bound: write down what it would let flow."""

    def __init__(self, analysis: "Analysis", handed: Handed) -> None:
        self.analysis = analysis
        self.handed = handed
        self.sequences = analysis.sequences

    def flow(self, source: Variable, target: Variable, reason: Reason) -> None:
        if reason.word != "default":
            self.handed.sources.setdefault(target, []).append(source)

    bind = flow

    def use(self, variable: Variable, handler: Handler) -> None:
        for obj in variable.points_to:
            handler(obj)

    def on_items(self, obj: Object, listener: Callable[[str, Variable], None]) -> None:
        for key, variable in obj.fields.items():
            if is_item(key):
                listener(key, variable)

    def iterate_object(self, _obj: Object, _target: Variable, _activation: object, _site: int) -> None:
        """Do nothing: what comes out of it is in the target already."""

    def item(self, obj: Object, key: str) -> Variable:
        return obj.fields.get(key) or Variable((obj, key))

    def variadic(self, activation: Activation, register: int) -> Instance:
        return self.analysis.variadic(activation, register)

    def keyword_rest(self, activation: Activation, register: int) -> Instance:
        return self.analysis.keyword_rest(activation, register)
