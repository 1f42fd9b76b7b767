"""Attributes whose truth may change after they were written: `self.items` where it holds a list.

`if self.items` asks again what is in the list; a flag that is a number, a string, None or an object without
`__len__` and `__bool__` stays what it is until it is written. An object that is written by computed names
(`setattr`, `vars`, `__dict__`) keeps no flag for certain.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import BoundMethod, Class, External, Instance, Object, String, Super
from chaintrace.pointsto.truths import truth_of

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_BY_NAME = frozenset(
    f"builtins.{name}"
    for name in ("setattr", "delattr", "vars", "exec", "object.__setattr__", "object.__delattr__")
)
_DIRECT = frozenset(("__dict__", "__setattr__", "__delattr__", "__setstate__"))


class Changing:
    """Say which attributes of which objects may have another truth later on."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._by_name: set[Object] | None = None
        self._deleted: dict[str, set[Object]] = {}

    def may_change(self, obj: Instance, name: str) -> bool:
        """Say whether the truth of an attribute may change though the program assigns nothing to it."""
        if self._is_rewritten(obj, name):
            return True
        field = obj.fields.get(name)
        return field is not None and any(
            not isinstance(value, String) and truth_of(self.analysis, value) is None
            for value in field.points_to
        )

    def _is_rewritten(self, obj: Object, name: str) -> bool:
        """Say whether an object is written under computed names, or loses this attribute."""
        if self._by_name is None:
            self._by_name = set()
            for activation in self.analysis.activations:
                self._by_name.update(self._reflected(activation))
        return obj in self._by_name or obj in self._deleted.get(name, ())

    def attributes(self, named: Mapping[tuple[Class, str], str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names, sorted, of attributes whose truth may change, and of those rewritten so.

        `named` is by class and attribute.
        """
        found: set[str] = set()
        rewritten: set[str] = set()
        for fact in self.analysis.record.attributes.values():
            symbol = named.get((fact.cls, fact.name), "")
            if fact.kind is not EdgeKind.WRITE or not symbol or fact.via is None:
                continue
            owners = [obj for obj in fact.via.points_to if isinstance(obj, Instance)]
            if symbol not in found and any(self.may_change(obj, fact.name) for obj in owners):
                found.add(symbol)
            if symbol not in rewritten and any(self._is_rewritten(obj, fact.name) for obj in owners):
                rewritten.add(symbol)
        return tuple(sorted(found)), tuple(sorted(rewritten))

    def _reflected(self, activation: Activation) -> Iterator[Object]:
        """Yield the objects that an activation writes under names that are not written in the code."""
        for op in activation.code.block.operations:
            if isinstance(op, ops.Load) and op.name in _DIRECT:
                for obj in activation.register(op.base).points_to:
                    yield obj.receiver if isinstance(obj, Super) else obj
            elif isinstance(op, ops.Delete):
                self._deleted.setdefault(op.name, set()).update(activation.register(op.base).points_to)
            elif isinstance(op, ops.Call) and _writes_by_name(activation, op):
                for argument in op.arguments[:2]:
                    yield from activation.register(argument.value).points_to


def _writes_by_name(activation: Activation, op: ops.Call) -> bool:
    return any(
        isinstance(called, External) and called.path in _BY_NAME
        for called in (
            one.function if isinstance(one, BoundMethod) else one
            for one in activation.register(op.function).points_to
        )
    )
