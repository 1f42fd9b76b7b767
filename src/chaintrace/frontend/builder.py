"""Builder: the block being lowered, its registers, its flow and the names it reads and binds."""

import re
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Protocol

import libcst as cst

from chaintrace.frontend.flow import MAYBE, Fact, Flow
from chaintrace.frontend.guards import add_guards
from chaintrace.frontend.scopes import Kind, Place, Scope
from chaintrace.frontend.source import Source, anchor
from chaintrace.ir.facts import Block, Region
from chaintrace.ir.operations import (
    Constant,
    Copy,
    LoadBuiltin,
    LoadCell,
    LoadGlobal,
    LoadMember,
    Narrow,
    Operation,
    StoreCell,
    StoreGlobal,
    StoreMember,
)

Lower = Callable[["Builder", Any], int]
_WORD = re.compile(r"\w+")
Act = Callable[["Builder", Any], None]


class Tables:
    """Hold what lowers each kind of tree; filled by the modules that know how."""

    expressions: ClassVar[dict[type[cst.CSTNode], Lower]] = {}
    statements: ClassVar[dict[type[cst.CSTNode], Act]] = {}


class Loop(Protocol):
    """What `break` and `continue` need of the loop around them."""

    breaks: list[Flow]

    def back(self, b: "Builder") -> None:
        """Carry the names' registers to the next round."""


class Builder:
    """Build one block: emit operations, version names, join flows."""

    __slots__ = (
        "block",
        "block_scope",
        "classes",
        "flow",
        "guard",
        "index",
        "logs",
        "loops",
        "operations",
        "origin",
        "prefix",
        "registers",
        "scope",
        "source",
        "spans",
        "versions",
    )

    def __init__(self, source: Source, scope: Scope, block: Block, prefix: str) -> None:
        self.source = source
        self.spans = source.spans
        self.scope = scope
        self.block_scope = scope
        self.block = block
        self.prefix = prefix
        self.operations: list[Operation] = block.operations
        self.registers = 0
        self.flow: Flow | None = Flow({}, {})
        self.guard = -1
        self.origin: dict[int, tuple[int, Fact]] = {}
        self.versions: dict[tuple[int, Fact], int] = {}
        self.classes: dict[int, int] = {}  # of match patterns, by id of their tree
        self.loops: list[Loop] = []
        self.logs: list[list[tuple[str, int]]] = []
        scope.index = self.index = len(source.blocks)
        source.blocks.append(block)

    @property
    def live(self) -> Flow:
        """The current flow; what is lowered where nothing leads starts from an empty one."""
        if self.flow is None:
            self.flow = Flow({}, {})
        return self.flow

    # Registers, operations and places.

    def new(self) -> int:
        """Return a fresh register."""
        register = self.registers
        self.registers = register + 1
        return register

    def site(self, tree: cst.CSTNode) -> int:
        """Return a site from the last name of `tree` to its end."""
        return self.source.add_site(anchor(tree, self.spans), self.spans[id(tree)][1], self.guard)

    def whole(self, tree: cst.CSTNode) -> int:
        """Return a site over all of `tree`."""
        start, end = self.spans[id(tree)]
        return self.source.add_site(start, end, self.guard)

    def expression(self, tree: cst.CSTNode) -> int:
        """Lower an expression; return the register of its value."""
        return Tables.expressions[tree.__class__](self, tree)

    def guards(self, tree: cst.BaseExpression, *, negated: bool) -> int:
        """Return the guard of code that runs where a test holds (or, `negated`, fails)."""
        return add_guards(self.source, tree, self.changed(tree), negated=negated, parent=self.guard)

    def changed(self, tree: cst.CSTNode) -> tuple[str, ...]:
        """Return the names in a tree that do not mean what was passed for a parameter of that name."""
        names = self.live.names
        found = self._of_comprehensions()
        for index, parameter in enumerate(self.block.parameters):
            register = names.get(parameter.name, index)
            while register in self.origin:
                register = self.origin[register][0]
            if register != index or parameter.name in self.block_scope.assigned_inside:
                found[parameter.name] = None
        if not found:
            return ()
        start, end = self.spans[id(tree)]
        words = set(_WORD.findall(self.source.text[start:end]))
        return tuple(name for name in found if name in words)

    def _of_comprehensions(self) -> dict[str, None]:
        """Return the names that the comprehensions around the current place bind."""
        found: dict[str, None] = {}
        scope: Scope | None = self.scope
        while scope is not None and scope is not self.block_scope:
            found.update(scope.bound)
            scope = scope.parent
        return found

    def suite(self, tree: cst.BaseSuite | cst.Module) -> None:
        """Lower a list of statements; what nothing reaches is left out."""
        for statement in tree.body:
            if self.flow is None:
                return
            self.statement(statement)

    def statement(self, tree: cst.CSTNode) -> None:
        """Lower one statement."""
        Tables.statements[tree.__class__](self, tree)

    def constant(self, kind: str, value: str = "") -> int:
        """Return a register holding a literal."""
        target = self.new()
        self.operations.append(Constant(target, kind, value))
        return target

    def region(self, start: int, *, repeats: bool = False) -> None:
        """Mark the operations since `start` as a region."""
        if start < len(self.operations):
            self.block.regions.append(Region(start, len(self.operations), repeats))

    # Names.

    def read(self, tree: cst.Name) -> int:
        """Read a name; return its register."""
        name = tree.value
        place, key, owner = self.scope.resolve(name)
        if place is Place.REGISTER:
            flow = self.live
            register = flow.names.get(key)
            if register is not None and register >= 0:
                return self.apply_facts(key, register) if key in flow.facts else register
            if self.block_scope.kind is Kind.CLASS and self.scope is self.block_scope:
                return self._read_member(tree, maybe=register == MAYBE)
            if self.block_scope.kind is Kind.MODULE and "@" not in key:
                return self.learned(key, self._load(Place.GLOBAL, key, owner, self.whole(tree)))
            return self.new()
        return self.learned(key, self._load(place, key, owner, self.whole(tree)))

    def _read_member(self, tree: cst.Name, *, maybe: bool) -> int:
        """Read a name that the class body has not bound on all ways."""
        site = self.whole(tree)
        outer = self._load(*self.block_scope.outside(tree.value), site)
        return self._join_member(self.scope.mangle(tree.value), outer, site) if maybe else outer

    def _join_member(self, key: str, outer: int, site: int) -> int:
        """Return what a name is where the class body may or may not have bound it."""
        target = self.new()
        own = self.new()
        self.operations.append(LoadMember(own, key, site))
        self.operations.append(Copy(target, own))
        self.operations.append(Copy(target, outer))
        return target

    def _load(self, place: Place, key: str, owner: Scope | None, site: int) -> int:
        target = self.new()
        if place is Place.GLOBAL:
            self.operations.append(LoadGlobal(target, key, site))
        elif place is Place.BUILTIN:
            self.operations.append(LoadBuiltin(target, key, site))
        elif owner is not None:
            self.operations.append(LoadCell(target, owner.index, key, site))
        return target

    def read_unversioned(self, name: str, site: int) -> int:
        """Read any version of a name, as an annotation does; return -1 where nothing is known of it."""
        place, key, owner = self.scope.resolve(name)
        if place is Place.REGISTER:
            kind = self.block_scope.kind
            if kind is Kind.MODULE:
                return self._load(Place.GLOBAL, key, None, site)
            if kind is Kind.CLASS:
                return self._join_member(key, self._load(*self.block_scope.outside(name), site), site)
            register = self.flow.names.get(key, -1) if self.flow else -1
            return max(register, -1)
        if place is Place.OPAQUE or (owner is not None and key not in owner.cells):
            return -1
        return self._load(place, key, owner, site)

    def bind(self, name: str, register: int, site: int) -> None:
        """Bind a name, as written in the current scope, to a register."""
        scope = self.scope
        place, key, owner = scope.resolve(name)
        flow = self.live
        flow.forget(key)
        if place is Place.REGISTER:
            flow.names[key] = register
            if self.logs:
                self.logs[-1].append((key, register))
        if owner is not None:
            self.operations.append(StoreCell(owner.index, key, register, site))
        elif place is Place.GLOBAL or (self.index == 0 and "@" not in key):
            self.operations.append(StoreGlobal(key, register, site))
        elif self.block_scope.kind is Kind.CLASS and scope is self.block_scope:
            self.operations.append(StoreMember(key, register, site))
        if place is Place.REGISTER and key in self.block_scope.cells:
            self.operations.append(StoreCell(self.index, key, register, site))

    def unbind(self, key: str) -> None:
        """Forget a name, as `del` does."""
        self.live.forget(key)
        self.live.names.pop(key, None)

    def assigned_path(self, path: str) -> None:
        """Forget what is known of an attribute path that is assigned."""
        self.live.forget(path)
        if self.logs:
            self.logs[-1].append((path, -1))

    # Facts.

    def learned(self, place: str, register: int) -> int:
        """Return `register`, narrowed by what is known of the path or unversioned name `place`."""
        if self.flow is not None and self.flow.facts:
            facts = self.flow.facts.get(place)
            if facts:
                return self.narrow(register, facts)
        return register

    def narrow(self, register: int, facts: Iterable[Fact]) -> int:
        """Return a version of `register` restricted by `facts`."""
        known = self._known(register)
        for fact in facts:
            if fact in known:
                continue
            known.add(fact)
            target = self.versions.get((register, fact))
            if target is None:
                target = self.versions[register, fact] = self.new()
                self.operations.append(Narrow(target, register, *fact))
                self.origin[target] = register, fact
            register = target
        return register

    def _known(self, register: int) -> set[Fact]:
        """Return the facts by which `register` is restricted already."""
        known = set()
        while register in self.origin:
            register, fact = self.origin[register]
            known.add(fact)
        return known

    def apply_facts(self, key: str, register: int) -> int:
        """Give the versioned name `key` a version that its facts restrict."""
        register = self.narrow(register, self.live.facts.pop(key))
        self.live.names[key] = register
        return register
