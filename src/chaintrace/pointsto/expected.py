"""Expectations: what a variable with a declared type still takes once much has met in it.

Annotations are not believed where little flows: who passes a stand-in in a test means it. But a parameter
that is declared to be one class and is about to hold more than `FEW` objects got most of them through some
meeting place (a registry, a remote call, the keyword arguments of a framework), and what cannot be of the
declared type is left out of it. Points-to analyses of Java filter by declared types everywhere (Lhoták and
Hendren, "Scaling Java points-to analysis using Spark", 2003); here only what would be too much is filtered.
"""

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chaintrace.ir.operations import Annotation
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.declared import CLASSES, TRANSPARENT
from chaintrace.pointsto.narrowing import asks
from chaintrace.pointsto.objects import OPEN_BASES, Class, External, Instance, Object, String, Super
from chaintrace.pointsto.variables import Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

FEW = 8
_TELLING = ("name", "subscript", "union", "plain")
_BUILTINS = "builtins."
_CONTAINERS = frozenset(f"builtins.{name}" for name in ("list", "tuple", "dict", "set", "frozenset"))
_KINDS = frozenset(
    ("typing.TypedDict", "typing_extensions.TypedDict", "builtins.type", "abc.ABCMeta", "enum.EnumMeta")
)
_OPERATORS = ("add", "radd", "sub", "mul", "truediv", "float", "int", "index", "lt", "iter", "getitem", "len")
_ACTING = frozenset(f"__{name}__" for name in (*_OPERATORS, "contains", "str", "fspath"))
_PLAIN = frozenset(("builtins.object", "typing.Generic", "abc.ABC"))


@dataclass(slots=True)
class _Types:
    """Be what an annotation names: classes of the program, paths of built-in ones.

    `themselves` is set for classes as values (`type[C]`), `numbers` for what is no object here.
    `anything` is set where the annotation says nothing that can be held against an object.
    """

    classes: list[Class] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    themselves: bool = False
    numbers: bool = False
    anything: bool = False

    def admits(self, obj: Object) -> bool:
        """Say whether an object may be of one of the types."""
        if isinstance(obj, External | Super):
            return True
        if isinstance(obj, String):
            return "builtins.str" in self.paths
        if isinstance(obj, Class):
            return self.themselves
        return isinstance(obj, Instance) and self._admits_instance(obj.cls)

    def _admits_instance(self, cls: Class | External) -> bool:
        if isinstance(cls, External):
            if cls.path in _CONTAINERS:
                return not _CONTAINERS.isdisjoint(self.paths)
            return not cls.path.startswith(_BUILTINS) or cls.path in self.paths
        if any(wanted in cls.mro for wanted in self.classes):
            return True
        # A class of which some base is not known may be anything, and a proxy may stand for it; `class
        # Level(int, Enum)` is a number, and what has operators of numbers or containers may stand for one.
        if any(isinstance(ancestor, Class) and _may_be_anything(ancestor) for ancestor in cls.mro):
            return True
        acts_so = any(
            _is_built_in(ancestor.path)
            if isinstance(ancestor, External)
            else not _ACTING.isdisjoint(ancestor.code.member_names)
            for ancestor in cls.mro
        )
        return acts_so and (self.numbers or bool(self.paths))


def _may_be_anything(cls: Class) -> bool:
    """Say whether instances of a class may be of any type, or stand for something that is."""
    return _has_unknown_base(cls) or "__getattr__" in cls.code.member_names


def _has_unknown_base(cls: Class) -> bool:
    return OPEN_BASES in cls.flags or not all(cls.bases)


def _is_built_in(path: str) -> bool:
    return path not in _PLAIN and path.partition(".")[0] in sys.stdlib_module_names


def _is_of_a_kind(cls: Class) -> bool:
    """Say whether instances of a class are dicts or classes, or what code not read makes of them."""
    return any(_has_unknown_base(ancestor) for ancestor in cls.mro if isinstance(ancestor, Class)) or any(
        isinstance(ancestor, External) and ancestor.path in _KINDS for ancestor in cls.mro
    )


class Expectations:
    """Keep which variables are declared to hold what, and filter what comes to them."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._declared: dict[Variable, tuple[Annotation, Activation]] = {}

    def expect(self, variable: Variable, annotation: Annotation, activation: Activation) -> None:
        """Take note that `annotation`, evaluated in `activation`, declares a variable."""
        if annotation.form in _TELLING and variable not in self._declared:
            self._declared[variable] = annotation, activation
            variable.limit = min(variable.limit, FEW)

    def filtered(self, fresh: list[Object], variable: Variable) -> list[Object]:
        """Return what of `fresh` can be of the type that a variable is declared to have."""
        declared = self._declared.get(variable)
        if declared is None:
            return fresh
        types = _Types()
        self._read(*declared, types)
        return fresh if types.anything else [obj for obj in fresh if types.admits(obj)]

    def _read(self, annotation: Annotation, activation: Activation, types: _Types) -> None:
        if annotation.form == "union":
            for argument in annotation.arguments:
                self._read(argument, activation, types)
        elif annotation.form == "plain":
            types.numbers = True
        elif annotation.form in ("name", "subscript") and annotation.register >= 0:
            heads = activation.register(annotation.register).points_to
            types.anything = types.anything or not heads
            for head in heads:
                self._name(head, annotation, activation, types)
        else:
            types.anything = True

    def _name(self, head: Object, annotation: Annotation, activation: Activation, types: _Types) -> None:
        if isinstance(head, Class):
            types.classes.append(head)
            types.anything = types.anything or asks(self.analysis, head) or _is_of_a_kind(head)
        elif not isinstance(head, External):
            types.anything = True
        elif head.path in TRANSPARENT and annotation.arguments:
            chosen = annotation.arguments[:1] if head.path.endswith("Annotated") else annotation.arguments
            self._read(Annotation("union", -1, chosen), activation, types)
        elif head.path in CLASSES:
            types.themselves = True
        elif head.path in _CONTAINERS or head.path == "builtins.str":
            types.paths.add(head.path)
        else:
            types.anything = True  # protocols and abstract classes of others take what has their methods
