"""`functools` decorators that give a function back: `wraps`, `lru_cache`, `cached_property`, `cmp_to_key`."""

from chaintrace.plugins.shapes import literal
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance
from chaintrace.pointsto.variables import Variable

_CACHES = ("functools.lru_cache", "functools.cache")
_CACHED_PROPERTIES = (
    "functools.cached_property",
    "django.utils.functional.cached_property",
    "werkzeug.utils.cached_property",
)


def register(models: Models) -> None:
    """Register the wrappers."""
    models.function(*_CACHES)(_cache)
    models.function("functools.wraps")(_wraps)
    models.function("functools.wraps.__call__")(_wraps_call)
    models.function("functools.update_wrapper")(_update_wrapper)
    models.function("functools.cmp_to_key")(_cmp_to_key)
    models.function("functools.cmp_to_key.__call__")(_compare)
    for path in _CACHED_PROPERTIES:
        models.classes.add(path)
        models.accessors.add(path)
        models.function(f"{path}.__init__")(_keep_getter)
        models.function(f"{path}.__get__")(_run_getter)


def _cache(call: Invocation) -> None:
    """Give the function itself; with `maxsize` for an argument, give the decorator."""
    function = call.argument(0, "user_function")
    if function is None or literal(call, 0, "maxsize") is not None:
        call.give(call.analysis.external(call.path))
    else:
        call.give_all(function)


def _wraps(call: Invocation) -> None:
    made = call.new("functools.wraps")
    call.store(made, "[wrapped]", call.argument(0, "wrapped"))
    call.give(made)


def _wraps_call(call: Invocation) -> None:
    if call.receiver is not None:
        _dress(call, call.argument(0), call.analysis.field(call.receiver, "[wrapped]"))


def _update_wrapper(call: Invocation) -> None:
    _dress(call, call.argument(0, "wrapper"), call.argument(1, "wrapped"))


def _dress(call: Invocation, wrapper: Variable | None, wrapped: Variable | None) -> None:
    if wrapper is not None:
        call.analysis.use(wrapper, lambda obj: call.store(obj, "__wrapped__", wrapped))
        call.give_all(wrapper)


def _cmp_to_key(call: Invocation) -> None:
    made = call.new("functools.cmp_to_key")
    call.store(made, "[function]", call.argument(0, "mycmp"))
    call.give(made)


def _compare(call: Invocation) -> None:
    value = call.argument(0)
    if call.receiver is not None and value is not None:
        call.run(call.analysis.field(call.receiver, "[function]"), Arguments.of(value, value))


def _keep_getter(call: Invocation) -> None:
    if isinstance(call.receiver, Instance):
        call.store(call.receiver, "fget", call.argument(0, "func"))


def _run_getter(call: Invocation) -> None:
    """Do what `__get__` does for an heir: run the getter with the object that the attribute belongs to."""
    given = call.argument(0)
    if call.receiver is not None and given is not None:
        call.run(call.analysis.field(call.receiver, "fget"), Arguments.of(given), call.call.result)
