"""What a call hands over: its argument variables by the inputs of the function it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Binder
from chaintrace.pointsto.heap import is_item
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.origins import is_rest
from chaintrace.pointsto.receivers import writers
from chaintrace.pointsto.variables import Handler, Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis, CallFact

Source = Variable | Object


@dataclass
class Handed:
    """Hold, for each variable of a callee that one call fills, what it is filled from.

    `is_open` says that there is a `*` or `**` argument, so that what fills a parameter need not be there;
    `is_loose` that such an argument may fill more than is known.
    """

    callee: Activation
    sources: dict[Variable, list[Source]] = field(default_factory=dict)
    is_open: bool = False
    is_loose: bool = False

    def of(self, target: Variable) -> list[Source] | None:
        """Return what fills a parameter or item: its default where nothing else does; None if unknown."""
        found = self.sources.get(target)
        if found is not None:
            return [*found, *self._default(target)] if self.is_open else found
        if self.is_loose:
            return None
        if isinstance(target.what[0], Instance):
            return []
        return self._default(target) or None

    def _default(self, target: Variable) -> list[Source]:
        function, register = self.callee.function, target.what[1]
        if function is None or not isinstance(register, int):
            return []
        name = self.callee.code.block.parameters[register].name
        return [
            obj
            for default, at in function.defaults
            if default == name
            for obj in function.env.register(at).points_to
        ]


def handed_over(analysis: "Analysis", fact: "CallFact") -> Handed:
    """Bind the arguments of a call once more, and write down what goes where."""
    callee = fact.target
    assert isinstance(callee, Activation)
    assert fact.arguments is not None
    spread = [value for value, starred in fact.arguments.positional if starred] + fact.arguments.mappings
    is_loose = not all(_is_told(fact.caller, value) for value in spread)
    handed = Handed(callee, is_open=bool(spread), is_loose=is_loose)
    binder = Binder(cast("Analysis", _Scribe(analysis, handed)), callee, Reason("argument", fact.caller, -1))
    binder.bind(fact.arguments, fact.first)
    return handed


def _is_told(caller: Activation, value: Variable) -> bool:
    """Say whether a variable holds the `*args` or `**kwargs` of a caller, each item known by its key."""
    return bool(value.points_to) and all(
        is_rest(caller, obj) and "[?]" not in obj.fields for obj in value.points_to
    )


def is_literal(caller: Activation, variable: Variable) -> bool:
    """Say whether a variable only ever holds literals, such as None: no object of interest."""
    owner, register = variable.what
    if owner is not caller or not isinstance(register, int):
        return False
    written = writers(caller.code).get(register, [])
    return bool(written) and all(isinstance(op, ops.Constant) for op in written)


class _Scribe:
    """Stand in for an analysis while arguments are bound: write down what it would let flow."""

    def __init__(self, analysis: "Analysis", handed: Handed) -> None:
        self.analysis = analysis
        self.handed = handed
        self.sequences = analysis.sequences

    def flow(self, source: Variable, target: Variable, _reason: Reason) -> None:
        self.handed.sources.setdefault(target, []).append(source)

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
