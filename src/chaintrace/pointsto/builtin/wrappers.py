"""`property`, `classmethod`, `staticmethod` and `super`."""

from typing import TYPE_CHECKING

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


def _property(call: Invocation) -> None:
    made = call.new("builtins.property")
    for index, name in enumerate(("fget", "fset", "fdel")):
        call.store(made, name, call.argument(index, name))
    call.give(made)


def _property_part(call: Invocation) -> None:
    """`@x.setter`: a copy of the property with one part replaced."""
    if not isinstance(call.receiver, Instance):
        return
    made = call.new("builtins.property", call.receiver)
    replaced = {"getter": "fget", "setter": "fset", "deleter": "fdel"}[call.path.rpartition(".")[2]]
    for name in ("fget", "fset", "fdel"):
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
