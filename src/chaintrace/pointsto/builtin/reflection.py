"""`type`, `getattr`, `setattr`, `isinstance` and the functions that ask an object for a dunder method."""

from chaintrace.pointsto import introspect, metaclasses, pairs, text
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.items import implicit
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Class, External, Instance, ModuleObject, Object, String
from chaintrace.pointsto.variables import Variable

_ASKS = {
    "len": ("__len__",),
    "bool": ("__bool__", "__len__"),
    "int": ("__int__", "__index__"),
    "float": ("__float__",),
    "complex": ("__complex__",),
    "bytes": ("__bytes__",),
    "hash": ("__hash__",),
    "abs": ("__abs__",),
    "round": ("__round__",),
    "divmod": ("__divmod__",),
    "pow": ("__pow__",),
    "dir": ("__dir__",),
    "hex": ("__index__",),
    "oct": ("__index__",),
    "bin": ("__index__",),
}
_TEXT = ("hex", "oct", "bin")
_CONVERSIONS = {"str": "s", "repr": "r", "ascii": "a", "format": "f", "print": "s"}


def register(models: Models) -> None:
    """Register reflection."""
    models.function("builtins.type")(_type)
    models.function("builtins.getattr")(_getattr)
    models.function("builtins.setattr")(_setattr)
    models.function("builtins.vars")(_vars)
    models.function("builtins.type.__subclasses__")(_subclasses)
    models.function("builtins.type.mro")(_mro)
    models.function("builtins.function.__get__")(_bind)
    models.function("builtins.isinstance", "builtins.issubclass")(_checked)
    models.function("builtins.object.__new__", "builtins.type.__new__")(_new)
    models.function("builtins.type.__call__")(_construct)
    models.function("builtins.object.__setattr__")(_setattr_method)
    models.function("builtins.object.__getattribute__")(_getattr_method)
    models.function("builtins.object.__init__", "builtins.type.__init__")(lambda _call: None)
    models.function("builtins.__import__")(_import)
    models.function("builtins.globals", "builtins.locals")(_globals)
    for name in _ASKS:
        models.function(f"builtins.{name}")(_ask)
    for name in _CONVERSIONS:
        models.function(f"builtins.{name}")(_convert)
    models.function("builtins.input", "builtins.chr")(lambda call: call.give(call.analysis.text))
    inert = (
        "id",
        "callable",
        "hasattr",
        "delattr",
        "open",
        "breakpoint",
        "ord",
        "memoryview",
        "bytearray",
        "slice",
    )
    for name in inert:
        models.inert.add(f"builtins.{name}")


def _ask(call: Invocation) -> None:
    """Call the dunder method that a builtin function stands for."""
    name = call.path.removeprefix("builtins.")
    for value in call.values():
        call.analysis.use(value, lambda obj: ask(call, name, obj))
    if name in _TEXT:
        call.give(call.analysis.text)


def _convert(call: Invocation) -> None:
    """`str(x)`, `repr(x)`, `format(x, spec)`, `print(x, y)`: convert to text."""
    name = call.path.removeprefix("builtins.")
    for at, (value, starred) in enumerate(call.call.arguments.positional):
        given = call.elements(value, ("starred", at)) if starred else value
        if at == 0 or name == "print":
            text.ask(call.analysis, given, _CONVERSIONS[name], implicit(call.activation, call.site))
    if name != "print":
        call.give(call.analysis.text)
    if name == "str":
        _keep_strings(call)


def ask(call: Invocation, name: str, obj: Object) -> None:
    """Call the dunder method of one object that the builtin function `name` stands for."""
    if isinstance(obj, Instance) and isinstance(obj.cls, Class):
        for method in _ASKS[name]:
            if call.analysis.lookups.defines(obj.cls, method):
                call.run_method(obj, method, Arguments())
                return
    elif isinstance(obj, Class) and obj.metaclasses:
        call.run_method(obj, _ASKS[name][0], Arguments())


def _keep_strings(call: Invocation) -> None:
    value = call.argument(0)
    if value is not None:
        call.analysis.use(value, lambda obj: call.give(obj) if isinstance(obj, String) else None)


def _type(call: Invocation) -> None:
    """`type(x)`: the class of what `x` holds."""
    value = call.argument(0)
    if value is None:
        return
    if call.argument(1) is not None:
        metaclasses.made_by(call, 0)
        return

    def on_object(obj: Object) -> None:
        if isinstance(obj, Instance):
            call.give(obj.cls)
        elif isinstance(obj, Class):
            for metaclass in obj.metaclasses:
                call.give(metaclass)

    call.analysis.use(value, on_object)


def _getattr(call: Invocation) -> None:
    """`getattr(x, name, default)` with every name that the analysis can see."""
    base, name = call.argument(0), call.argument(1)
    call.give_all(call.argument(2))
    if base is None or name is None:
        return
    _read_named(call, base, name)


def _getattr_method(call: Invocation) -> None:
    name = call.argument(0)
    if call.receiver is not None and name is not None:
        base = call.temporary("receiver")
        call.analysis.add(base, call.receiver, call.reason)
        _read_named(call, base, name)


def _read_named(call: Invocation, base: Variable, name: Variable) -> None:
    analysis = call.analysis

    def on_name(value: Object) -> None:
        if not isinstance(value, String):
            return
        if value.open_end:
            analysis.use(base, lambda obj: _read_like(call, obj, value))
        elif call.call.result is not None:
            analysis.attributes.load(base, value.value, call.call.result, call.activation, call.site)

    analysis.use(name, on_name)


def _read_like(call: Invocation, obj: Object, pattern: String) -> None:
    """Read every attribute with a known beginning and ending: `getattr(self, "visit_" + kind)`."""
    if call.call.result is None:
        return
    for name in _attribute_names(obj):
        if name.startswith(pattern.value) and name.endswith(pattern.ending):
            analysis = call.analysis
            holder = call.temporary(("prefixed", obj))
            analysis.add(holder, obj, call.reason)
            analysis.attributes.load(holder, name, call.call.result, call.activation, call.site)


def _attribute_names(obj: Object) -> list[str]:
    cls = obj.cls if isinstance(obj, Instance) else obj
    names: dict[str, None] = {}
    if isinstance(cls, Class):
        for ancestor in cls.mro:
            if isinstance(ancestor, Class):
                names.update(dict.fromkeys(ancestor.code.block.bindings))
    elif isinstance(obj, ModuleObject) and obj.module is not None:
        names.update(obj.module.names)
    return list(names)


def _setattr(call: Invocation) -> None:
    """`setattr(x, name, value)`."""
    base, name, value = call.argument(0), call.argument(1), call.argument(2)
    if base is None or name is None or value is None:
        return

    def store(names: Variable, values: Variable) -> None:
        call.analysis.use(names, lambda text: on_name(text, values))

    def on_name(text: Object, values: Variable) -> None:
        if isinstance(text, String) and not text.open_end:
            call.analysis.reflected.store(base, text.value, values, call.call)

    read = pairs.read_of(call.activation, name, value)
    in_step = pairs.pairs_of(call.activation, name, value)
    if read is not None:
        call.analysis.use(name, lambda text: _copy_attribute(call, *read, base, text))
    elif in_step is None:
        store(name, value)
    else:
        pairs.each(call.analysis, in_step, store)


def _copy_attribute(call: Invocation, source: Variable, site: int, base: Variable, text: Object) -> None:
    """`setattr(base, name, getattr(source, name))`: each attribute goes under its own name."""
    if isinstance(text, String) and not text.open_end:
        analysis = call.analysis
        value = call.temporary(("read", text.value))
        analysis.attributes.load(source, text.value, value, call.activation, site)
        analysis.reflected.store(base, text.value, value, call.call)


def _setattr_method(call: Invocation) -> None:
    """`object.__setattr__(self, name, value)`, also reached through `super()`."""
    name, value = call.argument(0), call.argument(1)
    receiver = call.receiver
    if receiver is None:
        holder, name, value = call.argument(0), call.argument(1), call.argument(2)
        if holder is None or name is None or value is None:
            return
        call.analysis.use(holder, lambda obj: _store_named(call, obj, name, value))
    elif name is not None and value is not None:
        _store_named(call, receiver, name, value)


def _store_named(call: Invocation, obj: Object, name: Variable, value: Variable) -> None:

    def on_name(text: Object) -> None:
        if isinstance(text, String) and not text.open_end:
            call.analysis.flow(value, call.analysis.field(obj, text.value), call.reason)

    call.analysis.use(name, on_name)


def _vars(call: Invocation) -> None:
    """`vars(x)`: the namespace of what `x` holds."""
    value = call.argument(0)
    if value is None:
        call.give(call.new("builtins.dict"))
        return

    def on_object(obj: Object) -> None:
        namespace = introspect.namespace_of(call.analysis, obj, call.reason)
        if namespace is not None:
            call.give(namespace)

    call.analysis.use(value, on_object)


def _subclasses(call: Invocation) -> None:
    if isinstance(call.receiver, Class):
        made = call.new("builtins.list", call.receiver)
        call.store(made, "[?]", call.slot(call.receiver, introspect.HEIRS))
        call.give(made)


def _mro(call: Invocation) -> None:
    if isinstance(call.receiver, Class):
        call.give(introspect.classes_of(call.analysis, call.receiver, "__mro__", call.call))


def _bind(call: Invocation) -> None:
    """`function.__get__(obj, cls)`."""
    value, function = call.argument(0), call.receiver
    if value is not None and function is not None:
        call.analysis.use(value, lambda obj: call.give(call.analysis.bound(function, obj)))


def _checked(call: Invocation) -> None:
    """`isinstance(x, C)`: a metaclass may answer."""
    classes = call.argument(1)
    if classes is None:
        return
    name = "__instancecheck__" if call.path.endswith("isinstance") else "__subclasscheck__"
    value = call.argument(0) or call.analysis.nothing

    def on_class(obj: Object) -> None:
        if isinstance(obj, Class) and obj.metaclasses:
            call.run_method(obj, name, Arguments.of(value))
        if isinstance(obj, Class) and call.analysis.lookups.defines(obj, "__subclasshook__"):
            _ask_hook(call, obj, value)

    call.analysis.use_flat(classes, on_class)


def _ask_hook(call: Invocation, cls: Class, value: Variable) -> None:
    """Ask an abstract class's `__subclasshook__`, which is given the class of the value."""
    given = value
    if call.path.endswith("isinstance"):
        given = call.temporary(("class of", cls))
        classes = given

        def on_value(obj: Object) -> None:
            if isinstance(obj, Instance):
                call.analysis.add(classes, obj.cls, call.reason)

        call.analysis.use(value, on_value)

    def on_found(found: Object) -> None:
        hook = call.analysis.unwrap(found)
        if hook is not None:
            asking = implicit(call.activation, call.site, given)
            call.analysis.calls.apply(call.analysis.bound(hook, cls), asking, cls)

    call.analysis.use(call.analysis.lookups.of_class(cls, "__subclasshook__"), on_found)


def _new(call: Invocation) -> None:
    """`object.__new__(cls)`: an instance of `cls`, told apart by the call that constructs."""
    cls = call.argument(0)
    if cls is None:
        return
    analysis = call.analysis

    def on_class(obj: Object) -> None:
        if isinstance(obj, Class) and call.argument(3) is not None and metaclasses.is_metaclass(obj):
            metaclasses.made_by(call, 1)
        elif isinstance(obj, Class) and call.path.startswith("builtins.object"):
            call.give(analysis.allocate(obj, call.activation, call.site))
        elif isinstance(obj, External):
            call.give(analysis.instance_of(obj))

    if call.path == "builtins.type.__new__":
        metaclasses.made_by(call, 1)
    analysis.use(cls, on_class)


def _construct(call: Invocation) -> None:
    """`super().__call__(…)` or `type.__call__(cls, …)` in a metaclass: do what calling a class does."""
    if isinstance(call.receiver, Class):
        call.analysis.construction.plain(call.receiver, call.call, call.receiver)
        return
    cls, given = call.argument(0), call.call.arguments
    if call.receiver is not None or cls is None or given.positional[0][1]:
        return
    made = call.call.passing(Arguments(given.positional[1:], given.keywords, given.mappings))

    def on_class(obj: Object) -> None:
        if isinstance(obj, Class):
            call.analysis.construction.plain(obj, made, obj)

    call.analysis.use(cls, on_class)


def _import(call: Invocation) -> None:
    name = call.argument(0)
    if name is None:
        return
    analysis = call.analysis

    def on_name(text: Object) -> None:
        if isinstance(text, String) and not text.open_end and analysis.program.is_known(text.value):
            call.give(analysis.module(text.value.partition(".")[0]))

    analysis.use(name, on_name)


def _globals(call: Invocation) -> None:
    """`globals()`: a mapping whose items are the module's names."""
    if call.path.endswith("locals"):
        call.give(call.new("builtins.dict"))
        return
    module = call.activation.code.module
    made = call.new("builtins.dict")
    owner = call.analysis.module(module.name)
    for name in list(module.names):
        call.store(made, "'" + name, call.analysis.field(owner, name))
    call.give(made)
