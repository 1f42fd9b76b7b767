"""`list`, `tuple`, `set`, `dict`: construction and the methods that move elements."""

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.keys import compare, look_up
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.rules import merge
from chaintrace.pointsto.variables import Variable
from chaintrace.pointsto.walks import walks_of

_ADDERS = {"append": 0, "add": 0, "insert": 1, "appendleft": 0}
_TAKERS = ("pop", "popleft", "popitem")
_SAME = ("copy", "__iter__", "union", "intersection", "difference", "symmetric_difference", "__reversed__")


def register(models: Models) -> None:
    """Register the containers; other mutable sequences and mappings may name these as their base."""
    models.mappings.add("builtins.dict")
    models.mailboxes["builtins.list"] = "list"
    for name in ("list", "tuple", "set", "frozenset", "dict"):
        models.classes.add(f"builtins.{name}")
        models.function(f"builtins.{name}")(_make)
        models.function(f"builtins.{name}.__init__")(_fill)
    for kind in ("list", "set"):
        for name in _ADDERS:
            models.function(f"builtins.{kind}.{name}")(_append)
        for name in ("extend", "update", "extendleft", "__ior__", "__iadd__"):
            models.function(f"builtins.{kind}.{name}")(_extend)
    for kind in ("list", "set", "frozenset", "tuple"):
        for name in _SAME:
            models.function(f"builtins.{kind}.{name}")(_same)
        for name in _TAKERS:
            models.function(f"builtins.{kind}.{name}")(_take)
    models.function("builtins.list.sort")(_sort)
    models.function("builtins.list.reverse")(_move)
    models.function("builtins.list.index", "builtins.list.count", "builtins.list.remove")(_compare)
    models.function("builtins.tuple.index", "builtins.tuple.count")(_compare)
    models.function("builtins.set.discard", "builtins.set.remove")(_look_up)
    _register_dict(models)


def _register_dict(models: Models) -> None:
    models.function("builtins.dict.get", "builtins.dict.pop")(_get)
    models.function("builtins.dict.setdefault")(_setdefault)
    models.function("builtins.dict.update", "builtins.dict.__ior__")(_update)
    models.function("builtins.dict.copy", "builtins.dict.__iter__")(_same)
    models.function("builtins.dict.values")(_values)
    models.function("builtins.dict.keys")(_keys)
    models.function("builtins.dict.items")(_items)
    models.function("builtins.dict.popitem")(_pair)
    models.function("builtins.dict.fromkeys")(_from_keys)
    for kind in ("list", "dict", "tuple"):
        models.function(f"builtins.{kind}.__getitem__")(_get_item)
    for kind in ("list", "dict"):
        models.function(f"builtins.{kind}.__setitem__")(_set_item)


def _make(call: Invocation) -> None:
    made = call.analysis.allocate(call.analysis.external(call.path), call.activation, call.site, "made")
    fill(call, made)
    call.give(made)


def _fill(call: Invocation) -> None:
    if isinstance(call.receiver, Instance):
        fill(call, call.receiver)


def fill(call: Invocation, made: Instance) -> None:
    """Put the call's arguments into a new container, as `list(xs)` and `dict(m, k=v)` do."""
    source = call.argument(0)
    if source is not None:
        if call.path.startswith("builtins.dict"):
            call.analysis.use(source, lambda obj: pour_mapping(call, obj, made))
        elif call.path.startswith(("builtins.tuple", "builtins.list")):
            call.analysis.use(source, lambda obj: _pour_sequence(call, obj, made))
        else:
            call.analysis.iterate(source, call.slot(made, "[?]"), call.activation, call.site)
            if call.path.startswith(("builtins.set", "builtins.frozenset")):
                look_up(call.analysis, call.slot(made, "[?]"), made, call.call)
    for name, value in call.call.arguments.keywords:
        call.store(made, "'" + name, value)
    for mapping in call.call.arguments.mappings:
        call.analysis.use(mapping, lambda obj: merge(call.analysis, obj, made, call.reason))


def _pour_sequence(call: Invocation, obj: Object, made: Instance) -> None:
    """Copy a sequence position by position, anything else element by element."""
    if isinstance(obj, Instance) and obj.cls in call.analysis.sequences:
        made.length = obj.length
        call.analysis.copy_items(obj, made, call.reason)
    else:
        call.analysis.iterate_object(obj, call.slot(made, "[?]"), call.activation, call.site)


def pour_mapping(call: Invocation, obj: Object, made: Object) -> None:
    """Copy a mapping, or an iterable of pairs, into a mapping."""
    if not isinstance(obj, Instance):
        return
    is_sequence = obj.cls in call.analysis.sequences
    if ("[k]" in obj.fields and not is_sequence) or obj.cls is call.analysis.builtin["dict"]:
        merge(call.analysis, obj, made, call.reason)
        return
    pairs = call.temporary(("pairs", obj))
    call.analysis.iterate_object(obj, pairs, call.activation, call.site)

    def on_pair(pair: Object) -> None:
        if isinstance(pair, Instance) and pair.cls in call.analysis.sequences:
            key, value = call.temporary(("key", pair)), call.temporary(("value", pair))
            call.analysis.items.load_key(pair, "#0", key, call.reason)
            call.analysis.items.load_key(pair, "#1", value, call.reason)
            call.analysis.items.store(made, key, "", value, call.call)

    call.analysis.use(pairs, on_pair)


def _append(call: Invocation) -> None:
    if call.receiver is not None:
        name = call.path.rpartition(".")[2]
        call.store(call.receiver, "[?]", call.argument(_ADDERS[name]))
        if name == "insert":
            _move(call)
        elif name == "add":
            _look_up(call)


def _move(call: Invocation) -> None:
    """Let any item stand at any position of the list whose method is called."""
    if isinstance(call.receiver, Instance) and call.receiver.site is not None:
        call.analysis.flow(call.slot(call.receiver, "[*]"), call.slot(call.receiver, "[?]"), call.reason)


def _extend(call: Invocation) -> None:
    if call.receiver is not None:
        for value in call.values():
            call.analysis.iterate(value, call.slot(call.receiver, "[?]"), call.activation, call.site)
        call.give(call.receiver)


def _same(call: Invocation) -> None:
    """Give a container with the same elements: the receiver stands for its copies."""
    if call.receiver is not None:
        for value in call.values():
            call.analysis.iterate(value, call.slot(call.receiver, "[?]"), call.activation, call.site)
        call.give(call.receiver)


def _take(call: Invocation) -> None:
    if call.receiver is not None:
        call.give_all(call.slot(call.receiver, "[*]"))
        if call.argument(0) is not None:
            _move(call)


def _sort(call: Invocation) -> None:
    if call.receiver is not None:
        _move(call)
        elements = call.slot(call.receiver, "[*]")
        call.run(call.argument(9, "key"), Arguments.of(elements))
        if call.argument(9, "key") is None:
            order(call, elements)


def order(call: Invocation, elements: Variable, names: tuple[str, ...] = ("__lt__",)) -> None:
    """Compare elements with one another, as sorting does: by the first of some methods that they define."""

    def on_element(obj: Object) -> None:
        if isinstance(obj, Instance) and obj.cls in call.analysis.sequences:
            # `(priority, item)`: items are compared where the rest is equal.
            inner = call.analysis.field(obj, "[*]")
            compare(call.analysis, inner, inner, ("__eq__", "__lt__"), call.call)
        elif isinstance(obj, Instance):
            name = next((n for n in names if call.analysis.lookups.defines(obj.cls, n)), names[-1])
            call.run_method(obj, name, Arguments.of(elements))

    call.analysis.use(elements, on_element)


def _compare(call: Invocation) -> None:
    value = call.argument(0)
    if call.receiver is not None and value is not None:
        elements = call.slot(call.receiver, "[*]")
        call.analysis.use(elements, lambda obj: call.run_method(obj, "__eq__", Arguments.of(value)))
        if call.path.endswith(".remove"):
            _move(call)


def _look_up(call: Invocation) -> None:
    key = call.argument(0)
    if call.receiver is not None and key is not None:
        look_up(call.analysis, key, call.receiver, call.call)


def _get(call: Invocation) -> None:
    key = call.argument(0)
    call.give_all(call.argument(1))
    if call.receiver is None or key is None:
        return
    _read_key(call, key)


def _read_key(call: Invocation, key: Variable) -> None:
    analysis, receiver, result = call.analysis, call.receiver, call.call.result
    if isinstance(receiver, Instance):
        look_up(analysis, key, receiver, call.call)
        if result is not None:
            analysis.items.load_under(receiver, key, result, call.reason)


def _setdefault(call: Invocation) -> None:
    key, value = call.argument(0), call.argument(1)
    if call.receiver is None or key is None:
        return
    call.give_all(value)
    if value is not None:
        call.analysis.items.store(call.receiver, key, "", value, call.call)
    _read_key(call, key)


def _update(call: Invocation) -> None:
    receiver = call.receiver
    if receiver is None:
        return
    source = call.argument(0)
    if source is not None:
        call.analysis.use(source, lambda obj: pour_mapping(call, obj, receiver))
    for name, value in call.call.arguments.keywords:
        call.store(receiver, "'" + name, value)
    for mapping in call.call.arguments.mappings:
        call.analysis.use(mapping, lambda obj: merge(call.analysis, obj, receiver, call.reason))


def _values(call: Invocation) -> None:
    if call.receiver is not None:
        made = call.new("builtins.list")
        call.store(made, "[?]", call.slot(call.receiver, "[*]"))
        call.give(made)


def _keys(call: Invocation) -> None:
    if call.receiver is not None:
        made = call.new("builtins.set")
        call.store(made, "[?]", call.slot(call.receiver, "[k]"))
        call.give(made)


def _items(call: Invocation) -> None:
    if call.receiver is not None:
        made = call.new("builtins.list")
        if walks_of(call.activation.code):
            call.analysis.on_items(call.receiver, lambda key, value: _keep_pair(call, made, key, value))
        else:
            call.analysis.add(call.slot(made, "[?]"), _make_pair(call), call.reason)
        call.give(made)


def _keep_pair(call: Invocation, made: Instance, key: str, value: Variable) -> None:
    """Keep a key that is a class or a member of an enumeration with what is stored under it."""
    assert call.receiver is not None
    pair = call.new("builtins.tuple", ("pair", key if key.startswith("@") else ""))
    pair.length = 2
    if key.startswith("@"):
        call.analysis.add(call.slot(pair, "#0"), call.analysis.keys[key], call.reason)
    else:
        call.store(pair, "#0", call.slot(call.receiver, "[k]"))
    call.store(pair, "#1", value)
    call.analysis.add(call.slot(made, "[?]"), pair, call.reason)


def _pair(call: Invocation) -> None:
    if call.receiver is not None:
        call.give(_make_pair(call))


def _make_pair(call: Invocation) -> Instance:
    assert call.receiver is not None
    pair = call.new("builtins.tuple", "pair")
    pair.length = 2
    call.store(pair, "#0", call.slot(call.receiver, "[k]"))
    call.store(pair, "#1", call.slot(call.receiver, "[*]"))
    return pair


def _from_keys(call: Invocation) -> None:
    made = call.new("builtins.dict")
    keys = call.argument(0)
    if keys is not None:
        call.analysis.iterate(keys, call.slot(made, "[k]"), call.activation, call.site)
        look_up(call.analysis, call.slot(made, "[k]"), made, call.call)
    call.store(made, "[?]", call.argument(1))
    call.give(made)


def _get_item(call: Invocation) -> None:
    key = call.argument(0)
    if key is not None:
        _read_key(call, key)


def _set_item(call: Invocation) -> None:
    key, value = call.argument(0), call.argument(1)
    if isinstance(call.receiver, Instance) and key is not None and value is not None:
        call.analysis.items.put(call.receiver, key, "", value, call.call)
