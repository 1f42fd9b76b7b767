"""Threads and processes: constructing one is where its target is handed over, so the spawn edge starts there.

A subclass that overrides `run` has no target; its `start()` spawns `run`.
"""

from chaintrace.graph.edges import EdgeKind
from chaintrace.plugins.shapes import packed
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance

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
    models.classes.add("threading.Timer")
    models.bases["threading.Timer"] = "threading.Thread"
    models.function("threading.Timer.__init__")(_construct_timer)
    models.function("_thread.start_new_thread")(_start_new)


def _construct(call: Invocation) -> None:
    arguments = packed(call.argument(3, "args"), call.argument(4, "kwargs"))
    call.run(call.argument(1, "target"), arguments, kind=EdgeKind.SPAWN, flags=())


def _construct_timer(call: Invocation) -> None:
    arguments = packed(call.argument(2, "args"), call.argument(3, "kwargs"))
    call.run(call.argument(1, "function"), arguments, kind=EdgeKind.SPAWN, flags=())


def _start(call: Invocation) -> None:
    thread = call.receiver
    if isinstance(thread, Instance) and call.analysis.lookups.defines(thread.cls, "run"):
        call.run_method(thread, "run", packed(None, None), kind=EdgeKind.SPAWN)


def _start_new(call: Invocation) -> None:
    arguments = packed(call.argument(1), call.argument(2))
    call.run(call.argument(0), arguments, kind=EdgeKind.SPAWN, flags=())
