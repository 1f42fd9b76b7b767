"""What a call gives to a parameter, and which operations give a register what it holds."""

from typing import TYPE_CHECKING

from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import signature
from chaintrace.pointsto.objects import BoundMethod, Class
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code, once_per_code, targets_of

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import CallFact


def argument_of(activation: Activation, register: int, fact: "CallFact") -> Variable | None:
    """Return what a call passes for a parameter, the default where it passes nothing."""
    call = calls_of(fact.caller.code).get(fact.site)
    function = activation.function
    if call is None or function is None or any(a.kind in ("*", "**") for a in call.arguments):
        return None
    shape = signature(activation.code)
    first = 1 if isinstance(fact.evidence, BoundMethod | Class) else 0
    for position, argument in enumerate(a for a in call.arguments if not a.kind):
        at = position + first
        if at < len(shape.positional) and shape.positional[at] == register:
            return fact.caller.register(argument.value)
    for argument in call.arguments:
        if argument.kind == "=" and shape.by_name.get(argument.name) == register:
            return fact.caller.register(argument.value)
    name = activation.code.block.parameters[register].name
    defaults = [value for given, value in function.defaults if given == name]
    return function.env.register(defaults[0]) if defaults else None


@once_per_code
def calls_of(code: Code) -> dict[int, ops.Call]:
    """Return the calls of a block by their sites."""
    return {op.site: op for op in code.block.operations if isinstance(op, ops.Call)}


@once_per_code
def definitions_of(code: Code) -> dict[int, tuple[ops.Operation, ...]]:
    """Return, for each register, the operations that give it something."""
    found: dict[int, tuple[ops.Operation, ...]] = {}
    for op in code.block.operations:
        for target in targets_of(op):
            if target >= 0:
                found[target] = (*found.get(target, ()), op)
    return found
