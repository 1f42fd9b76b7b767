"""Modules of a program and the code blocks inside them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TypeVar, cast

from chaintrace.ir.facts import Block, BlockKind, FileFacts
from chaintrace.ir.operations import (
    Build,
    Call,
    Constant,
    Copy,
    Load,
    MakeClass,
    MakeFunction,
    Operation,
    Store,
)

Kept = TypeVar("Kept")


@dataclass(eq=False)
class Code:
    """Place one block of facts in the program.

    `name` is the symbol's full name (`pkg.mod.C.m`); `parent` is the lexically enclosing code, None for a
    module body.
    """

    module: "Module"
    index: int
    block: Block
    name: str
    parent: "Code | None"
    order: int = 0
    kept: dict[object, object] = field(default_factory=dict, repr=False)

    @cached_property
    def owner_class(self) -> "Code | None":
        """Return the class body this function is a method of, if it is directly inside one."""
        if self.parent is not None and self.parent.block.kind is BlockKind.CLASS:
            return self.parent
        return None

    @cached_property
    def is_closed(self) -> bool:
        """Say whether only the program calls this function: it stands in a script or inside a function."""
        if self.module.is_script:
            return True
        around = self.parent
        while around is not None and around.block.kind not in (BlockKind.FUNCTION, BlockKind.LAMBDA):
            around = around.parent
        return around is not None

    @cached_property
    def definitions(self) -> dict[int, Operation]:
        """Map each register to the operation that writes it, the last of several."""
        return {target: op for op in self.block.operations for target in targets_of(op)}

    @cached_property
    def constants(self) -> dict[int, str]:
        """Map each register that only holds a str or int literal to its item key (`'text`, `#number`)."""
        return {
            op.target: ("'" if op.kind == "str" else "#") + op.value
            for op in self.block.operations
            if isinstance(op, Constant) and op.kind in ("str", "int")
        }

    @cached_property
    def aliases(self) -> dict[int, int]:
        """Map each register that is nothing but a copy of one other register to that register."""
        sources: dict[int, int] = {}
        written: dict[int, int] = {}
        for op in self.block.operations:
            for target in targets_of(op):
                written[target] = written.get(target, 0) + 1
            if isinstance(op, Copy):
                sources[op.target] = op.source
        parameters = len(self.block.parameters)
        copies = {
            target: source
            for target, source in sources.items()
            if written[target] == 1 and target >= parameters and source >= 0
        }
        return {target: _origin(copies, target) for target in copies}

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Return the registers that only ever hold literals other than strings: no object of interest."""
        return frozenset(
            op.target for op in self.block.operations if isinstance(op, Constant) and op.kind != "str"
        )

    @cached_property
    def slices(self) -> dict[int, tuple[str, ...]]:
        """Map each register that holds a slice to its start, stop and step.

        Each is `#number`, "" where there is none, or `?` where it is no literal.
        """
        return {
            op.target: tuple("" if value < 0 else self._number(value) for _, value in op.items)
            for op in self.block.operations
            if isinstance(op, Build) and op.kind == "slice"
        }

    def _number(self, register: int) -> str:
        constant = self.constants.get(register, "?")
        return constant if constant.startswith("#") else "?"

    @cached_property
    def loads(self) -> dict[int, Load]:
        """Map each register that holds an attribute read to that operation."""
        return {op.target: op for op in self.block.operations if isinstance(op, Load)}

    @cached_property
    def stored_on_self(self) -> frozenset[str]:
        """Return the attributes that this function assigns on its first parameter."""
        if self.owner_class is None or not self.block.parameters:
            return frozenset()
        return frozenset(op.name for op in self.block.operations if isinstance(op, Store) and op.base == 0)

    @cached_property
    def member_names(self) -> frozenset[str]:
        """Return the names that this block (a class body) binds; a bare annotation binds nothing."""
        return frozenset(self.block.bindings)

    @cached_property
    def decorated(self) -> frozenset[int]:
        """Return the blocks nested directly in this one that are decorated."""
        made: dict[int, int] = {}
        found = set()
        for op in self.block.operations:
            if isinstance(op, MakeFunction | MakeClass):
                made[op.target] = op.block
            elif isinstance(op, Call) and op.role == "decorator":
                made_by = made.get(op.arguments[0].value)
                if made_by is not None:
                    found.add(made_by)
                    made[op.target] = made_by
        return frozenset(found)


def once_per_code(function: Callable[[Code], Kept]) -> Callable[[Code], Kept]:
    """Make a function keep its answer in the code it is asked about, and so no longer than that lives."""

    @wraps(function)
    def answer(code: Code) -> Kept:
        try:
            return cast("Kept", code.kept[function])
        except KeyError:
            kept = code.kept[function] = function(code)
            return kept

    return answer


def _origin(copies: dict[int, int], target: int) -> int:
    """Follow copies to the register they start from; of a cycle of copies, the smallest one."""
    path = [target]
    while path[-1] in copies:
        source = copies[path[-1]]
        if source in path:
            return min(path[path.index(source) :])
        path.append(source)
    return path[-1]


def targets_of(op: Operation) -> tuple[int, ...]:
    """Return the registers an operation writes."""
    target = getattr(op, "target", None)
    if target is not None:
        return (target,)
    targets: tuple[int, ...] = getattr(op, "targets", ())
    return targets


@dataclass(eq=False)
class Module:
    """Hold one module: its name, where it comes from, and its code.

    `path` is relative to the import root, `source` the name of the source it came from. A script does work
    of its own, by calls in its body, and nothing imports it.
    """

    name: str
    path: str
    is_package: bool
    source: str
    facts: FileFacts
    codes: list[Code] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    star_from: list["Module"] = field(default_factory=list)
    star_external: list[str] = field(default_factory=list)
    is_script: bool = False

    def __post_init__(self) -> None:
        for index, block in enumerate(self.facts.blocks):
            parent = self.codes[block.parent] if block.parent >= 0 else None
            self.codes.append(Code(self, index, block, f"{self.name}.{block.name}", parent))
        self.names = dict.fromkeys(self.facts.blocks[0].bindings)

    @property
    def package(self) -> str:
        """Return the package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def public(self) -> list[str]:
        """Return the names that `from module import *` binds, as far as known."""
        if self.facts.exports is not None:
            return list(self.facts.exports)
        return [name for name in self.names if not name.startswith("_")]
