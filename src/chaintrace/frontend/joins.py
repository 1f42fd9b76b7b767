"""Joins: one flow out of several, with registers that hold what any way brings."""

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.flow import MAYBE, Fact, Flow
from chaintrace.frontend.scopes import Kind
from chaintrace.ir.operations import Copy

Guards = tuple[int, int]
_NO_GUARDS = (-1, -1)


def join(
    b: Builder,
    first: Flow | None,
    second: Flow | None,
    *,
    keep: bool = False,
    guards: Guards = _NO_GUARDS,
) -> Flow | None:
    """Return the flow after two ways meet; `first` may be changed, `second` is left alone.

    `guards` are the conditions of the two ways.

    A name that both ways leave alone keeps its register, also where tests on the ways have narrowed it: only
    what both learned stays known. With `keep` (inside one condition) the alternatives are kept as a joined
    register.
    """
    if first is None or first is second:
        return second
    if second is None:
        return first
    names = first.names
    partial = b.block_scope.kind <= Kind.CLASS
    for key in [*names, *(key for key in second.names if key not in names)]:
        one, two = names.get(key), second.names.get(key)
        if one is None or two is None:
            if partial and "@" not in key:
                names[key] = MAYBE
            elif one is None and two is not None:
                names[key] = two
        elif one != two or (keep and one >= 0 and first.facts.get(key) != second.facts.get(key)):
            names[key] = _join_registers(b, key, (first, second), keep=keep, guards=guards)
    first.doubtful = first.doubtful and second.doubtful
    if first.facts:
        first.facts = _common_facts(first.facts, second.facts)
    return first


def _common_facts(
    first: dict[str, tuple[Fact, ...]], second: dict[str, tuple[Fact, ...]]
) -> dict[str, tuple[Fact, ...]]:
    """Return what is known on both ways."""
    common = {place: _prefix(facts, second[place]) for place, facts in first.items() if place in second}
    return {place: facts for place, facts in common.items() if facts}


def _prefix(first: tuple[Fact, ...], second: tuple[Fact, ...]) -> tuple[Fact, ...]:
    length = 0
    for one, two in zip(first, second, strict=False):
        if one != two:
            break
        length += 1
    return first[:length]


def _join_registers(b: Builder, key: str, ways: tuple[Flow, Flow], *, keep: bool, guards: Guards) -> int:
    """Return the register for a name of which the two ways have, or know, different things."""
    first, second = ways
    one, two = first.names[key], second.names[key]
    if MAYBE in (one, two):
        return MAYBE
    pending_one, pending_two = first.facts.get(key, ()), second.facts.get(key, ())
    base, chain_one, versions = _chain(b, one)
    base_two, chain_two, _ = _chain(b, two)
    if base != base_two:
        first.facts.pop(key, None)
        return _merge(b, b.narrow(one, pending_one), b.narrow(two, pending_two), guards)
    known_one, known_two = (*chain_one, *pending_one), (*chain_two, *pending_two)
    common = _prefix(known_one, known_two)
    rest_one, rest_two = known_one[len(common) :], known_two[len(common) :]
    if keep and rest_one and rest_two and not _opposite(rest_one, rest_two):
        first.facts.pop(key, None)
        return _either(b, b.narrow(base, common), rest_one, rest_two)
    if one == two:
        return one
    first.facts.pop(key, None)
    return versions[len(common)] if len(common) < len(versions) else b.narrow(base, common)


def _opposite(one: tuple[Fact, ...], two: tuple[Fact, ...]) -> bool:
    """Say whether one of the two facts must hold."""
    return len(one) == len(two) == 1 and one[0].opposite() == two[0]


def _either(b: Builder, register: int, one: tuple[Fact, ...], two: tuple[Fact, ...]) -> int:
    """Return a register that holds what either way leaves of `register`."""
    target = _merge(b, b.narrow(register, one), b.narrow(register, two))
    # A fact of its own kind, so that a later join finds the way back to `register`.
    either = Fact("either", False, (target,))
    b.origin[target] = register, either
    b.versions[register, either] = target
    return target


def _chain(b: Builder, register: int) -> tuple[int, tuple[Fact, ...], list[int]]:
    """Return the register that `register` is a narrowed version of, the facts in between, and all versions.

    Version number n, from 0 for the register itself, knows the first n facts.
    """
    facts: list[Fact] = []
    versions = [register]
    while register in b.origin:
        register, fact = b.origin[register]
        facts.append(fact)
        versions.append(register)
    return register, tuple(reversed(facts)), versions[::-1]


def _merge(b: Builder, one: int, two: int, guards: Guards = _NO_GUARDS) -> int:
    target = b.new()
    b.operations.append(Copy(target, one, guards[0]))
    b.operations.append(Copy(target, two, guards[1]))
    return target


def narrowed(flow: Flow, place: str, fact: Fact) -> Flow:
    """Return a copy of `flow` that knows one more fact."""
    result = flow.copy()
    result.learn(place, fact)
    return result
