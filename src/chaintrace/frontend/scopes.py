"""Scopes: which binding a name means.

A *scope* is a module, class, function, lambda or comprehension body. Comprehensions own names but no block:
their operations belong to the block around them, so their names are told apart by a numbered key (`x@3`).
"""

from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """Say what a scope is the body of."""

    MODULE = 0
    CLASS = 1
    FUNCTION = 2
    LAMBDA = 3
    COMPREHENSION = 4


class Place(IntEnum):
    """Say where the value of a name lives, as seen from one scope."""

    REGISTER = 0  # a name of the same block
    CELL = 1  # a name of an enclosing block, or an own name that an inner block assigns
    GLOBAL = 2
    BUILTIN = 3
    OPAQUE = 4  # a declared generic parameter (`def f[T]`): holds nothing a program calls


class Meaning(NamedTuple):
    """Resolve one name: where it lives, under which key, and the scope that owns it (cells only)."""

    place: Place
    key: str
    owner: "Scope | None" = None


class Scope:
    """Collect the names that one body binds and reads; resolve names once the whole file is surveyed."""

    __slots__ = (
        "assigned_inside",
        "block",
        "bound",
        "cells",
        "class_name",
        "enclosed",
        "global_names",
        "has_star",
        "index",
        "is_generator",
        "kind",
        "log",
        "module",
        "nonlocal_names",
        "number",
        "opaque",
        "parent",
        "reads",
        "resolved",
    )

    def __init__(self, kind: Kind, parent: "Scope | None", number: int) -> None:
        self.kind = kind
        self.parent = parent
        self.number = number
        self.module: Scope = self if parent is None else parent.module
        self.block: Scope = parent.block if parent and kind is Kind.COMPREHENSION else self
        self.enclosed: bool = parent is not None and (parent.kind >= Kind.FUNCTION or parent.block.enclosed)
        self.class_name: str = parent.class_name if parent else ""
        self.bound: dict[str, None] = {}
        self.reads: set[str] = set()
        self.global_names: set[str] = set()
        self.nonlocal_names: set[str] = set()
        self.cells: set[str] = set()
        self.assigned_inside: set[str] = set()
        self.opaque: set[str] = set()
        self.log: list[str] = []
        self.is_generator = False
        self.has_star = False
        self.index = -1
        self.resolved: dict[str, Meaning] = {}

    def mangle(self, name: str) -> str:
        """Return `name` as the class around this scope stores it: `__x` becomes `_C__x`."""
        if name.startswith("__") and self.class_name and not name.endswith("__"):
            return f"_{self.class_name}{name}"
        return name

    def bind(self, name: str) -> None:
        """Record that the code of this scope binds `name` (already mangled)."""
        self.block.log.append(name)
        if name in self.global_names:
            self.module.bound[name] = None
            if self is not self.module:
                self.module.assigned_inside.add(name)
        elif name not in self.nonlocal_names:
            self.bound[name] = None

    def key(self, name: str) -> str:
        """Return the key under which this scope's own `name` is versioned."""
        return f"{name}@{self.number}" if self.kind is Kind.COMPREHENSION else name

    def resolve(self, name: str) -> Meaning:
        """Return what `name`, as written in this scope, means."""
        meaning = self.resolved.get(name)
        if meaning is None:
            meaning = self.resolved[name] = self.look_up(name)
        return meaning

    def look_up(self, name: str) -> Meaning:
        """Resolve `name` afresh: while cells are being found, meanings change."""
        return self._search(self.mangle(name), self)

    def outside(self, name: str) -> Meaning:
        """Return what `name` means when this (class) scope does not hold it."""
        return self._search(self.mangle(name), self.parent or self)

    def _search(self, name: str, start: "Scope") -> Meaning:
        scope: Scope | None = start
        while scope is not None:
            if scope.kind is Kind.CLASS and scope is not self:
                scope = scope.parent
                continue
            if name in scope.global_names and scope is not scope.module:
                return Meaning(Place.GLOBAL, name)
            if name in scope.bound:
                return self._found(name, scope)
            if name in scope.opaque:
                return Meaning(Place.OPAQUE, name)
            scope = scope.parent
        return Meaning(Place.GLOBAL if self.module.has_star else Place.BUILTIN, name)

    def _found(self, name: str, scope: "Scope") -> Meaning:
        key = scope.key(name)
        if scope.kind is Kind.MODULE:
            own = self.block is scope and name not in scope.assigned_inside
            return Meaning(Place.REGISTER if own else Place.GLOBAL, key)
        if scope.block is self.block and key not in scope.block.assigned_inside:
            return Meaning(Place.REGISTER, key)
        return Meaning(Place.CELL, key, scope.block)


def find_cells(scopes: list[Scope]) -> None:
    """Tell each block which of its names inner blocks read or assign.

    The names that inner blocks assign by `nonlocal` are found first: they change what a name means in its own
    block.
    """
    enclosed = [scope for scope in scopes if scope.block.enclosed]
    for scope in enclosed:
        for name in scope.nonlocal_names:
            meaning = scope.look_up(name)
            if meaning.owner is not None:
                meaning.owner.cells.add(meaning.key)
                meaning.owner.assigned_inside.add(meaning.key)
    for scope in enclosed:
        for name in scope.reads:
            meaning = scope.resolve(name)
            if meaning.owner is not None:
                meaning.owner.cells.add(meaning.key)
