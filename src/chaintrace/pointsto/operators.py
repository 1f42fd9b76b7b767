"""Operators: the methods that `+`, `<`, `in`, `not`, f-strings and truth tests run."""

from typing import TYPE_CHECKING

from chaintrace.ir.operations import Binary, Format, Truth, Unary
from chaintrace.pointsto import keys, strings, text
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.items import implicit
from chaintrace.pointsto.joining import Joining
from chaintrace.pointsto.objects import Class, External, Instance, Object, Opaque, String
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


def binary(analysis: "Analysis", activation: Activation, op: Binary) -> None:
    """`left + right`: the left operand's method, in place first, else the right one's reflected method."""
    if op.left < 0 or op.right < 0:
        return
    operation = _Operation(analysis, activation, op)
    analysis.use(operation.left, operation.on_left)
    if op.reflected:
        analysis.use(operation.right, operation.on_right)
    if op.name == "__contains__":
        _search(analysis, activation, op, operation.left)


_COMPARISONS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")


class _Operation:
    """Be one binary operator at its place."""

    def __init__(self, analysis: "Analysis", activation: Activation, op: Binary) -> None:
        self.analysis, self.activation, self.op = analysis, activation, op
        self.left, self.right = activation.register(op.left), activation.register(op.right)
        self.target = activation.register(op.target) if op.target >= 0 else None
        self.joining = Joining(analysis, activation, op, self.target) if self.target is not None else None
        self.declined = False

    def on_left(self, obj: Object) -> None:
        """Run the left operand's method."""
        op, analysis = self.op, self.analysis
        # Without a `__ne__`, `!=` asks `__eq__`.
        name = _first_defined(analysis, obj, (op.in_place, op.name, "__eq__" if op.name == "__ne__" else ""))
        if name and op.reflected:
            answer = Variable((self.activation, "answer"))
            analysis.calls.method(obj, name, self._call(self.right, answer), obj)
            analysis.use(answer, lambda given: self._take(given, answer))
        elif name:
            analysis.calls.method(obj, name, self._call(self.right, self.target), obj)
        elif op.name in _COMPARISONS:
            others = _elements(analysis, self.activation, op, self.right)
            keys.compare_items(analysis, obj, op.name, others, self._call(self.right, None))
        elif isinstance(obj, Instance) and obj.cls in analysis.builtin.values():
            if self.joining is not None:
                self.joining.on_left(obj)
        elif self.target is not None:
            _combine(analysis, self.activation, op, obj, self.right, self.target)

    def _call(self, other: Variable, result: Variable | None) -> Call:
        return implicit(self.activation, self.op.site, other, result=result)

    def _take(self, given: Object, answer: Variable) -> None:
        """Take what the left operand's method returned; after NotImplemented the right operand is asked."""
        if isinstance(given, External) and given.path == "builtins.NotImplemented":
            if not self.declined:
                self.declined = True
                self.analysis.use(self.right, self._reflect)
        elif self.target is not None:
            self.analysis.add(self.target, given, answer)

    def on_right(self, obj: Object) -> None:
        """Run the right operand's reflected method once it is known that no left one has its own."""
        if self._reflected_by(obj):
            self.analysis.later.append(lambda: self._when_alone(obj))

    def _when_alone(self, obj: Object) -> bool:
        own = (self.op.in_place, self.op.name)
        if any(_first_defined(self.analysis, other, own) for other in self.left.points_to):
            return True
        self._reflect(obj)
        return True

    def _reflected_by(self, obj: Object) -> str:
        name = self.op.reflected
        return _first_defined(self.analysis, obj, (name, "__eq__" if name == "__ne__" else ""))

    def _reflect(self, obj: Object) -> None:
        name = self._reflected_by(obj)
        if name:
            self.analysis.calls.method(obj, name, self._call(self.left, self.target), obj)


def _first_defined(analysis: "Analysis", obj: Object, names: tuple[str, ...]) -> str:
    if isinstance(obj, Instance) and isinstance(obj.cls, Class):
        return next((name for name in names if name and analysis.lookups.answers(obj.cls, name)), "")
    if isinstance(obj, Class):
        for metaclass in obj.metaclasses:
            if isinstance(metaclass, Class):
                return next(
                    (name for name in names if name and analysis.lookups.defines(metaclass, name)), ""
                )
    return ""


def _search(analysis: "Analysis", activation: Activation, op: Binary, container: Variable) -> None:
    """`item in container`: built-in ones compare, others may define only how they are iterated."""
    item = activation.register(op.right)

    def on_container(obj: Object) -> None:
        if isinstance(obj, Instance) and not isinstance(obj.cls, Class):
            keys.search(analysis, obj, item, implicit(activation, op.site))
        elif isinstance(obj, Instance) and not _first_defined(analysis, obj, ("__contains__",)):
            analysis.items.iterate(
                obj, activation.temporary(("search", op.site)), implicit(activation, op.site)
            )

    analysis.use(container, on_container)


def _combine(
    analysis: "Analysis", activation: Activation, op: Binary, obj: Object, right: Variable, target: Variable
) -> None:
    """Do the built-in operators on strings, and those on values from outside."""
    reason = Reason("operator", activation, op.site)
    if op.name == "__add__" and (isinstance(obj, String) or obj is analysis.text):
        strings.concatenate(analysis, obj, right, target, reason)
    elif op.name == "__mod__" and isinstance(obj, String):
        text.percent(analysis, obj.value, right, implicit(activation, op.site))
        strings.interpolate(analysis, obj, right, target, reason)
    elif obj is analysis.text and op.name == "__mod__":
        pattern = activation.code.constants.get(op.left, "")[1:]
        text.percent(analysis, pattern, right, implicit(activation, op.site))
        analysis.add(target, obj, reason)
    elif (obj is analysis.text and op.name == "__mul__") or (
        isinstance(obj, Opaque) and op.reflected and not op.name.startswith(("__eq", "__ne", "__lt", "__gt"))
    ):
        analysis.add(target, obj, reason)


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
    analysis.use(activation.register(op.source), lambda obj: ask_truth(analysis, obj, call))


def ask_truth(analysis: "Analysis", obj: Object, call: Call) -> None:
    """Call what the truth of one object runs."""
    name = _first_defined(analysis, obj, ("__bool__", "__len__"))
    if name:
        analysis.calls.method(obj, name, call, obj)


def format_values(analysis: "Analysis", activation: Activation, op: Format) -> None:
    """Convert each value to text; give a string of known beginning."""
    call = implicit(activation, op.site)
    target = activation.register(op.target)
    for value, conversion in zip(op.values, op.conversions, strict=True):
        text.ask(analysis, activation.register(value), conversion, call)
    reason = Reason("constant", activation, op.site)
    if len(op.values) == 1:
        only = activation.register(op.values[0])
        strings.surround(analysis, op.prefix, only, op.suffix, target, reason)
    else:
        analysis.add(target, strings.partly_known(analysis, op.prefix, op.suffix, reason), reason)
