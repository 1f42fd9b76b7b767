"""Drains: where a function reads a list that others see, and leaves it empty.

    out, self.out = self.out, []
    for item in self.waiting: ...
    self.waiting.clear()

A function that puts back what it read drains nothing (`saved, self.names = self.names, []`, and later
`self.names = saved`). One that puts back a part (`self.waiting = rest`) drains where it hands the others on,
else it only takes them away.
"""

from collections.abc import Iterator
from typing import NamedTuple

from chaintrace.ir import operations as ops
from chaintrace.pointsto.walks import origin
from chaintrace.project.modules import Code, once_per_code

Way = tuple[object, ...]
"""How a block comes to a value: a register, global or cell, and the attributes read from there."""

_ASKS = frozenset(("len", "bool", "isinstance", "id", "print", "repr", "str", "type", "any", "all"))
_TAKERS = frozenset(("pop", "popleft", "remove", "clear"))
_ADDERS = frozenset(("append", "appendleft", "extend", "extendleft", "insert"))
_EMPTY = frozenset(("list", "deque"))
_ALL = ("", "", "")


class Drain(NamedTuple):
    """Name a read of a whole list that is left empty: its site, and the register that takes it."""

    site: int
    register: int


def holder_of(code: Code, register: int) -> str:
    """Return the name of the attribute, global or captured variable that others see a value by, else ""."""
    register = origin(code, register)
    made = code.definitions.get(register)
    if isinstance(made, ops.LoadItem):
        return holder_of(code, made.base)
    if isinstance(made, ops.Load | ops.LoadGlobal | ops.LoadCell):
        return made.name
    return _captured(code).get(register, "")


@once_per_code
def _captured(code: Code) -> dict[int, str]:
    """Map the registers of a block whose value inner blocks see to the names of the variables."""
    stored = [op for op in code.block.operations if isinstance(op, ops.StoreCell)]
    return {origin(code, op.source): op.name for op in stored if op.source >= 0}


@once_per_code
def looks_of(code: Code) -> tuple[tuple[str, int], ...]:
    """Return the lists that a block iterates over or reads items of, by name and register.

    Not those that it takes from too; and the first or the last item alone says little.
    """
    taken = {_way(code, drain.register) for drain in drains_of(code)}
    found: list[tuple[str, int]] = []
    for op in code.block.operations:
        if isinstance(op, ops.Load) and op.name in _TAKERS:
            taken.add(_way(code, op.base))
        elif isinstance(op, ops.Iterate):
            found.append((holder_of(code, op.source), op.source))
        elif isinstance(op, ops.LoadItem) and op.constant not in ("#0", "#-1"):
            found.append((holder_of(code, op.base), op.base))
    return tuple((name, register) for name, register in found if name and _way(code, register) not in taken)


@once_per_code
def drains_of(code: Code) -> tuple[Drain, ...]:
    """Return the reads of whole lists that a block leaves empty."""
    emptied: dict[Way, int] = {}
    restored: dict[Way, None] = {}
    refilled: dict[Way, None] = {}
    for at, op in enumerate(code.block.operations):
        way = _emptied(code, op)
        if way:
            emptied[way] = at
        if way and _is_filled(code, getattr(op, "source", -1)):
            refilled[way] = None
        stored = _stored(code, op)
        if stored is not None and not _is_empty(code, stored[1]) and not _is_grown(code, stored[1]):
            restored[stored[0]] = None
    ways = {way: at for way, at in emptied.items() if way not in restored}
    return tuple(_reads(code, ways, refilled)) if ways else ()


def _reads(code: Code, emptied: dict[Way, int], refilled: dict[Way, None]) -> Iterator[Drain]:
    for at, op in enumerate(code.block.operations):
        if isinstance(op, ops.Load | ops.LoadGlobal | ops.LoadCell):
            way = _way(code, op.target)
            is_taken = _hands_on if way in refilled else _is_taken
            if at < emptied.get(way, -1) and is_taken(code, op.target):
                yield Drain(op.site, op.target)


def _way(code: Code, register: int) -> Way:
    register = origin(code, register)
    made = code.definitions.get(register)
    match made:
        case ops.Load():
            return (*_way(code, made.base), made.name)
        case ops.LoadGlobal():
            return ("global", made.name)
        case ops.LoadCell():
            return ("cell", made.owner, made.name)
    return (register,)


def _stored(code: Code, op: ops.Operation) -> tuple[Way, int] | None:
    """Return what an assignment binds, and the register that it takes."""
    match op:
        case ops.Store():
            return (*_way(code, op.base), op.name), op.source
        case ops.StoreGlobal():
            return ("global", op.name), op.source
        case ops.StoreCell():
            return ("cell", op.owner, op.name), op.source
    return None


def _emptied(code: Code, op: ops.Operation) -> Way:
    """Return the list that an operation leaves empty, () for none."""
    stored = _stored(code, op)
    if stored is not None:
        return stored[0] if _is_empty(code, stored[1]) else ()
    if isinstance(op, ops.Call):
        method = code.definitions.get(op.function)
        return _way(code, method.base) if isinstance(method, ops.Load) and method.name == "clear" else ()
    if isinstance(op, ops.DeleteItem) and code.slices.get(op.key) == _ALL:
        return _way(code, op.base)
    if isinstance(op, ops.StoreItem) and code.slices.get(op.key) == _ALL and _is_empty(code, op.source):
        return _way(code, op.base)
    return ()


def _is_empty(code: Code, register: int) -> bool:
    """Say whether a register holds a list or deque just made, with nothing in it."""
    made = code.definitions.get(origin(code, register)) if register >= 0 else None
    if isinstance(made, ops.Unpack) and made.star < 0:
        built = code.definitions.get(origin(code, made.source))
        at = made.targets.index(origin(code, register))
        if isinstance(built, ops.Build) and not built.spreads and at < len(built.items):
            return _is_empty(code, built.items[at][1])
    if isinstance(made, ops.Build):
        return made.kind == "list" and not made.items and not made.spreads
    if isinstance(made, ops.Call) and not any(argument.kind != "=" for argument in made.arguments):
        return _name(code, made.function) in _EMPTY
    return False


def _is_filled(code: Code, register: int) -> bool:
    """Say whether a block adds to a list that it makes."""
    if register < 0:
        return False
    made = origin(code, register)
    return any(
        (isinstance(op, ops.Load) and op.name in _ADDERS and origin(code, op.base) == made)
        or (isinstance(op, ops.Binary) and bool(op.in_place) and origin(code, op.left) == made)
        for op in code.block.operations
    )


def _hands_on(code: Code, register: int) -> bool:
    """Say whether a block gives a list or elements of it to others, or calls methods of these."""
    operations = code.block.operations
    turns = [op for op in operations if isinstance(op, ops.Iterate) and origin(code, op.source) == register]
    elements = {op.target for op in turns}
    parts = {
        target
        for op in operations
        if isinstance(op, ops.Unpack) and origin(code, op.source) in elements
        for target in op.targets
    }
    for op in operations:
        given: list[int] = []
        if isinstance(op, ops.Return | ops.Yield):
            given = [op.source]
        elif isinstance(op, ops.Call):
            called = code.definitions.get(origin(code, op.function))
            if isinstance(called, ops.Load) and origin(code, called.base) in elements:
                return True
            keeps = isinstance(called, ops.Load) and called.name in _ADDERS
            keeps = keeps or _name(code, op.function) in _ASKS
            given = [op.function, *(argument.value for argument in op.arguments if not keeps)]
        if any(origin(code, one) in {register, *elements, *parts} for one in given if one >= 0):
            return True
    return False


def _is_grown(code: Code, register: int) -> bool:
    """Say whether a register holds what `+=` gave, which is the same list."""
    made = code.definitions.get(origin(code, register)) if register >= 0 else None
    return isinstance(made, ops.Binary) and bool(made.in_place)


def _name(code: Code, register: int) -> str:
    made = code.definitions.get(origin(code, register))
    return made.name if isinstance(made, ops.LoadBuiltin | ops.LoadGlobal | ops.Load) else ""


def _is_taken(code: Code, register: int) -> bool:
    """Say whether a block does more with a list than call its methods and ask how long it is."""
    for op in code.block.operations:
        if register in _used(code, op):
            bound = _swapped(code, op, register)
            if bound is None or any(_is_taken(code, one) for one in bound):
                return True
    return False


def _swapped(code: Code, op: ops.Operation, register: int) -> list[int] | None:
    """Return what `old, self.items = self.items, []` binds to a value of its tuple `op`, else None."""
    if not isinstance(op, ops.Build) or op.spreads:
        return None
    users = [other for other in code.block.operations if op.target in _used(code, other)]
    unpacks = [user for user in users if isinstance(user, ops.Unpack) and user.star < 0]
    if not users or len(unpacks) < len(users):
        return None
    places = [at for at, (_, value) in enumerate(op.items) if origin(code, value) == register]
    return [unpack.targets[at] for unpack in unpacks for at in places if at < len(unpack.targets)]


def _used(code: Code, op: ops.Operation) -> list[int]:
    """Return the registers, before copies, that an operation iterates over, looks into or hands on."""
    match op:
        case ops.Iterate() | ops.Unpack() | ops.Return() | ops.Yield() | ops.YieldFrom() | ops.Store():
            given = [op.source]
        case ops.StoreItem() | ops.StoreCell() | ops.StoreGlobal():
            given = [op.source]
        case ops.LoadItem():
            given = [op.base]
        case ops.Binary():
            given = [] if op.in_place or op.name == "__contains__" else [op.left, op.right]
        case ops.Build():
            given = [value for _, value in op.items] + list(op.spreads)
        case ops.Call():
            asks = _name(code, op.function) in _ASKS
            given = [] if asks else [argument.value for argument in op.arguments]
        case _:
            given = []
    return [origin(code, one) for one in given if one >= 0]
