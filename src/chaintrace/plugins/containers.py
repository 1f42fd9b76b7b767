"""`collections`: mappings with a factory, wrappers around containers, named tuples made by a call."""

from chaintrace.plugins.shapes import without
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.builtin.containers import pour_mapping
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.rules import merge

_MAPPINGS = ("OrderedDict", "defaultdict", "Counter", "ChainMap", "UserDict")


def register(models: Models) -> None:
    """Register the containers of `collections`."""
    for name in _MAPPINGS:
        _derive(models, f"collections.{name}", "builtins.dict")
        models.mappings.add(f"collections.{name}")
    for path in ("weakref.WeakKeyDictionary", "weakref.WeakValueDictionary"):
        _derive(models, path, "builtins.dict")
        models.mappings.add(path)
    _derive(models, "weakref.WeakSet", "builtins.set")
    for name in ("deque", "UserList"):
        _derive(models, f"collections.{name}", "builtins.list")
    models.mailboxes["collections.deque"] = "collections.deque"
    models.function("collections.OrderedDict.__init__", "collections.UserDict.__init__")(_fill)
    models.function("collections.UserList.__init__")(_fill_list)
    models.function("collections.defaultdict.__init__")(_keep_factory)
    models.function("collections.defaultdict.__missing__")(_missing)
    models.function("collections.ChainMap.__init__")(_chain)
    models.function("collections.Counter.__init__")(_count)
    models.function("collections.OrderedDict.move_to_end", "collections.deque.rotate")(_nothing)


def _derive(models: Models, path: str, base: str) -> None:
    models.classes.add(path)
    models.bases[path] = base


def _nothing(_call: Invocation) -> None:
    """Do nothing that matters."""


def _fill(call: Invocation) -> None:
    _fill_from(call, 0)


def _fill_list(call: Invocation) -> None:
    """Fill a UserList; its `data` stands for itself."""
    if call.receiver is not None:
        call.store(call.receiver, "[?]", call.elements(call.argument(0)))
        call.analysis.add(call.slot(call.receiver, "data"), call.receiver, call.reason)


def _fill_from(call: Invocation, first: int) -> None:
    made, source = call.receiver, call.argument(first)
    if made is None:
        return
    if source is not None:
        call.analysis.use(source, lambda obj: pour_mapping(call, obj, made))
    for name, value in call.call.arguments.keywords:
        call.store(made, "'" + name, value)
    for mapping in call.call.arguments.mappings:
        call.analysis.use(mapping, lambda obj: merge(call.analysis, obj, made, call.reason))
    if call.path.startswith("collections.UserDict"):
        call.analysis.add(call.slot(made, "data"), made, call.reason)


def _keep_factory(call: Invocation) -> None:
    if call.receiver is not None:
        call.store(call.receiver, "default_factory", call.argument(0, "default_factory"))
        _fill_from(call, 1)


def _missing(call: Invocation) -> None:
    """Make the value of a key that is not there, as the subscript of a defaultdict does."""
    receiver, key = call.receiver, call.argument(0)
    if receiver is not None:
        made = call.temporary(("made", receiver))
        call.run(call.slot(receiver, "default_factory"), Arguments(), made)
        call.give_all(made)
        if key is not None:
            call.analysis.items.store(receiver, key, "", made, call.call)


def _chain(call: Invocation) -> None:
    made = call.receiver
    for value in without(call.call.arguments, 0).positional:
        if made is not None:
            call.analysis.use(value[0], lambda obj: pour_mapping(call, obj, made))


def _count(call: Invocation) -> None:
    """Count elements: they are the keys."""
    made, source = call.receiver, call.argument(0)

    def on_counted(obj: Object) -> None:
        if isinstance(made, Instance):
            call.analysis.iterate_object(obj, call.slot(made, "[k]"), call.activation, call.site)

    if source is not None and made is not None:
        call.analysis.use(source, on_counted)
