"""`functools.partial` and `partialmethod`: a function that keeps its first arguments."""

from chaintrace.plugins.shapes import keep, kept_arguments, without
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance


def register(models: Models) -> None:
    """Register partial application."""
    for path in ("functools.partial", "functools.partialmethod"):
        models.classes.add(path)
        models.function(f"{path}.__init__")(_keep)
    models.binding_wrappers.add("functools.partialmethod")
    models.function("functools.partial.__call__")(_call)
    models.function("functools.partialmethod.__call__")(_call_method)


def _keep(call: Invocation) -> None:
    function = call.argument(0, "func")
    if isinstance(call.receiver, Instance) and function is not None:
        keep(call, call.receiver, function, without(call.call.arguments, 1))


def _call(call: Invocation) -> None:
    kept = call.receiver
    if isinstance(kept, Instance):
        function = call.analysis.field(kept, "func")
        call.run(function, kept_arguments(call, kept, call.call.arguments), call.call.result, flags=())


def _call_method(call: Invocation) -> None:
    """Call with the receiver first: the wrapper binds like a function, so it is the first argument."""
    kept, receiver = call.receiver, call.argument(0)
    if isinstance(kept, Instance) and receiver is not None:
        arguments = kept_arguments(call, kept, without(call.call.arguments, 1)).after(receiver)
        call.run(call.analysis.field(kept, "func"), arguments, call.call.result, flags=())
