"""Closures: where a function that is called, or handed on, was made, and what its captured locals hold."""

from chaintrace.ir import operations as ops
from chaintrace.ir.facts import ParameterKind
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import BoundMethod, Class, Function, Instance, Object
from chaintrace.pointsto.receivers import writers
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code, once_per_code

_REST = (ParameterKind.VARIADIC, ParameterKind.KEYWORDS)


def is_made_here(caller: Activation, variable: Variable) -> bool:
    """Say whether a variable holds nothing but a function that this very run made, or one around it."""
    op = _definition(caller, variable)
    if isinstance(op, ops.LoadCell):
        owner = caller.owner(op.owner)
        stores = stores_of(owner.code, op.name)
        makers = [owner.code.definitions.get(store.source) for _, store in stores]
        return bool(makers) and all(isinstance(maker, ops.MakeFunction) for maker in makers)
    return isinstance(op, ops.MakeFunction)


def parameter_of(activation: Activation, variable: Variable) -> Variable | None:
    """Return the parameter that a variable of an activation is a copy of, if it is one."""
    register = origin_of(activation, variable)
    parameters = activation.code.block.parameters
    if not 0 <= register < len(parameters) or parameters[register].kind in _REST:
        return None
    return activation.register(register) if register not in writers(activation.code) else None


def stores_of(code: Code, name: str) -> list[tuple[Code, ops.StoreCell]]:
    """Return the operations that store a captured local of a function, with the code that they stand in."""
    return _stores(code).get(name, [])


@once_per_code
def _stores(code: Code) -> dict[str, list[tuple[Code, ops.StoreCell]]]:
    found: dict[str, list[tuple[Code, ops.StoreCell]]] = {}
    for inner in code.module.codes:
        for op in inner.block.operations:
            if isinstance(op, ops.StoreCell) and op.owner == code.index:
                found.setdefault(op.name, []).append((inner, op))
    return found


def closes_over(obj: Object, captured: Variable) -> bool:
    """Say whether an object is a function, class or instance made inside the run whose local is captured."""
    if isinstance(obj, BoundMethod):
        return closes_over(obj.function, captured)
    if isinstance(obj, Instance) and isinstance(obj.cls, Class):
        obj = obj.cls
    if isinstance(obj, Class):
        kinds = (*obj.mro, *obj.metaclasses)
        return any(_is_inside(cls.env, captured) for cls in kinds if isinstance(cls, Class))
    return isinstance(obj, Function) and _is_inside(obj.env, captured)


def _is_inside(around: Activation | None, captured: Variable) -> bool:
    while around is not None and around is not captured.what[0]:
        around = around.env
    return around is not None


def _definition(activation: Activation, variable: Variable) -> ops.Operation | None:
    return activation.code.definitions.get(origin_of(activation, variable))


def origin_of(activation: Activation, variable: Variable) -> int:
    """Return the register that a variable of an activation is a copy of, -1 where it is none."""
    owner, register = variable.what
    if owner is not activation or not isinstance(register, int):
        return -1
    code, passed = activation.code, set[int]()
    while register not in passed:
        passed.add(register)
        op = code.definitions.get(register)
        if not isinstance(op, ops.Copy | ops.Narrow) or len(writers(code).get(register, ())) != 1:
            break
        register = op.source
    return register
