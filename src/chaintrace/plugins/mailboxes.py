"""Mailboxes: a deque to which one function appends, and from whose other end another one takes."""

from chaintrace.pointsto.models import Invocation, Model, Models


def register(models: Models) -> None:
    """Record the ends of deques beside what their methods do."""
    for name, puts in (("append", True), ("popleft", False)):
        path = f"collections.deque.{name}"
        plain = models.find(path)
        if plain is not None:
            models.function(path)(_recording(plain, puts=puts))


def _recording(plain: Model, *, puts: bool) -> Model:
    def model(call: Invocation) -> None:
        plain(call)
        if call.receiver is not None:
            call.port(call.receiver, puts=puts, value=call.argument(0) if puts else None, mailbox=True)

    return model
