"""Joins: one flow out of several, with registers that hold what any way brings."""

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.flow import MAYBE, Fact, Flow
from chaintrace.frontend.scopes import Kind
from chaintrace.ir.operations import Copy


def join(b: Builder, first: Flow | None, second: Flow | None, *, keep: bool = False) -> Flow | None:
    """Return the flow after two ways meet; `first` may be changed, `second` is left alone.

    A name that both ways leave alone keeps its register, also where tests on the ways have narrowed it: only what both
    learned stays known. With `keep` (inside one condition) the alternatives are kept as a joined register.
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
        elif one != two:
            names[key] = _join_registers(b, key, first, second)
        elif keep and one >= 0 and key in first.facts and key in second.facts:
            names[key] = _join_facts(b, key, one, first, second)
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


def _join_registers(b: Builder, key: str, first: Flow, second: Flow) -> int:
    """Return the register for a name with different versions on the two ways."""
    one, two = first.names[key], second.names[key]
    if one == MAYBE or two == MAYBE:
        return MAYBE
    pending_one, pending_two = first.facts.pop(key, ()), second.facts.get(key, ())
    base_one, chain_one = _chain(b, one)
    base_two, chain_two = _chain(b, two)
    if base_one == base_two:
        return b.narrow(base_one, _prefix((*chain_one, *pending_one), (*chain_two, *pending_two)))
    return _merge(b, b.narrow(one, pending_one), b.narrow(two, pending_two))


def _chain(b: Builder, register: int) -> tuple[int, tuple[Fact, ...]]:
    """Return the register that `register` is a narrowed version of, and the facts in between."""
    facts: list[Fact] = []
    while register in b.origin:
        register, fact = b.origin[register]
        facts.append(fact)
    return register, tuple(reversed(facts))


def _join_facts(b: Builder, key: str, register: int, first: Flow, second: Flow) -> int:
    """Return a register that holds what either way leaves of `register`."""
    one, two = first.facts[key], second.facts[key]
    if one == two or (len(one) == len(two) == 1 and one[0].opposite() == two[0]):
        return register
    del first.facts[key]
    target = _merge(b, b.narrow(register, one), b.narrow(register, two))
    # A fact of its own kind, so that a later join finds the way back to `register`.
    either = Fact("either", False, (target,))
    b.origin[target] = register, either
    b.versions[register, either] = target
    return target


def _merge(b: Builder, one: int, two: int) -> int:
    target = b.new()
    b.operations.append(Copy(target, one))
    b.operations.append(Copy(target, two))
    return target


def narrowed(flow: Flow, place: str, fact: Fact) -> Flow:
    """Return a copy of `flow` that knows one more fact."""
    result = flow.copy()
    result.learn(place, fact)
    return result
