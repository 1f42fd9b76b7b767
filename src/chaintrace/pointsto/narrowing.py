"""Narrowing: what of a variable passes, or fails, a test."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chaintrace.ir.operations import Narrow
from chaintrace.pointsto import members, strings
from chaintrace.pointsto.abstract import is_protocol
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import (
    BoundMethod,
    Class,
    External,
    Function,
    Instance,
    Object,
    Opaque,
    String,
)
from chaintrace.pointsto.truths import is_single, may_be_same, truth_of
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

REGISTERED = "[registered]"
"""The field of an abstract class that holds the classes registered with it."""


def narrow(analysis: "Analysis", activation: Activation, op: Narrow) -> None:
    """`target = source`, restricted by a test."""
    if op.source < 0:
        return
    source, target = activation.register(op.source), activation.register(op.target)
    match op.test:
        case "isinstance" | "exact" | "issubclass":
            _by_class(analysis, activation, op, source, target)
        case "none" if not op.negated:
            return
        case "truth":
            _filter(analysis, source, target, lambda obj: truth_of(analysis, obj) is not op.negated)
        case "identical":
            _by_identity(analysis, activation, op, source, target)
        case "callable":
            _filter(analysis, source, target, lambda obj: _is_callable(analysis, obj) is not op.negated)
        case "equal" if op.operands and op.operands[0] in activation.code.constants:
            constant = activation.code.constants[op.operands[0]][1:]
            _filter(
                analysis,
                source,
                target,
                lambda obj: _may_equal(obj, constant) is not op.negated or not _plain(obj),
            )
        case "hasattr" if op.operands and op.operands[0] in activation.code.constants and not op.negated:
            name = activation.code.constants[op.operands[0]][1:]
            _filter(analysis, source, target, lambda obj: _may_have(analysis, obj, name))
        case _:
            analysis.flow(source, target, Reason("assigned", activation, -1))
            if op.test == "member" and not op.negated:
                members.supply(analysis, source, activation.register(op.operands[0]), target)


def _filter(
    analysis: "Analysis", source: Variable, target: Variable, keeps: Callable[[Object], bool]
) -> None:
    def on_object(obj: Object) -> None:
        if keeps(obj):
            analysis.add(target, obj, source)

    analysis.use(source, on_object)


def _by_identity(
    analysis: "Analysis", activation: Activation, op: Narrow, source: Variable, target: Variable
) -> None:
    """Keep what may be the other side; negated, drop what is nothing but the other side.

    A negated test starts when nothing else changes any more, so that the other side is known.
    """
    other = activation.register(op.operands[0])
    if not op.negated and op.operands[0] in activation.code.numbers:
        return

    def unless_same(obj: Object) -> None:
        if not (len(other.points_to) == 1 and other.is_whole and obj in other.points_to and is_single(obj)):
            analysis.add(target, obj, source)

    def same(tested: Object | None) -> None:
        _filter(analysis, source, target, lambda obj: tested is None or may_be_same(obj, tested))

    if op.negated:
        analysis.soon.append(lambda: analysis.use(source, unless_same))
    else:
        strings.each(analysis, other, same)


def _plain(obj: Object) -> bool:
    return isinstance(obj, String) and not obj.open_end


def _may_equal(obj: Object, constant: str) -> bool:
    return isinstance(obj, String) and obj.value == constant


def _is_callable(analysis: "Analysis", obj: Object) -> bool | None:
    """Say whether an object can be called, None where code that was not read knows."""
    if isinstance(obj, Instance) and isinstance(obj.cls, External):
        return False if obj.cls in analysis.builtin.values() else None
    if isinstance(obj, Instance):
        return analysis.lookups.defines(obj.cls, "__call__")
    return None if isinstance(obj, Opaque) else isinstance(obj, Function | BoundMethod | Class | External)


def _may_have(analysis: "Analysis", obj: Object, name: str) -> bool:
    if not isinstance(obj, Instance) or not isinstance(obj.cls, Class):
        return True
    outside = any(isinstance(a, External) and a.path != "builtins.object" for a in obj.cls.mro)
    known = analysis.lookups.defines(obj.cls, name) or analysis.assigns(obj.cls, name) or name in obj.fields
    return outside or known or analysis.lookups.defines(obj.cls, "__getattr__")


def _by_class(
    analysis: "Analysis", activation: Activation, op: Narrow, source: Variable, target: Variable
) -> None:
    """Keep the instances (or, for `issubclass`, the classes) that the tested classes accept.

    A negated test starts when nothing else changes any more, so that the tested classes are known; it drops
    only what is certainly an instance of one of them.
    """
    tested = activation.temporary(("tested", op.operands))
    for operand in op.operands:
        _gather(analysis, activation.register(operand), tested)
    if op.negated:

        def on_rest(obj: Object) -> None:
            _unless(analysis, obj, source, tested, target, op.test)

        analysis.soon.append(lambda: analysis.use(source, on_rest))
        return

    keep_accepted(analysis, tested, source, target, op.test)


def keep_accepted(
    analysis: "Analysis", classes: Variable, source: Variable, target: Variable, test: str
) -> None:
    """`target` takes what of `source` some class, in nested tuples or not, accepts."""

    def on_class(cls: Object) -> None:
        analysis.use(source, lambda obj: _when(analysis, obj, source, cls, target, test))
        if isinstance(cls, Class) and test != "exact":
            analysis.use(analysis.field(cls, REGISTERED), on_class)

    analysis.use_flat(classes, on_class)


def _gather(analysis: "Analysis", operand: Variable, tested: Variable) -> None:
    analysis.use_flat(operand, lambda obj: analysis.add(tested, obj, operand))


def _when(
    analysis: "Analysis", obj: Object, source: Variable, cls: Object, target: Variable, test: str
) -> None:
    if passes_test(analysis, obj, cls, test) is not False:
        analysis.add(target, obj, source)


def _unless(
    analysis: "Analysis", obj: Object, source: Variable, tested: Variable, target: Variable, test: str
) -> None:
    if not any(passes_test(analysis, obj, cls, test) is True for cls in tested.points_to):
        analysis.add(target, obj, source)


def accepts(analysis: "Analysis", obj: Object, cls: Object) -> bool | None:
    """Say whether `obj` is an instance of `cls`: True, False, or None where it is not known."""
    return passes_test(analysis, obj, cls, "isinstance")


def passes_test(analysis: "Analysis", obj: Object, cls: Object, test: str) -> bool | None:
    """Say whether `obj` passes `isinstance(obj, cls)`: True, False, or None where it is not known."""
    if isinstance(cls, External) and cls.path == "builtins.object" and test != "exact":
        return True
    is_own = isinstance(obj, Instance) and isinstance(obj.cls, Class)
    if isinstance(cls, Class) and not is_own and test == "isinstance" and asks(analysis, cls):
        return None
    if test == "issubclass":
        if isinstance(obj, Class):
            return _inherits(analysis, obj, cls)
        return None if isinstance(obj, External) else False
    if isinstance(obj, Instance):
        if test == "exact":
            return obj.cls is cls
        return _inherits(analysis, obj.cls, cls)
    if isinstance(cls, Class):
        return None if isinstance(obj, External) else False
    if isinstance(cls, External) and isinstance(obj, String):
        return cls.path in ("builtins.str", "builtins.object") if cls.path.startswith("builtins.") else False
    if isinstance(cls, External) and isinstance(obj, Function | BoundMethod | Class):
        plain = cls.path.removeprefix("builtins.") in (
            "str",
            "list",
            "tuple",
            "dict",
            "set",
            "int",
            "float",
            "bytes",
        )
        return False if plain else None
    return None


_METHODS = {
    "Hashable": ("__hash__",),
    "Callable": ("__call__",),
    "Sized": ("__len__",),
    "Container": ("__contains__",),
    "Iterable": ("__iter__",),
    "Iterator": ("__iter__", "__next__"),
    "Collection": ("__len__", "__iter__", "__contains__"),
    "Reversible": ("__iter__", "__reversed__"),
    "Generator": ("__iter__", "__next__", "send", "throw", "close"),
    "Awaitable": ("__await__",),
    "AsyncIterable": ("__aiter__",),
    "AsyncIterator": ("__aiter__", "__anext__"),
    "PathLike": ("__fspath__",),
    "AbstractContextManager": ("__enter__", "__exit__"),
    "AbstractAsyncContextManager": ("__aenter__", "__aexit__"),
}
_STRUCTURAL = ("collections.abc", "typing", "os", "contextlib")


def _decides(analysis: "Analysis", cls: Class, other: Object) -> bool | None:
    """Say whether a tested class accepts a class that does not derive from it: None where code decides."""
    if isinstance(other, External):
        module, _, name = other.path.rpartition(".")
        asked = _METHODS.get(name, ()) if module in _STRUCTURAL else ()
        return bool(asked) and all(analysis.lookups.defines(cls, method) for method in asked)
    if not isinstance(other, Class):
        return False
    if is_protocol(other):
        return has_members(analysis, cls, other)
    return None if _has_hooks(analysis, other) else False


def has_members(analysis: "Analysis", cls: Class, protocol: Class) -> bool:
    """Say whether a class has all that a protocol asks for."""
    asked = [one for one in protocol.mro if isinstance(one, Class) and is_protocol(one)]
    names = [name for one in asked for name in one.code.member_names]
    members = [name for name in names if not name.startswith("_") or name in _DUNDERS]
    return all(analysis.lookups.defines(cls, name) or analysis.assigns(cls, name) for name in members)


def _has_hooks(analysis: "Analysis", cls: Class) -> bool:
    """Say whether code of its own decides what is an instance of a class."""
    return analysis.lookups.defines(cls, "__subclasshook__") or any(
        analysis.lookups.defines(metaclass, name)
        for metaclass in cls.metaclasses
        for name in ("__instancecheck__", "__subclasscheck__")
    )


def asks(analysis: "Analysis", cls: Class) -> bool:
    """Say whether what does not derive from a class may be an instance of it."""
    registered = cls.fields.get(REGISTERED)
    return is_protocol(cls) or _has_hooks(analysis, cls) or bool(registered and registered.points_to)


_DUNDERS = frozenset(name for names in _METHODS.values() for name in names)


def _is_base(analysis: "Analysis", path: str, other: Object) -> bool:
    """Say whether an external class is known to derive from another: a built-in exception from its base."""
    while path in analysis.models.bases:
        path = analysis.models.bases[path]
        if isinstance(other, External) and other.path == path:
            return True
    return False


def _inherits(analysis: "Analysis", cls: Class | External, other: Object) -> bool | None:
    if isinstance(cls, Class) and other not in cls.mro:
        asked = _decides(analysis, cls, other)
        if asked is not False:
            return asked
    if isinstance(cls, External):
        if cls is other or _is_base(analysis, cls.path, other):
            return True
        both_plain = (
            isinstance(other, External)
            and cls.path.startswith("builtins.")
            and (other.path.startswith("builtins."))
        )
        return False if isinstance(other, Class) or (both_plain and cls.path != "builtins.object") else None
    if other in cls.mro:
        return True
    outside = [a for a in cls.mro if isinstance(a, External) and a.path != "builtins.object"]
    return (
        None if outside and isinstance(other, External) and not other.path.startswith("builtins.") else False
    )
