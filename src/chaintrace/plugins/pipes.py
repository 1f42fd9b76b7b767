"""`multiprocessing.Pipe`: two connections; what one sends, the other receives."""

from chaintrace.pointsto.models import Invocation, Models

_CONNECTION = "multiprocessing.connection.Connection"


def register(models: Models) -> None:
    """Register pipes; sending and receiving are rows of a table."""
    models.function("multiprocessing.Pipe", "torch.multiprocessing.Pipe")(_pipe)


def _pipe(call: Invocation) -> None:
    ends = [call.new(_CONNECTION, at) for at in (0, 1)]
    pair = call.new("builtins.tuple")
    pair.length = 2
    for at, end in enumerate(ends):
        call.analysis.add(call.slot(end, "[out]"), ends[1 - at], call.reason)
        call.analysis.add(call.slot(end, "[in]"), end, call.reason)
        call.analysis.add(call.slot(pair, f"#{at}"), end, call.reason)
    call.give(pair)
