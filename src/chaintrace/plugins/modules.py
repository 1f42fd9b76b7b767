"""What is made from names: `importlib.import_module`, `types.SimpleNamespace`, `types.MethodType`."""

from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Object, String


def register(models: Models) -> None:
    """Register imports by name and plain namespaces."""
    models.function("importlib.import_module", "importlib.reload")(_import_module)
    models.classes |= {"types.SimpleNamespace", "argparse.Namespace", "threading.local"}
    for path in ("types.SimpleNamespace", "argparse.Namespace"):
        models.function(f"{path}.__init__")(_fill_namespace)
    models.function("types.MethodType")(_bind)


def _import_module(call: Invocation) -> None:
    names = call.argument(0, "name")
    if names is None:
        return
    if call.path.endswith("reload"):
        call.give_all(names)
    else:
        call.analysis.use(names, lambda obj: _import(call, obj))


def _import(call: Invocation, obj: Object) -> None:
    if not isinstance(obj, String) or obj.open_end:
        return
    program, name = call.analysis.program, obj.value
    if name.startswith("."):
        level = len(name) - len(name.lstrip("."))
        name = program.absolute(call.activation.code.module, name.lstrip("."), level)
    call.analysis.record_import(call.activation, call.site, name)
    if program.is_known(name):
        call.give(call.analysis.module(name))
    elif not program.is_internal(name):
        call.give(call.analysis.external(name))


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
