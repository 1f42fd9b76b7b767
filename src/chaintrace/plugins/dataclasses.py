"""Dataclasses and what is made like them: decorators, base classes, `field`, `replace`, `asdict`."""

from collections.abc import Iterable

from chaintrace.plugins.fields import FLAG, fields_of
from chaintrace.plugins.generated import Initialiser
from chaintrace.plugins.shapes import decorator_literals, without
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Class, Instance, Object

_WRITTEN = "dataclasses.__init__"
_REPLACING = ("flax.struct.dataclass", "chex.dataclass")


def register(models: Models) -> None:
    """Register dataclasses of the standard library."""
    initialise = Initialiser()
    models.initialisers[FLAG] = initialise
    models.binding_wrappers.add(_WRITTEN)
    models.function(f"{_WRITTEN}.__call__")(lambda call: _initialise_explicitly(call, initialise))
    models.positional = lambda analysis, cls: [
        spec.name for spec in fields_of(cls, analysis.models) if spec.taken and not spec.keyword_only
    ]
    for path in ("dataclasses.replace", "copy.replace", "attrs.evolve", "attr.evolve"):
        models.functions[path] = lambda call: _replace(call, initialise)
    models.function("dataclasses.asdict", "attrs.asdict", "attr.asdict")(_asdict)
    register_family(models, ["dataclasses.dataclass"], [])


def register_family(models: Models, decorators: Iterable[str], bases: Iterable[str]) -> None:
    """Register decorators and base classes that write `__init__` from annotated fields."""
    models.function(*decorators)(_decorate)
    initialise = Initialiser()
    for path in bases:
        models.initialisers[path] = initialise
        models.functions[f"{path}.__init__"] = lambda call: _of_receiver(call, initialise)


def _decorate(call: Invocation) -> None:
    """Mark a class; without one, give the decorator (`@dataclass(frozen=True)`)."""
    classes = call.argument(0, "cls")
    if classes is None:
        call.give(call.analysis.external(call.path))
    else:
        call.analysis.use(classes, lambda obj: _mark(call, obj))


def _mark(call: Invocation, obj: Object) -> None:
    if isinstance(obj, Class) and decorator_literals(obj.code).get("init") != "False":
        obj.flags.add(FLAG)
        if "__init__" not in obj.code.member_names:
            # What `super().__init__(…)` and `C.__init__(self, …)` find.
            written = call.new(_WRITTEN, obj)
            call.analysis.add(call.slot(written, "[class]"), obj, call.reason)
            call.analysis.add(call.slot(obj, "__init__"), written, call.reason)
        if call.path in _REPLACING:
            replace = call.analysis.external("dataclasses.replace")
            call.analysis.add(call.slot(obj, "replace"), replace, call.reason)
    call.give(obj)


def _initialise_explicitly(call: Invocation, initialise: Initialiser) -> None:
    written, receivers = call.receiver, call.argument(0)
    if written is None or receivers is None:
        return
    passing = call.call.passing(without(call.call.arguments, 1))

    def on_receiver(obj: Object) -> None:
        for cls in call.slot(written, "[class]").points_to:
            if isinstance(obj, Instance) and isinstance(cls, Class):
                initialise.of_class(call.analysis, obj, cls, passing, obj)

    call.analysis.use(receivers, on_receiver)


def _of_receiver(call: Invocation, initialise: Initialiser) -> None:
    if isinstance(call.receiver, Instance):
        initialise(call.analysis, call.receiver, call.call, call.receiver)


def _replace(call: Invocation, initialise: Initialiser) -> None:
    """Make an instance of the same class: fields of the old one where no change is given."""
    arguments = without(call.call.arguments, 1 if call.receiver is None else 0)

    def on_object(obj: Object) -> None:
        if isinstance(obj, Instance) and isinstance(obj.cls, Class):
            made = call.analysis.allocate(obj.cls, call.activation, call.site, "replaced")
            given = {name for name, _value in arguments.keywords}
            kept = [
                (spec.name, call.slot(obj, spec.name))
                for spec in fields_of(obj.cls, call.analysis.models)
                if spec.taken and spec.stored and spec.name not in given
            ]
            passed = Arguments(arguments.positional, [*arguments.keywords, *kept], arguments.mappings)
            initialise(call.analysis, made, call.call.passing(passed), obj)
            call.give(made)

    if call.receiver is not None:
        on_object(call.receiver)
    elif (source := call.argument(0)) is not None:
        call.analysis.use(source, on_object)


def _asdict(call: Invocation) -> None:
    source = call.argument(0)

    def on_object(obj: Object) -> None:
        if isinstance(obj, Instance) and isinstance(obj.cls, Class):
            made = call.new("builtins.dict")
            for spec in fields_of(obj.cls, call.analysis.models):
                call.store(made, "'" + spec.name, call.slot(obj, spec.name))
            call.give(made)

    if source is not None:
        call.analysis.use(source, on_object)
