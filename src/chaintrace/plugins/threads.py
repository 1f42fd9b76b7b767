"""Threads and processes: constructing one is where its target is handed over, so the spawn edge starts there.

A subclass that overrides `run` runs that when it is started, and its target only where `run` hands on to the
library's.
"""

from chaintrace.graph.edges import EdgeKind
from chaintrace.plugins.shapes import packed
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance
from chaintrace.pointsto.variables import Variable

_TARGET, _POSITIONAL, _KEYWORDS = "[target]", "[args]", "[kwargs]"

_LIKE_THREADS = (
    "threading.Thread",
    "multiprocessing.Process",
    "multiprocessing.context.SpawnProcess",
    "multiprocessing.context.ForkProcess",
    "torch.multiprocessing.Process",
)


def register(models: Models) -> None:
    """Register what starts threads and processes."""
    for path in _LIKE_THREADS:
        models.classes.add(path)
        models.function(f"{path}.__init__")(_construct)
        models.function(f"{path}.start")(_start)
        models.function(f"{path}.run")(_run)
    models.classes.add("threading.Timer")
    models.bases["threading.Timer"] = "threading.Thread"
    models.function("threading.Timer.__init__")(_construct_timer)
    models.function("_thread.start_new_thread")(_start_new)


def _construct(call: Invocation) -> None:
    _hand_over(call, call.argument(1, "target"), call.argument(3, "args"), call.argument(4, "kwargs"))


def _construct_timer(call: Invocation) -> None:
    _hand_over(call, call.argument(1, "function"), call.argument(2, "args"), call.argument(3, "kwargs"))


def _hand_over(
    call: Invocation, target: Variable | None, positional: Variable | None, keywords: Variable | None
) -> None:
    """Start the target, or keep it for `super().run()` where the thread has a `run` of its own."""
    thread = call.receiver
    if isinstance(thread, Instance) and call.analysis.lookups.defines(thread.cls, "run"):
        call.store(thread, _TARGET, target)
        call.store(thread, _POSITIONAL, positional)
        call.store(thread, _KEYWORDS, keywords)
    else:
        call.run(target, packed(positional, keywords), kind=EdgeKind.SPAWN, flags=())


def _run(call: Invocation) -> None:
    """Call the target, as `super().run()` does."""
    if call.receiver is not None:
        arguments = packed(call.slot(call.receiver, _POSITIONAL), call.slot(call.receiver, _KEYWORDS))
        call.run(call.slot(call.receiver, _TARGET), arguments)


def _start(call: Invocation) -> None:
    thread = call.receiver
    if isinstance(thread, Instance) and call.analysis.lookups.defines(thread.cls, "run"):
        call.run_method(thread, "run", packed(None, None), kind=EdgeKind.SPAWN)


def _start_new(call: Invocation) -> None:
    arguments = packed(call.argument(1), call.argument(2))
    call.run(call.argument(0), arguments, kind=EdgeKind.SPAWN, flags=())
