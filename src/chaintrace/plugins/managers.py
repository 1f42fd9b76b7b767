"""`contextlib`: generator functions as context managers, and managers of other managers."""

from chaintrace.plugins.shapes import KEPT, future, keep, without
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.variables import Variable

_WRAPPER = "contextlib.contextmanager"
_MANAGER = "contextlib.generator_manager"
_DECORATED = "contextlib.decorated"
_STACKS = ("contextlib.ExitStack", "contextlib.AsyncExitStack")


def register(models: Models) -> None:
    """Register context managers."""
    for path in (_WRAPPER, "contextlib.asynccontextmanager"):
        models.function(path)(_wrap)
    models.binding_wrappers.add(_WRAPPER)
    models.function(f"{_WRAPPER}.__call__")(_start)
    models.function(f"{_MANAGER}.__enter__")(_enter)
    models.function(f"{_MANAGER}.__aenter__")(_enter_async)
    models.function(f"{_MANAGER}.__call__")(lambda call: call.give_all(call.argument(0)))
    models.binding_wrappers.add(_DECORATED)
    for path in ("contextlib.ContextDecorator", "contextlib.AsyncContextDecorator"):
        models.function(f"{path}.__call__")(_decorate)
    models.function(f"{_DECORATED}.__call__")(_run_decorated)
    for path in _STACKS:
        models.classes.add(path)
        models.function(f"{path}.enter_context", f"{path}.enter_async_context")(_enter_context)
        models.function(f"{path}.callback", f"{path}.push_async_callback")(_callback)
        models.function(f"{path}.push", f"{path}.push_async_exit")(_push)
        models.function(f"{path}.__exit__", f"{path}.__aexit__", f"{path}.close", f"{path}.aclose")(_unwind)
        models.function(f"{path}.pop_all")(_pop_all)


def _wrap(call: Invocation) -> None:
    made = call.new(_WRAPPER)
    call.store(made, "[function]", call.argument(0, "func"))
    call.store(made, "__wrapped__", call.argument(0, "func"))
    call.give(made)


def _start(call: Invocation) -> None:
    """Call the generator function; the manager holds the generator."""
    if call.receiver is not None:
        made = call.new(_MANAGER, call.receiver)
        generators = call.slot(made, "[generator]")
        call.run(call.slot(call.receiver, "[function]"), call.call.arguments, generators, flags=())
        call.give(made)


def _decorate(call: Invocation) -> None:
    """Wrap a function so that each call runs inside the manager."""
    function = call.argument(0)
    if call.receiver is not None and function is not None:
        made = call.new(_DECORATED, call.receiver)
        call.store(made, "[function]", function)
        call.store(made, "__wrapped__", function)
        call.analysis.add(call.slot(made, "[manager]"), call.receiver, call.reason)
        call.give(made)


def _run_decorated(call: Invocation) -> None:
    decorated = call.receiver
    if decorated is not None:
        for name in ("__enter__", "__aenter__", "__exit__", "__aexit__"):
            managers = call.slot(decorated, "[manager]")
            call.analysis.use(managers, lambda obj, name=name: call.run_method(obj, name, Arguments()))  # type: ignore[misc]
        call.run(call.slot(decorated, "[function]"), call.call.arguments, call.call.result, flags=())


def _yielded(call: Invocation) -> Variable | None:
    return call.elements(call.slot(call.receiver, "[generator]")) if call.receiver is not None else None


def _enter(call: Invocation) -> None:
    call.give_all(_yielded(call))


def _enter_async(call: Invocation) -> None:
    call.give(future(call, _yielded(call)))


def _enter_context(call: Invocation) -> None:
    """Enter a manager now, and leave it when the stack unwinds."""
    managers = call.argument(0, "cm")
    if managers is None or call.receiver is None:
        return
    is_async = call.path.endswith("async_context")
    given = call.temporary("given")
    call.store(call.receiver, "[managers]", managers)

    def on_manager(obj: Object) -> None:
        call.analysis.flows.enter_one(obj, managers, given, is_async, call.activation, call.site)

    call.analysis.use(managers, on_manager)
    if is_async:
        call.give(future(call, given))
    else:
        call.give_all(given)


def _callback(call: Invocation) -> None:
    function = call.argument(0, "callback")
    if call.receiver is not None and function is not None:
        kept = call.new(KEPT)
        keep(call, kept, function, without(call.call.arguments, 1))
        call.analysis.add(call.slot(call.receiver, "[callbacks]"), kept, call.reason)
        call.give_all(function)


def _push(call: Invocation) -> None:
    if call.receiver is not None:
        call.store(call.receiver, "[managers]", call.argument(0, "exit"))
        call.store(call.receiver, "[callbacks]", call.argument(0, "exit"))
        call.give_all(call.argument(0, "exit"))


def _unwind(call: Invocation) -> None:
    stack = call.receiver
    if stack is None:
        return
    call.run(call.slot(stack, "[callbacks]"), Arguments())
    name = "__aexit__" if call.path.endswith(("__aexit__", "aclose")) else "__exit__"

    def leave(obj: Object) -> None:
        names = (name, "__exit__") if name == "__aexit__" else (name,)
        for one in names:
            if isinstance(obj, Instance) and call.analysis.lookups.of_class(obj.cls, one).points_to:
                call.run_method(obj, one, Arguments())
                return

    call.analysis.use(call.slot(stack, "[managers]"), leave)


def _pop_all(call: Invocation) -> None:
    if call.receiver is not None:
        call.give(call.receiver)
