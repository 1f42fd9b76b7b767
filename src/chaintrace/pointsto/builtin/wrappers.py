"""`property` and what derives from it, `classmethod`, `staticmethod` and `super`."""

from functools import partial
from typing import TYPE_CHECKING

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Class, Instance, Object

if TYPE_CHECKING:
    from chaintrace.pointsto.activations import Activation


def register(models: Models) -> None:
    """Register the wrappers that change how a class attribute is read."""
    models.accessors |= {"builtins.property", "abc.abstractproperty"}
    models.aliases["abc.abstractproperty"] = "builtins.property"
    models.function("builtins.property")(_property)
    models.function("builtins.classmethod", "abc.abstractclassmethod")(_classmethod)
    models.function("builtins.staticmethod", "abc.abstractstaticmethod")(_staticmethod)
    models.function("builtins.super")(_super)
    for part in ("getter", "setter", "deleter"):
        models.function(f"builtins.property.{part}")(_property_part)
    models.function("builtins.property.__init__")(_keep_parts)
    for method, part in (("__get__", "fget"), ("__set__", "fset"), ("__delete__", "fdel")):
        models.function(f"builtins.property.{method}")(partial(_run_part, part))


_PARTS = ("fget", "fset", "fdel")


def _property(call: Invocation) -> None:
    made = call.new("builtins.property")
    _keep(call, made)
    call.give(made)


def _keep_parts(call: Invocation) -> None:
    """Do what `property.__init__` does for an heir of it."""
    if isinstance(call.receiver, Instance) and isinstance(call.receiver.cls, Class):
        _keep(call, call.receiver)


def _keep(call: Invocation, made: Instance) -> None:
    for index, name in enumerate(_PARTS):
        call.store(made, name, call.argument(index, name))


def _run_part(part: str, call: Invocation) -> None:
    """Do what the methods of `property` do: call a part with the object the attribute belongs to."""
    given = call.argument(0)
    if call.receiver is None or given is None:
        return
    code = call.analysis.field(call.receiver, part)
    value = call.argument(1) if part == "fset" else None
    arguments = Arguments.of(given, value) if value is not None else Arguments.of(given)
    call.run(code, arguments, call.call.result)


def _property_part(call: Invocation) -> None:
    """`@x.setter`: a copy of the property with one part replaced."""
    if not isinstance(call.receiver, Instance):
        return
    cls, tag = call.receiver.cls, (call.path, call.receiver)
    made = call.analysis.allocate(cls, call.activation, call.site, tag)
    replaced = {"getter": "fget", "setter": "fset", "deleter": "fdel"}[call.path.rpartition(".")[2]]
    for name in _PARTS:
        source = call.argument(0) if name == replaced else call.slot(call.receiver, name)
        call.store(made, name, source)
    call.give(made)


def _classmethod(call: Invocation) -> None:
    _wrap(call, "builtins.classmethod")


def _staticmethod(call: Invocation) -> None:
    _wrap(call, "builtins.staticmethod")


def _wrap(call: Invocation, path: str) -> None:
    made = call.new(path)
    call.store(made, "function", call.argument(0))
    call.give(made)


def _super(call: Invocation) -> None:
    """`super()` and `super(C, obj)`."""
    cls, obj = call.argument(0), call.argument(1)
    if cls is None:
        _implicit_super(call)
        return
    if obj is None:
        return
    analysis = call.analysis

    def on_class(start: Object) -> None:
        if isinstance(start, Class):
            analysis.use(obj, lambda receiver: call.give(analysis.super_of(start, receiver)))

    analysis.use(cls, on_class)


def _implicit_super(call: Invocation) -> None:
    found: Activation | None = call.activation
    while found is not None and found.code.owner_class is None:
        found = found.env
    if found is None or found.env is None or found.env.cls is None or not found.code.block.parameters:
        return
    cls = found.env.cls
    analysis = call.analysis

    def on_receiver(receiver: Object) -> None:
        if isinstance(receiver, Instance | Class):
            call.give(analysis.super_of(cls, receiver))

    analysis.use(found.register(0), on_receiver)
