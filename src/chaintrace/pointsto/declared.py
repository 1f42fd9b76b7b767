"""Declared annotations: what a variable may hold where nothing flowed in.

At a library's entry points, and for values out of foreign code, an annotation is the only evidence. It
supplies the instances of the class, and of its subclasses, that the program makes; where it makes none, one
instance that stands for them (see `chaintrace.pointsto.roots`).
"""

import sys
from typing import TYPE_CHECKING

from chaintrace.ir.operations import Annotation
from chaintrace.pointsto.abstract import is_left_to_heirs, is_protocol
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.narrowing import has_members
from chaintrace.pointsto.objects import Class, External, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_SEQUENCES = {
    "builtins.list": "list",
    "builtins.tuple": "tuple",
    "builtins.set": "set",
    "builtins.frozenset": "set",
    "collections.deque": "list",
    **{
        f"{module}.{name}": "list"
        for module in ("typing", "collections.abc")
        for name in ("List", "Sequence", "Iterable", "Iterator", "Collection", "Generator", "MutableSequence")
    },
    **{f"typing.{name}": "set" for name in ("Set", "FrozenSet", "AbstractSet")},
    "typing.Tuple": "tuple",
}
_MAPPINGS = {
    "builtins.dict",
    "collections.OrderedDict",
    "collections.defaultdict",
    *(
        f"{module}.{name}"
        for module in ("typing", "collections.abc")
        for name in ("Mapping", "MutableMapping")
    ),
    "typing.Dict",
}
TRANSPARENT = {
    f"{module}.{name}"
    for module in ("typing", "typing_extensions")
    for name in ("Optional", "Union", "Annotated", "Final", "Required", "NotRequired", "ReadOnly")
}
CLASSES = {"builtins.type", "typing.Type"}
_MOST_IMPLEMENTERS = 3  # classes that a protocol may mean
_NOTHING = {"typing.Any", "builtins.object", "typing.Literal", "typing.Callable", "collections.abc.Callable"}


def is_open(analysis: "Analysis", variable: Variable) -> bool:
    """Say whether nothing that is known flowed into a variable: nothing of the program's own, no model's."""
    return all(_is_foreign(analysis, obj) for obj in variable.points_to)


def _is_foreign(analysis: "Analysis", obj: Object) -> bool:
    if isinstance(obj, Instance) and isinstance(obj.cls, External):
        return obj.cls.path.partition(".")[0] not in sys.stdlib_module_names and not _is_known(
            analysis, obj.cls.path
        )
    return isinstance(obj, External)


def supply(
    analysis: "Analysis", target: Variable, annotation: Annotation, activation: Activation, site: int
) -> None:
    """Let `target` hold what `annotation`, evaluated in `activation`, stands for."""
    reason = Reason("declared", activation, site)
    if annotation.form == "union":
        for argument in annotation.arguments:
            supply(analysis, target, argument, activation, site)
    elif annotation.form == "name" and annotation.register >= 0:
        head = activation.register(annotation.register)
        analysis.use_flat(head, lambda obj: _instance(analysis, obj, target, reason))
    elif annotation.form == "subscript" and annotation.register >= 0:
        head = activation.register(annotation.register)
        analysis.use(
            head, lambda obj: _subscript(analysis, obj, target, annotation.arguments, activation, site)
        )


def _instance(analysis: "Analysis", obj: Object, target: Variable, reason: Reason) -> None:
    if isinstance(obj, Class):
        analysis.flow(analysis.known_instances(obj), target, reason)
        for cls in _implementers(analysis, obj) if is_protocol(obj) else ():
            analysis.flow(analysis.known_instances(cls), target, reason)
    elif isinstance(obj, External) and obj.path not in _NOTHING and _is_known(analysis, obj.path):
        analysis.add(target, analysis.instance_of(obj), reason)


def _implementers(analysis: "Analysis", protocol: Class) -> list[Class]:
    """Return the classes that have what a protocol asks for without deriving from it; none where many do."""
    known = analysis.implementers.get(protocol)
    if known is not None and known[0] == len(analysis.classes):
        return known[1]
    found = [
        cls
        for cls in analysis.classes
        if protocol not in cls.mro and not is_protocol(cls) and has_members(analysis, cls, protocol)
    ]
    highest = [cls for cls in found if not any(other in cls.mro for other in found if other is not cls)]
    chosen = highest if len(highest) <= _MOST_IMPLEMENTERS else []
    analysis.implementers[protocol] = len(analysis.classes), chosen
    return chosen


def _is_known(analysis: "Analysis", path: str) -> bool:
    return path in analysis.models.classes or path == "builtins.str"


def _subscript(
    analysis: "Analysis",
    obj: Object,
    target: Variable,
    arguments: tuple[Annotation, ...],
    activation: Activation,
    site: int,
) -> None:
    reason = Reason("declared", activation, site)
    if isinstance(obj, Class):
        _instance(analysis, obj, target, reason)
        return
    if not isinstance(obj, External):
        return
    if obj.path in TRANSPARENT:
        chosen = arguments[:1] if obj.path.endswith("Annotated") else arguments
        for argument in chosen:
            supply(analysis, target, argument, activation, site)
    elif obj.path in CLASSES and arguments:
        _class_itself(analysis, target, arguments[0], activation, reason)
    elif obj.path in _SEQUENCES or obj.path in _MAPPINGS:
        _container(analysis, obj.path, target, arguments, activation, site)


def _class_itself(
    analysis: "Analysis", target: Variable, argument: Annotation, activation: Activation, reason: Reason
) -> None:
    """`type[C]`: the class and its heirs; one made by a function may, as far as known, be its own heir."""
    seen: dict[Class, None] = {}

    def on_class(obj: Object) -> None:
        if isinstance(obj, Class) and obj not in seen:
            seen[obj] = None
            if not is_left_to_heirs(analysis, obj):
                analysis.add(target, obj, reason)
            for heir in list(obj.heirs):
                on_class(heir)

    if argument.register >= 0:
        analysis.use(activation.register(argument.register), on_class)


def _container(
    analysis: "Analysis",
    path: str,
    target: Variable,
    arguments: tuple[Annotation, ...],
    activation: Activation,
    site: int,
) -> None:
    """`list[C]`, `dict[K, C]`: a container of declared elements, if any can be one of the program's."""
    kind = _SEQUENCES.get(path, "dict")
    made = analysis.allocate(analysis.builtin[kind], activation, site, ("declared", arguments))
    made.declared = True
    elements = analysis.item(made, "[?]")
    for argument in arguments[1:2] if kind == "dict" else arguments:
        supply(analysis, elements, argument, activation, site)
    analysis.add(target, made, Reason("declared", activation, site))
