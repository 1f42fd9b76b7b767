"""What is made from names: `importlib.import_module`, `types.SimpleNamespace`, `types.MethodType`.

A name of which only the beginning is known, such as `"pkg.commands." + name`, means each module of that
package that it may be.
"""

from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Object, String
from chaintrace.pointsto.variables import Variable


def register(models: Models) -> None:
    """Register imports by name and plain namespaces."""
    models.function("importlib.import_module", "importlib.reload")(_import_module)
    models.function("pkgutil.iter_modules", "pkgutil.walk_packages")(_iterate_modules)
    models.classes |= {"types.SimpleNamespace", "argparse.Namespace", "threading.local"}
    for path in ("types.SimpleNamespace", "argparse.Namespace"):
        models.function(f"{path}.__init__")(_fill_namespace)
    models.function("types.MethodType")(_bind)
    models.function("sys.modules.__getitem__", "sys.modules.get")(_loaded)


def _import_module(call: Invocation) -> None:
    names = call.argument(0, "name")
    if names is None:
        return
    if call.path.endswith("reload"):
        call.give_all(names)
    else:
        call.analysis.use(names, lambda obj: _import(call, obj))


def _loaded(call: Invocation) -> None:
    """`sys.modules[name]`."""
    names = call.argument(0)
    if names is not None:
        call.analysis.use(names, lambda obj: _give_module(call, obj))


def _give_module(call: Invocation, obj: Object) -> None:
    if isinstance(obj, String) and not obj.open_end and call.analysis.program.is_known(obj.value):
        call.give(call.analysis.module(obj.value))


def _import(call: Invocation, obj: Object) -> None:
    if not isinstance(obj, String):
        return
    package = call.argument(1, "package")
    if not obj.value.startswith("."):
        _import_absolute(call, obj.value, open_end=obj.open_end)
    elif package is not None:
        call.analysis.use(package, lambda base: _import_relative(call, obj, base))


def _import_relative(call: Invocation, obj: String, base: Object) -> None:
    """Import `..name` relative to a package."""
    if isinstance(base, String) and not base.open_end:
        name = obj.value.lstrip(".")
        parts = base.value.split(".")
        package = ".".join(parts[: len(parts) + 1 - (len(obj.value) - len(name))])
        _import_absolute(call, f"{package}.{name}", open_end=obj.open_end)


def _import_absolute(call: Invocation, name: str, *, open_end: bool) -> None:
    if not open_end:
        _import_named(call, name)
        return
    program = call.analysis.program
    package, _, start = name.rpartition(".")
    if program.is_known(package):
        for child in program.children(package):
            if child.startswith(start):
                _import_named(call, f"{package}.{child}")


def _import_named(call: Invocation, name: str) -> None:
    program = call.analysis.program
    call.analysis.record_import(call.activation, call.site, name)
    if program.is_known(name):
        call.give(call.analysis.module(name))
    elif not program.is_internal(name):
        call.give(call.analysis.external(name))


def _iterate_modules(call: Invocation) -> None:
    """Give (finder, name, is a package); of the name, the beginning that the call passes is known."""
    info = call.new("builtins.tuple", "info")
    info.length = 3
    prefix = call.argument(1, "prefix")
    names = call.slot(info, "#1")
    if prefix is None:
        call.analysis.add(names, call.analysis.text, call.reason)
    else:
        call.analysis.use(prefix, lambda obj: _add_beginning(call, obj, names))
    call.store(info, "name", names)
    found = call.new("builtins.list", "modules")
    call.analysis.add(call.slot(found, "[?]"), info, call.reason)
    call.give(found)


def _add_beginning(call: Invocation, obj: Object, names: Variable) -> None:
    text = call.analysis.string(obj.value, open_end=True) if isinstance(obj, String) else call.analysis.text
    call.analysis.add(names, text, call.reason)


def _fill_namespace(call: Invocation) -> None:
    made = call.receiver
    if made is None:
        return
    for name, value in call.call.arguments.keywords:
        call.store(made, name, value)
    for mapping in call.call.arguments.mappings:
        call.analysis.use(mapping, lambda obj: _spread(call, obj, made))


def _spread(call: Invocation, obj: Object, made: Object) -> None:
    call.analysis.on_items(
        obj, lambda key, value: call.store(made, key[1:], value) if key[0] == "'" else None
    )


def _bind(call: Invocation) -> None:
    functions, receivers = call.argument(0), call.argument(1)
    if functions is not None and receivers is not None:
        call.analysis.use(
            functions,
            lambda function: call.analysis.use(
                receivers, lambda obj: call.give(call.analysis.bound(function, obj))
            ),
        )
