"""`logging`: a record goes through the filters, handlers and formatters that the program defines.

All loggers count as one, since records climb to the loggers above.
"""

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.variables import Variable

_LEVELS = ("debug", "info", "warning", "warn", "error", "exception", "critical", "log", "handle")


def register(models: Models) -> None:
    """Register logging."""
    models.classes |= {"logging.Handler", "logging.Formatter"}
    models.function("logging.getLogger")(_get_logger)
    for owner in ("logging.Logger", "logging.Handler"):
        models.function(f"{owner}.addHandler")(lambda call: _keep(call, "[handlers]"))
        models.function(f"{owner}.addFilter")(lambda call: _keep(call, "[filters]"))
    models.function("logging.Handler.setFormatter")(lambda call: _keep(call, "[formatters]"))
    models.function("logging.Handler.format")(_format)
    models.function("logging.Handler.handle")(_handle)
    for name in _LEVELS:
        models.function(f"logging.Logger.{name}")(_log)
    for name in ("StreamHandler", "FileHandler", "NullHandler"):
        models.bases[f"logging.{name}"] = "logging.Handler"
        models.classes.add(f"logging.{name}")


def _get_logger(call: Invocation) -> None:
    call.give(call.analysis.instance_of(call.analysis.external("logging.Logger")))


def _keep(call: Invocation, field: str) -> None:
    if call.receiver is not None:
        call.store(call.receiver, field, call.argument(0))


def _record(call: Invocation) -> Variable:
    found = call.temporary("record")
    record = call.analysis.instance_of(call.analysis.external("logging.LogRecord"))
    call.analysis.add(found, record, call.reason)
    return found


def _log(call: Invocation) -> None:
    logger = call.receiver
    if isinstance(logger, Instance):
        record = _record(call)
        _ask(call, call.slot(logger, "[filters]"), "filter", record)
        handlers = call.slot(logger, "[handlers]")
        call.analysis.use(handlers, lambda handler: _handle_one(call, handler, record))


def _handle_one(call: Invocation, handler: Object, record: Variable) -> None:
    if isinstance(handler, Instance):
        _ask(call, call.slot(handler, "[filters]"), "filter", record)
        if call.analysis.lookups.defines(handler.cls, "emit"):
            call.run_method(handler, "emit", Arguments.of(record))
        else:
            _ask(call, call.slot(handler, "[formatters]"), "format", record)


def _handle(call: Invocation) -> None:
    if call.receiver is not None:
        _handle_one(call, call.receiver, _record(call))


def _format(call: Invocation) -> None:
    """`handler.format(record)`: by the formatter it was given."""
    if call.receiver is not None:
        _ask(call, call.slot(call.receiver, "[formatters]"), "format", _record(call))
    call.give(call.analysis.text)


def _ask(call: Invocation, objects: Variable, name: str, record: Variable) -> None:
    def on_object(obj: Object) -> None:
        if isinstance(obj, Instance) and call.analysis.lookups.defines(obj.cls, name):
            call.run_method(obj, name, Arguments.of(record))

    call.analysis.use(objects, on_object)
