"""Order inside a block: what has certainly run before an operation, and which reads follow a store.

Operations stand in source order, and regions mark those that do not always run; so an operation has run
before a later one if every region around it is around the later one too.
"""

from functools import cache

from chaintrace.ir.facts import BlockKind, Region
from chaintrace.ir.operations import (
    Await,
    Build,
    Call,
    Constant,
    Copy,
    ImportFrom,
    Iterate,
    Load,
    LoadGlobal,
    LoadItem,
    Operation,
    Return,
    Store,
    StoreItem,
    Yield,
    YieldFrom,
)
from chaintrace.project.modules import Code, once_per_code, targets_of

Read = Load | LoadItem


def regions_around(code: Code, index: int) -> list[Region]:
    """Return the regions that an operation lies in."""
    return [region for region in code.block.regions if region.start <= index < region.end]


def has_run(code: Code, earlier: int, later: int) -> bool:
    """Say whether operation `earlier` has run, since any loop began anew, where `later` runs."""
    around = regions_around(code, later)
    inside = all(region in around for region in regions_around(code, earlier))
    return inside and all(region.start <= earlier for region in around if region.repeats)


def may_follow(code: Code, earlier: int, later: int) -> bool:
    """Say whether a site may run, or go on, after another one has."""
    spans = _spans(code)
    if earlier not in spans or later not in spans:
        return True
    first, last = spans[earlier][0], spans[later][1]
    return last >= first or any(
        region.repeats and region.start <= last and first < region.end for region in code.block.regions
    )


def stands_in(code: Code, site: int) -> bool:
    """Say whether an operation of a block has a site: code that is made up for a class has the class's."""
    return site in _spans(code)


def runs_at(code: Code, site: int, called: Code) -> list[int]:
    """Return the sites at which what a call starts runs: where the block drives a generator or coroutine."""
    if not called.block.is_async and not _yields(called):
        return [site]
    made = {op.target for op in code.block.operations if isinstance(op, Call) and op.site == site}
    driven = [
        op.site
        for op in code.block.operations
        if isinstance(op, Await | Iterate | YieldFrom) and code.aliases.get(op.source, op.source) in made
    ]
    return driven or [site]


@once_per_code
def _yields(code: Code) -> bool:
    return any(isinstance(op, Yield | YieldFrom) for op in code.block.operations)


@once_per_code
def _spans(code: Code) -> dict[int, tuple[int, int]]:
    """Map each site to its first and its last operation."""
    found: dict[int, tuple[int, int]] = {}
    for index, op in enumerate(code.block.operations):
        site = getattr(op, "site", -1)
        found[site] = found.get(site, (index, index))[0], index
    return found


def runs_always(code: Code, index: int) -> bool:
    """Say whether every run of the block that ends well runs an operation."""
    if regions_around(code, index):
        return False
    return not any(isinstance(op, Return) and regions_around(code, at) for at, op in _before(code, index))


def _before(code: Code, index: int) -> list[tuple[int, Operation]]:
    return list(enumerate(code.block.operations[:index]))


def runs_once(code: Code, index: int) -> bool:
    """Say whether no run of the block repeats an operation."""
    return not any(region.repeats for region in regions_around(code, index))


@cache
def places(code: Code) -> dict[int, int]:
    """Map each site to the first operation at it."""
    found: dict[int, int] = {}
    for index, op in enumerate(code.block.operations):
        found.setdefault(getattr(op, "site", -1), index)
    return found


def field_of(op: Operation) -> str:
    """Return the attribute (`name`) or the constant key (`'key`, `#0`) that an operation reads or stores."""
    if isinstance(op, Load | Store):
        return op.name
    return op.constant if isinstance(op, LoadItem | StoreItem) else ""


def read_at(code: Code, index: int) -> Read:
    """Return the read at a position."""
    op = code.block.operations[index]
    assert isinstance(op, Load | LoadItem)
    return op


@cache
def stored_fields(code: Code) -> frozenset[str]:
    """Return the fields that a block stores: attributes, constant keys, those it may update a dict with."""
    found = {field_of(op) for op in code.block.operations if isinstance(op, Store | StoreItem)}
    if any(isinstance(op, Load) and op.name == "update" for op in code.block.operations):
        found |= set(code.constants.values())
        found |= {
            f"'{argument.name}"
            for op in code.block.operations
            if isinstance(op, Call)
            for argument in op.arguments
            if argument.kind == "="
        }
    return frozenset(found - {""})


@cache
def rereads(code: Code) -> dict[int, int]:
    """Map the targets of reads whose value may be known from earlier stores to the reads' positions.

    These are reads through a register through which the same field was stored, and all reads in a module
    body: of objects that it made.
    """
    found: dict[int, int] = {}
    stored: set[tuple[int, str]] = set()
    in_module = code.block.kind is BlockKind.MODULE
    for index, op in enumerate(code.block.operations):
        if isinstance(op, Store | StoreItem):
            stored.add((code.aliases.get(op.base, op.base), field_of(op)))
        elif isinstance(op, Load | LoadItem):
            field = field_of(op)
            known = (code.aliases.get(op.base, op.base), field) in stored
            if field and (known or (in_module and runs_once(code, index))):
                found[op.target] = index
    return found


@cache
def writers(code: Code) -> dict[str, tuple[int, ...]]:
    """Map each field that operations store or delete to the registers they do it through.

    `[?]` stands for computed keys.
    """
    found: dict[str, list[int]] = {}
    for op in code.block.operations:
        name = type(op).__name__
        if name in ("Store", "Delete"):
            found.setdefault(op.name, []).append(op.base)  # type: ignore[union-attr]
        elif name in ("StoreItem", "DeleteItem"):
            found.setdefault(op.constant or "[?]", []).append(op.base)  # type: ignore[union-attr]
    return {field: tuple(bases) for field, bases in found.items()}


def display_value(code: Code, op: Build, field: str) -> int | None:
    """Return the register that a dict or list display has under a constant key, None where it is not sure."""
    if op.spreads or op.comprehension or op.kind not in ("dict", "list", "tuple"):
        return None
    if op.kind != "dict":
        index = int(field[1:]) if field.startswith("#") else -1
        return op.items[index][1] if 0 <= index < len(op.items) else None
    found: int | None = None
    for key, value in op.items:
        if key not in code.constants:
            return None
        if code.constants[key] == field:
            found = value
    return found


@cache
def definitions(code: Code) -> dict[int, tuple[Operation, ...]]:
    """Map each register to the operations that write it."""
    found: dict[int, list[Operation]] = {}
    for op in code.block.operations:
        for target in targets_of(op):
            found.setdefault(target, []).append(op)
    return {target: tuple(made) for target, made in found.items()}


def may_be_number(code: Code, register: int) -> bool:
    """Say whether nothing but literals, parameters, globals and imported names reaches a register."""
    seen = [register]
    for current in seen:
        made = definitions(code).get(current, ())
        if not made and current >= len(code.block.parameters):
            return False
        for op in made:
            if isinstance(op, Copy):
                if op.source not in seen:
                    seen.append(op.source)
            elif not (
                isinstance(op, LoadGlobal | ImportFrom) or (isinstance(op, Constant) and op.kind == "int")
            ):
                return False
    return True
