"""asyncio tasks: making one of a coroutine starts its function; awaiting it gives the result."""

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.plugins.shapes import RESULT, future
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Generator, Object
from chaintrace.pointsto.variables import Variable

_MAKERS = (
    "asyncio.create_task",
    "asyncio.ensure_future",
    "asyncio.Task",
    "asyncio.AbstractEventLoop.create_task",
    "asyncio.TaskGroup.create_task",
)


def register(models: Models) -> None:
    """Register what makes tasks."""
    models.function(*_MAKERS)(_make)
    models.function("asyncio.run_coroutine_threadsafe")(_make_elsewhere)
    models.function("asyncio.gather")(_gather)
    models.function("asyncio.as_completed")(_as_completed)


def _make(call: Invocation) -> None:
    _task(call, call.argument(0, "coro"), "asyncio.Task")


def _make_elsewhere(call: Invocation) -> None:
    _task(call, call.argument(0, "coro"), "concurrent.futures.Future")


def _task(call: Invocation, coroutines: Variable | None, path: str) -> None:
    if coroutines is not None:
        call.give(future(call, _started(call, coroutines, "task"), path))


def _started(call: Invocation, coroutines: Variable, tag: object) -> Variable:
    """Start the coroutines that a variable holds; return the variable of their results."""
    found = call.temporary(("results", tag))
    spawn = Call(
        call.activation, call.site, Arguments(), None, EdgeKind.SPAWN, (), Resolution.MODELLED, via=coroutines
    )

    def on_coroutine(obj: Object) -> None:
        if isinstance(obj, Generator):
            call.analysis.record_call(spawn, obj.activation, obj)

    call.analysis.use(coroutines, on_coroutine)
    call.analysis.flows.wait(coroutines, found, call.activation, call.site)
    return found


def _gather(call: Invocation) -> None:
    """Start all arguments; the results come as a list in their order."""
    made = call.new("builtins.list")
    made.length = len(call.call.arguments.positional)
    for at, (value, starred) in enumerate(call.call.arguments.positional):
        coroutines = call.elements(value, ("starred", at)) if starred else value
        call.store(made, "[?]" if starred else f"#{at}", _started(call, coroutines, at))
        made.length = -1 if starred else made.length
    given = future(call, None)
    call.analysis.add(call.slot(given, RESULT), made, call.reason)
    call.give(given)


def _as_completed(call: Invocation) -> None:
    """Start all; each turn of the loop waits for one result."""
    given = call.argument(0, "fs")
    if given is not None:
        made = call.new("builtins.list")
        results = _started(call, call.elements(given), "each")
        call.analysis.add(call.slot(made, "[?]"), future(call, results), call.reason)
        call.give(made)
