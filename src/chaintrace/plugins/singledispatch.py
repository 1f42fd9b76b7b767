"""`functools.singledispatch`: one name, a function for each class of the first argument.

Which registered function runs depends on an argument's class, so those edges are of the dispatch kind.
"""

from chaintrace.graph.edges import EdgeKind
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import BoundMethod, Class, External, Function, Instance, Object
from chaintrace.pointsto.variables import Variable

_PLAIN, _METHOD = "functools.singledispatch", "functools.singledispatchmethod"


def register(models: Models) -> None:
    """Register single dispatch."""
    models.binding_wrappers.add(_METHOD)
    for path in (_PLAIN, _METHOD):
        models.function(path)(_wrap)
        models.function(f"{path}.__call__")(_call)
        models.function(f"{path}.register")(_register)
        models.function(f"{path}.dispatch")(_dispatch)


def _wrap(call: Invocation) -> None:
    made = call.new(call.path)
    call.store(made, "[default]", call.argument(0, "func"))
    call.give(made)


def _call(call: Invocation) -> None:
    """Run the default, and each registered function that takes a class the argument may have."""
    if call.receiver is None:
        return
    at = 1 if call.path.startswith(_METHOD) else 0
    arguments, result, subject = call.call.arguments, call.call.result, call.argument(at)
    call.run(call.slot(call.receiver, "[default]"), arguments, result, flags=())
    registered = call.temporary("registered")
    call.run(registered, arguments, result, EdgeKind.DISPATCH, flags=())
    call.analysis.use(
        call.slot(call.receiver, "[registered]"), lambda pair: _choose(call, pair, subject, registered)
    )


def _choose(call: Invocation, pair: Object, subject: Variable | None, chosen: Variable) -> None:
    """Take a registered function once the argument may be an instance of its class."""
    functions, classes = call.slot(pair, "[function]"), call.slot(pair, "[class]")

    def on_class(cls: Object) -> None:
        if isinstance(cls, Class) and subject is not None:
            call.analysis.use(subject, lambda obj: on_subject(obj, cls))
        else:
            call.analysis.flow(functions, chosen, call.reason)

    def on_subject(obj: Object, cls: Class) -> None:
        if isinstance(obj, External) or (
            isinstance(obj, Instance) and isinstance(obj.cls, Class) and cls in obj.cls.mro
        ):
            call.analysis.flow(functions, chosen, call.reason)

    def when_unknown() -> bool:
        # An annotation with a built-in class leaves no trace.
        if not classes.points_to:
            call.analysis.flow(functions, chosen, call.reason)
        return True

    call.analysis.use(classes, on_class)
    call.analysis.later.append(when_unknown)


def _register(call: Invocation) -> None:
    """`@f.register`, `@f.register(C)` and `f.register(C, g)`."""
    first, second = call.argument(0, "cls"), call.argument(1, "func")
    if call.receiver is None or first is None:
        return
    pair = call.new("functools.singledispatch.pair")
    call.analysis.add(call.slot(call.receiver, "[registered]"), pair, call.reason)
    if second is not None:
        call.store(pair, "[class]", first)
        call.store(pair, "[function]", second)
        call.give_all(second)
        return
    call.analysis.use(first, lambda obj: _register_one(call, pair, obj))


def _register_one(call: Invocation, pair: Instance, obj: Object) -> None:
    if isinstance(obj, Function | BoundMethod):
        call.analysis.add(call.slot(pair, "[function]"), obj, call.reason)
        _read_annotation(call, pair, obj)
        call.give(obj)
    elif isinstance(obj, Class | External):
        call.analysis.add(call.slot(pair, "[class]"), obj, call.reason)
        keeper = call.new("functools.partial", obj)
        keeper.length = 1
        method = call.analysis.bound(call.analysis.external(call.path), call.receiver or pair)
        call.analysis.add(call.slot(keeper, "func"), method, call.reason)
        call.analysis.add(call.slot(keeper, "#0"), obj, call.reason)
        call.give(keeper)


def _read_annotation(call: Invocation, pair: Instance, obj: Object) -> None:
    """Take the class from the annotation of the first parameter that has one."""
    function = obj.function if isinstance(obj, BoundMethod) else obj
    if isinstance(function, Function):
        for name, annotation in function.annotations:
            register = getattr(annotation, "register", -1)
            if name != "return" and register >= 0:
                call.store(pair, "[class]", function.env.register(register))
                return


def _dispatch(call: Invocation) -> None:
    if call.receiver is not None:
        call.give_all(call.slot(call.receiver, "[default]"))
        pairs = call.slot(call.receiver, "[registered]")
        call.analysis.use(pairs, lambda pair: call.give_all(call.slot(pair, "[function]")))
