"""Operators: the methods that `+`, `<`, `in`, `not`, f-strings and truth tests run."""

from typing import TYPE_CHECKING

from chaintrace.ir.operations import Binary, Format, Truth, Unary
from chaintrace.pointsto import strings
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.items import implicit
from chaintrace.pointsto.objects import Class, Instance, Object, Opaque, String
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


def binary(analysis: "Analysis", activation: Activation, op: Binary) -> None:
    """`left + right`: the left operand's method, in place first, else the right one's reflected method."""
    if op.left < 0 or op.right < 0:
        return
    left, right = activation.register(op.left), activation.register(op.right)
    target = activation.register(op.target) if op.target >= 0 else None

    def on_left(obj: Object) -> None:
        name = _first_defined(analysis, obj, (op.in_place, op.name))
        if name:
            analysis.calls.method(obj, name, implicit(activation, op.site, right, result=target), obj)
        elif target is not None:
            _combine(analysis, activation, op, obj, right, target)

    def on_right(obj: Object) -> None:
        if not op.reflected or not _first_defined(analysis, obj, (op.reflected,)):
            return

        def when_left_declines() -> bool:
            if any(_first_defined(analysis, other, (op.in_place, op.name)) for other in left.points_to):
                return False
            call = implicit(activation, op.site, left, result=target)
            analysis.calls.method(obj, op.reflected, call, obj)
            return True

        analysis.later.append(when_left_declines)

    analysis.use(left, on_left)
    analysis.use(right, on_right)
    _also(analysis, activation, op, target)


def _also(analysis: "Analysis", activation: Activation, op: Binary, target: Variable | None) -> None:
    """Do what an operator does besides calling a method of its operands."""
    left, right = activation.register(op.left), activation.register(op.right)
    if op.name == "__contains__":
        _search(analysis, activation, op, left)
    elif op.name == "__add__" and target is not None:
        strings.end_with(analysis, left, right, target, Reason("operator", activation, op.site))


def _first_defined(analysis: "Analysis", obj: Object, names: tuple[str, ...]) -> str:
    if isinstance(obj, Instance) and isinstance(obj.cls, Class):
        return next((name for name in names if name and analysis.lookups.defines(obj.cls, name)), "")
    if isinstance(obj, Class):
        for metaclass in obj.metaclasses:
            if isinstance(metaclass, Class):
                return next(
                    (name for name in names if name and analysis.lookups.defines(metaclass, name)), ""
                )
    return ""


def _search(analysis: "Analysis", activation: Activation, op: Binary, container: Variable) -> None:
    """`item in container` where the container defines only how it is iterated."""

    def on_container(obj: Object) -> None:
        if (
            isinstance(obj, Instance)
            and isinstance(obj.cls, Class)
            and not _first_defined(analysis, obj, ("__contains__",))
        ):
            analysis.items.iterate(
                obj, activation.temporary(("search", op.site)), implicit(activation, op.site)
            )

    analysis.use(container, on_container)


def _combine(
    analysis: "Analysis", activation: Activation, op: Binary, obj: Object, right: Variable, target: Variable
) -> None:
    """Do the built-in operators on containers and strings that hand their contents on."""
    reason = Reason("operator", activation, op.site)
    if isinstance(obj, Instance) and obj.cls in analysis.builtin.values():
        if op.in_place == "__iadd__" or op.name in (
            "__add__",
            "__mul__",
            "__or__",
            "__and__",
            "__sub__",
            "__xor__",
        ):
            _join(analysis, activation, op, obj, right, target)
    elif op.name == "__add__" and (isinstance(obj, String) or obj is analysis.text):
        strings.concatenate(analysis, obj, right, target, reason)
    elif op.name == "__mod__" and isinstance(obj, String):
        strings.interpolate(analysis, obj, right, target, reason)
    elif (obj is analysis.text and op.name in ("__mod__", "__mul__")) or (
        isinstance(obj, Opaque) and op.reflected and not op.name.startswith(("__eq", "__ne", "__lt", "__gt"))
    ):
        analysis.add(target, obj, reason)


def _join(
    analysis: "Analysis", activation: Activation, op: Binary, obj: Instance, right: Variable, target: Variable
) -> None:
    """Give a container with the items of both (`a + b`, `a | b`); in place, the left one itself."""
    reason = Reason("operator", activation, op.site)
    if op.in_place and obj.cls is not analysis.builtin["tuple"]:
        result = obj
    else:
        result = analysis.allocate(obj.cls, activation, op.site, ("joined", obj.cls))
        analysis.copy_items(obj, result, reason)
    analysis.add(target, result, reason)
    if op.name == "__mul__":
        return
    if result.cls is analysis.builtin["dict"]:
        analysis.use(right, lambda other: _copy(analysis, other, result, reason))
    else:
        analysis.flow(_elements(analysis, activation, op, right), analysis.item(result, "[?]"), reason)


def _copy(analysis: "Analysis", source: Object, target: Instance, reason: Reason) -> None:
    if isinstance(source, Instance):
        analysis.copy_items(source, target, reason)


def _elements(analysis: "Analysis", activation: Activation, op: Binary, right: Variable) -> Variable:
    """Return the elements of the right operand's containers, gathered once a site."""
    known = ("operand", op.site, op.right) in activation.scratch
    found = activation.temporary(("operand", op.site, op.right))
    if not known:
        reason = Reason("element", activation, op.site)

        def on_container(obj: Object) -> None:
            if isinstance(obj, Instance):
                analysis.flow(analysis.field(obj, "[*]"), found, reason)

        analysis.use(right, on_container)
    return found


def unary(analysis: "Analysis", activation: Activation, op: Unary) -> None:
    """`-x`, `+x`, `~x`."""
    target = activation.register(op.target) if op.target >= 0 else None
    call = implicit(activation, op.site, result=target)
    analysis.use(activation.register(op.operand), lambda obj: analysis.calls.method(obj, op.name, call, obj))


def truth(analysis: "Analysis", activation: Activation, op: Truth) -> None:
    """Ask a value for its truth: `__bool__`, else `__len__`."""
    call = implicit(activation, op.site)

    def on_object(obj: Object) -> None:
        name = _first_defined(analysis, obj, ("__bool__", "__len__"))
        if name:
            analysis.calls.method(obj, name, call, obj)

    analysis.use(activation.register(op.source), on_object)


def format_values(analysis: "Analysis", activation: Activation, op: Format) -> None:
    """Call `__format__`, `__str__` or `__repr__` of each value; give a string of known beginning."""
    call = implicit(activation, op.site)
    target = activation.register(op.target)

    def on_value(obj: Object) -> None:
        name = _first_defined(analysis, obj, ("__format__", "__str__", "__repr__"))
        if name:
            analysis.calls.method(obj, name, call, obj)

    for value in op.values:
        analysis.use(activation.register(value), on_value)
    reason = Reason("constant", activation, op.site)
    if len(op.values) == 1:
        only = activation.register(op.values[0])
        strings.surround(analysis, op.prefix, only, op.suffix, target, reason)
    else:
        analysis.add(target, analysis.string(op.prefix, open_end=True, ending=op.suffix), reason)
