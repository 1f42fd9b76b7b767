"""Arguments and parameters: how a call's values reach the names of the function it runs."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chaintrace.ir.facts import Block, ParameterKind
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.modules import Code, once_per_code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

# Positions of `*args` that are told apart: `f(x, *args)` inside `f(*args)` shifts them with every call.
MOST_POSITIONS = 16


@dataclass(slots=True)
class Arguments:
    """Hold the argument variables of one call.

    `positional` pairs each with whether it was starred (`*x`). Where the call `is_written` so in the program,
    they are all there are.
    """

    positional: list[tuple[Variable, bool]] = field(default_factory=list)
    keywords: list[tuple[str, Variable]] = field(default_factory=list)
    mappings: list[Variable] = field(default_factory=list)
    is_written: bool = False

    @classmethod
    def of(cls, *values: Variable) -> "Arguments":
        """Make plain positional arguments."""
        return cls([(value, False) for value in values])

    def after(self, *values: Variable) -> "Arguments":
        """Return the same arguments preceded by others."""
        positional = [*((value, False) for value in values), *self.positional]
        return Arguments(positional, self.keywords, self.mappings, self.is_written)


@dataclass(slots=True)
class Signature:
    """Hold the registers of a block's parameters by how they are filled."""

    positional: list[int]
    by_name: dict[str, int]
    variadic: int
    keywords: int


@once_per_code
def signature(code: Code) -> Signature:
    """Return the signature of a function's code."""
    return _signature(code.block)


def _signature(block: Block) -> Signature:
    found = Signature([], {}, -1, -1)
    for register, parameter in enumerate(block.parameters):
        match parameter.kind:
            case ParameterKind.VARIADIC:
                found.variadic = register
            case ParameterKind.KEYWORDS:
                found.keywords = register
            case ParameterKind.KEYWORD_ONLY:
                found.by_name[parameter.name] = register
            case _:
                found.positional.append(register)
                if parameter.kind is ParameterKind.POSITIONAL:
                    found.by_name[parameter.name] = register
    return found


def give_defaults(analysis: "Analysis", callee: Activation, filled: Collection[int]) -> None:
    """Give the parameters that no argument certainly fills their defaults."""
    function = callee.function
    if function is None or not function.defaults:
        return
    reason = Reason("default", callee, callee.code.block.site)
    positions = {parameter.name: at for at, parameter in enumerate(callee.code.block.parameters)}
    for name, register in function.defaults:
        if positions[name] not in filled:
            analysis.flow(function.env.register(register), callee.register(positions[name]), reason)


class Binder:
    """Bind one call's arguments to the parameters of one activation.

    `keeps_first` says that the first parameter has what it takes already, chosen from the first argument.
    """

    def __init__(self, analysis: "Analysis", callee: Activation, reason: Reason) -> None:
        self.analysis = analysis
        self.callee = callee
        self.reason = reason
        self.signature = signature(callee.code)
        self.keeps_first = False

    def receiver(self, receiver: Object) -> None:
        """Give the receiver as the first positional argument."""
        target = self.position(0)
        if target is not None:
            self.analysis.add(target, receiver, self.reason)

    def bind(self, arguments: Arguments, first: int) -> None:
        """Bind `arguments`, the first positional one to position `first`."""
        position, loose = first, False
        for value, starred in arguments.positional:
            if starred:
                self._spread(value, position)
                loose = True
            elif loose:
                self._to_all(value, position)
            else:
                target = self.position(position)
                if target is not None:
                    self.analysis.bind(value, target, self.reason)
                position += 1
        for name, value in arguments.keywords:
            self._keyword(name, value)
        for value in arguments.mappings:
            self._mapping(value, position)
        if self.callee.code.is_closed or self.callee.fixed:
            named = [self.signature.by_name.get(name, -1) for name, _ in arguments.keywords]
            give_defaults(self.analysis, self.callee, [*self.signature.positional[:position], *named])

    def position(self, index: int) -> Variable | None:
        """Return the variable that takes positional argument `index`, if any does."""
        if self.keeps_first and index == 0:
            return None
        if index < len(self.signature.positional):
            return self.callee.register(self.signature.positional[index])
        if self.signature.variadic >= 0:
            rest = self.analysis.variadic(self.callee, self.signature.variadic)
            index -= len(self.signature.positional)
            return self.analysis.item(rest, f"#{index}" if index < MOST_POSITIONS else "[?]")
        return None

    def _to_all(self, value: Variable, first: int) -> None:
        for register in self.signature.positional[max(first, int(self.keeps_first)) :]:
            self.analysis.flow(value, self.callee.register(register), self.reason)
        if self.signature.variadic >= 0:
            rest = self.analysis.variadic(self.callee, self.signature.variadic)
            self.analysis.bind(value, self.analysis.item(rest, "[?]"), self.reason)

    def _spread(self, value: Variable, first: int) -> None:
        def on_iterable(obj: Object) -> None:
            if isinstance(obj, Instance) and obj.cls in self.analysis.sequences:
                self.analysis.on_items(obj, on_item)
            else:
                elements = self.callee.temporary(("spread", value, first))
                self.analysis.iterate_object(obj, elements, self.reason.activation, self.reason.site)
                self._to_all(elements, first)

        def on_item(key: str, item: Variable) -> None:
            if key.startswith("#"):
                target = self.position(first + int(key[1:]))
                if target is not None:
                    self.analysis.bind(item, target, self.reason)
            elif key == "[?]":
                self._to_all(item, first)

        self.analysis.use(value, on_iterable)

    def _keyword(self, name: str, value: Variable) -> None:
        register = self.signature.by_name.get(name)
        if register is not None:
            self.analysis.flow(value, self.callee.register(register), self.reason)
        elif self.signature.keywords >= 0:
            rest = self.analysis.keyword_rest(self.callee, self.signature.keywords)
            self.analysis.bind(value, self.analysis.item(rest, "'" + name), self.reason)

    def _mapping(self, value: Variable, first: int) -> None:
        taken = set(self.signature.positional[: max(first, int(self.keeps_first))])

        def on_mapping(obj: Object) -> None:
            self.analysis.on_items(obj, on_item)

        def on_item(key: str, item: Variable) -> None:
            if key.startswith("'"):
                self._keyword(key[1:], item)
            elif key == "[?]":
                for register in self.signature.by_name.values():
                    if register not in taken:
                        self.analysis.flow(item, self.callee.register(register), self.reason)
                if self.signature.keywords >= 0:
                    rest = self.analysis.keyword_rest(self.callee, self.signature.keywords)
                    self.analysis.bind(item, self.analysis.item(rest, "[?]"), self.reason)

        self.analysis.use(value, on_mapping)
