"""Joining: the built-in containers that `a + b`, `a | b` and their like give.

Each kind of container has its own operators and takes its own kind on the right: `-` between lists, or a list
plus a number, gives nothing. Numbers are no objects here, so a right operand that holds nothing, or something
from outside, may be anything.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chaintrace.ir.operations import Binary
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import Class, External, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_SEQUENCE = ("__add__", "__mul__")
_SET = ("__or__", "__and__", "__sub__", "__xor__")
_OPERATORS = {"list": _SEQUENCE, "tuple": _SEQUENCE, "set": _SET, "frozenset": _SET, "dict": ("__or__",)}
_FAMILIES = {"set": ("set", "frozenset"), "frozenset": ("set", "frozenset")}


class Joining:
    """Be one operator at its place: what its right operand holds is looked through once for each family."""

    def __init__(self, analysis: "Analysis", activation: Activation, op: Binary, target: Variable) -> None:
        self.analysis, self.activation, self.op = analysis, activation, op
        self.right, self.target = activation.register(op.right), target
        self.reason = Reason("operator", activation, op.site)
        self._sides: dict[tuple[str, ...], _Side] = {}
        self._elements: Variable | None = None

    def on_left(self, obj: Instance) -> None:
        """Give a container with the items of both; in place, the left one itself."""
        assert isinstance(obj.cls, External)
        kind, name = obj.cls.path.removeprefix("builtins."), self.op.name
        if name not in _OPERATORS[kind] or (
            name == "__add__" and self.op.right in self.activation.code.numbers
        ):
            return
        made = obj if self.op.in_place and kind != "tuple" else None
        if made is not None and kind == "list" and name == "__add__":
            self.analysis.add(self.target, made, self.reason)
            self.analysis.flow(self._iterated(), self.analysis.item(made, "[?]"), self.reason)
            return
        family = () if name == "__mul__" else _FAMILIES.get(kind, (kind,))
        side = self._sides.get(family)
        if side is None:
            side = self._sides[family] = _Side(self, family)
        side.when_possible(lambda: self._result(obj, made, side))

    def _result(self, obj: Instance, made: Instance | None, side: "_Side") -> None:
        """Give what the operator makes, or `made`, which takes what is on the right."""
        analysis = self.analysis
        if made is None:
            made = analysis.allocate(obj.cls, self.activation, self.op.site, ("joined", obj.cls))
            analysis.copy_items(obj, made, self.reason)
        analysis.add(self.target, made, self.reason)
        side.give_to(made)

    def _iterated(self) -> Variable:
        """Return the elements of whatever is on the right: `a += b` takes any iterable."""
        if self._elements is None:
            self._elements = self.activation.temporary(("iterated", self.op.site, self.op.right))
            self.analysis.iterate(self.right, self._elements, self.activation, self.op.site)
        return self._elements


class _Side:
    """Be what the right operand holds of one family of containers; `()` takes numbers only."""

    def __init__(self, joining: Joining, family: tuple[str, ...]) -> None:
        self.joining, self.analysis = joining, joining.analysis
        self.classes = [self.analysis.external(f"builtins.{kind}") for kind in family]
        self.elements = joining.activation.temporary(("operand", joining.op.site, joining.op.right, family))
        self.takers: list[Instance] = []
        self.given: list[Instance] = []
        self.waiting: list[Callable[[], None]] | None = []
        self.analysis.use(joining.right, self._on_right)
        self.analysis.later.append(self._when_unknown)

    def when_possible(self, make: Callable[[], None]) -> None:
        """Do what the operator does as soon as the right operand may be of the family."""
        if self.waiting is None:
            make()
        else:
            self.waiting.append(make)

    def give_to(self, made: Instance) -> None:
        """Put the items on the right into a container: key by key into a dict, else all as one."""
        if made.cls is self.analysis.builtin["dict"]:
            self.takers.append(made)
            for other in self.given:
                self.analysis.copy_items(other, made, self.joining.reason)
        elif self.classes and self.joining.op.name != "__sub__":
            self.analysis.flow(self.elements, self.analysis.item(made, "[?]"), self.joining.reason)

    def _on_right(self, other: Object) -> None:
        foreign = isinstance(other, External) or self._is_foreign(other)
        if not foreign and not self._is_alike(other):
            return
        self._start()
        if isinstance(other, Instance) and self.classes:
            self.given.append(other)
            field = self.analysis.field(other, "[*]")
            self.analysis.flow(
                field, self.elements, Reason("element", self.joining.activation, self.joining.op.site)
            )
            for made in list(self.takers):
                self.analysis.copy_items(other, made, self.joining.reason)

    def _is_alike(self, other: Object) -> bool:
        if not isinstance(other, Instance):
            return False
        order = other.cls.mro if isinstance(other.cls, Class) else [other.cls]
        return any(cls in order for cls in self.classes)

    def _is_foreign(self, other: Object) -> bool:
        """Say whether an object is of a class from outside that is not built in, and may be of the family."""
        cls = other.cls if isinstance(other, Instance) else None
        return isinstance(cls, External) and not cls.path.startswith("builtins.")

    def _when_unknown(self) -> bool:
        if not self.joining.right.points_to:
            self._start()
        return True

    def _start(self) -> None:
        waiting, self.waiting = self.waiting, None
        for make in waiting or ():
            make()
