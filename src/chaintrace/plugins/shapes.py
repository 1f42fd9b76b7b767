"""Shapes that several library models share: futures, kept arguments, nested containers, literal arguments."""

from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code, once_per_code

RESULT = "[result]"
"""The field that holds what awaiting an instance gives."""

KEPT = "functools.partial"
"""The external class whose instances keep a function and arguments for later."""


def new_instance(call: Invocation, path: str) -> Instance:
    """Return an instance of an external class made at this call."""
    return call.new(path, "new")


def future(call: Invocation, result: Variable | None, path: str = "asyncio.Future") -> Instance:
    """Return a new future whose result is what a variable holds."""
    made = call.new(path, "future")
    call.store(made, RESULT, result)
    return made


def without(arguments: Arguments, count: int, names: tuple[str, ...] = ()) -> Arguments:
    """Return the arguments after the first `count` positional ones, without the keywords in `names`."""
    keywords = [(name, value) for name, value in arguments.keywords if name not in names]
    return Arguments(arguments.positional[count:], keywords, arguments.mappings)


def packed(positional: Variable | None, keywords: Variable | None) -> Arguments:
    """Return the arguments that `f(*positional, **keywords)` passes."""
    return Arguments(
        [(positional, True)] if positional is not None else [], [], [keywords] if keywords is not None else []
    )


def keep(call: Invocation, kept: Instance, function: Variable, arguments: Arguments) -> None:
    """Put a function and the first arguments of its later calls into an instance of `functools.partial`."""
    call.store(kept, "func", function)
    count = 0
    for value, starred in arguments.positional:
        if starred:
            call.store(kept, "[starred]", value)
        else:
            call.store(kept, f"#{count}", value)
            count += 1
    kept.length = count
    for name, value in arguments.keywords:
        call.store(kept, "'" + name, value)
    for value in arguments.mappings:
        call.store(kept, "[mappings]", value)


def kept_arguments(call: Invocation, kept: Instance, given: Arguments) -> Arguments:
    """Return the arguments kept in an instance of `functools.partial`, followed by those given now."""
    item = call.analysis.item
    positional = [(item(kept, f"#{at}"), False) for at in range(kept.length)]
    if "[starred]" in kept.fields:
        positional.append((kept.fields["[starred]"], True))
    given_names = {name for name, _value in given.keywords}
    keywords = [
        (key[1:], value) for key, value in kept.fields.items() if key[0] == "'" and key[1:] not in given_names
    ]
    mappings = [kept.fields["[mappings]"]] if "[mappings]" in kept.fields else []
    return Arguments(
        [*positional, *given.positional], [*keywords, *given.keywords], [*mappings, *given.mappings]
    )


def is_container(call: Invocation, obj: Object) -> bool:
    """Say whether an object is a built-in container."""
    return isinstance(obj, Instance) and obj.cls in call.analysis.builtin.values()


def leaves(call: Invocation, tree: Variable, target: Variable) -> None:
    """`target` takes what nested built-in containers hold that is no container itself."""

    def on_object(obj: Object) -> None:
        if is_container(call, obj):
            elements = call.analysis.field(obj, "[*]")
            if elements not in seen:
                seen.add(elements)
                call.analysis.use(elements, on_object)
        else:
            call.analysis.add(target, obj, call.reason)

    seen: set[Variable] = set()
    call.analysis.use(tree, on_object)


def literal(call: Invocation, index: int, name: str = "") -> ops.Constant | None:
    """Return the constant that the written call passes at a position or under a keyword, if it is one."""
    written = _calls(call.activation.code).get(call.site)
    if written is None:
        return None
    for at, argument in enumerate(written.arguments):
        if (at == index and not argument.kind) or (name and argument.name == name):
            return _constant(call.activation.code, argument.value)
    return None


def keyword_literals(code: Code, register: int) -> dict[str, str]:
    """Return the constant keyword arguments of the call that made a register of a block: name -> text."""
    made = _call(code, register)
    named = [argument for argument in made.arguments if argument.kind == "="] if made is not None else []
    found = [(argument.name, _constant(code, argument.value)) for argument in named]
    return {name: constant.value for name, constant in found if constant is not None}


def keyword_variable(body: Activation, register: int, name: str) -> Variable | None:
    """Return what the call that made a register of a block passes under a keyword."""
    made = _call(body.code, register)
    for argument in made.arguments if made is not None else ():
        if argument.name == name:
            return body.register(argument.value)
    return None


def decorator_literals(code: Code) -> dict[str, str]:
    """Return the constant keyword arguments of the decorators of a class: `@d(kw_only=True)`."""
    found: dict[str, str] = {}
    if code.parent is None:
        return found
    operations = code.parent.block.operations
    made = {op.target for op in operations if isinstance(op, ops.MakeClass) and op.block == code.index}
    for op in operations:
        if isinstance(op, ops.Call) and op.role == "decorator" and op.arguments[0].value in made:
            made.add(op.target)
            found |= keyword_literals(code.parent, op.function)
    return found


@once_per_code
def _calls(code: Code) -> dict[int, ops.Call]:
    return {op.site: op for op in code.block.operations if isinstance(op, ops.Call)}


def _call(code: Code, register: int) -> ops.Call | None:
    """Return the call that made a register, or the one that it is a copy of."""
    made = code.definitions.get(code.aliases.get(register, register))
    return made if isinstance(made, ops.Call) else None


def _constant(code: Code, register: int) -> ops.Constant | None:
    made = code.definitions.get(register)
    return made if isinstance(made, ops.Constant) else None
