"""Replay: what a hop needs to have come in, and what it hands on, so that a path can be tried out.

Where one activation serves several callers, its hops are drawn for all of them. An input is what tells its
runs apart: a parameter, an item of `*args` or `**kwargs`, a captured variable. A rule says of one hop which
objects an input must hold for it, and which objects the inputs of the target then hold. Trying a path out
goes backwards from its end: a need is carried from hop to hop to where something is handed over that does
or does not meet it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

UNTOLD = -1
"""Stands for what inputs may hold and that is not told apart: what comes out of fields, or of calls."""
LITERAL = -2
"""Stands for None, and literals that are no strings."""
MORE = frozenset((UNTOLD, LITERAL))

Alternatives = tuple[tuple[int, frozenset[int]], ...]
"""Inputs with the objects that will do: one of them must hold one of its objects."""


class Gift(NamedTuple):
    """Say what a hop gives to an input of its target.

    `objects` are given whatever came in. `through` has inputs of the source that are handed on: pairs of the
    object that came in and one that is then given; without pairs, what came in itself.
    """

    target: int
    objects: tuple[int, ...] = ()
    through: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = ()


class Rule(NamedTuple):
    """Say what a hop needs, if anything, and what it gives to those inputs of its target that matter.

    One of the inputs in `needs` must hold one of its objects, and so must each of those in `conditions`.
    An input that is not among the gifts may hold anything.
    """

    needs: tuple[tuple[int, tuple[int, ...]], ...] = ()
    gifts: tuple[Gift, ...] = ()
    conditions: tuple[tuple[int, tuple[int, ...]], ...] = ()


class Need(NamedTuple):
    """Be a need that the rest of a path has where it begins, and the edge that has it."""

    alternatives: Alternatives
    edge: int


Needs = tuple[Need, ...]


class Refusal(NamedTuple):
    """Say why no path ends so: the need of one edge that another does not meet, and what that one gives."""

    need: Need
    given: tuple[int, ...]


@dataclass(frozen=True)
class Replay:
    """Hold the rules of a graph's hops.

    `hops` (empty, or as long as the graph's hops) has the index of each one's rule, -1 where it has none:
    then it needs nothing, and what it gives is not known. `inputs` and `objects` say what their numbers
    mean; `contents` is what each input holds in all runs together.
    """

    rules: tuple[Rule, ...] = ()
    hops: tuple[int, ...] = ()
    inputs: tuple[str, ...] = ()
    contents: tuple[tuple[int, ...], ...] = ()
    objects: tuple[str, ...] = ()

    def before(self, needs: Needs, rule: int, edge: int) -> Needs | Refusal:
        """Return what is needed before a hop to meet what is needed after it, or why nothing will do."""
        if rule < 0:
            return ()
        owns, gifts = self._read[rule]
        carried: dict[Need, None] = {Need(own, edge): None for own in owns}
        for need in needs:
            found = self._carried(need, gifts)
            if isinstance(found, Refusal):
                return found
            if found is not None:
                carried[found] = None
        return self._joined(list(carried))

    def _carried(self, need: Need, gifts: Mapping[int, "_Read"]) -> Need | Refusal | None:
        """Carry one need over a hop; None where it is met, or where what is given is not known."""
        found: dict[int, frozenset[int]] = {}
        given: dict[int, None] = {}
        for at, wanted in need.alternatives:
            gift = gifts.get(at)
            if gift is None or not wanted.isdisjoint(gift.objects):
                return None
            given.update(dict.fromkeys(gift.objects))
            for source, pairs in gift.through:
                came = wanted if not pairs else frozenset(a for a, b in pairs if b in wanted)
                came &= self._all[source] | MORE
                if came:
                    found[source] = found.get(source, frozenset()) | came
        if not found:
            through = [source for at, _ in need.alternatives for source, _ in gifts[at].through]
            given.update({held: None for source in through for held in self.contents[source]})
            return Refusal(need, tuple(given))
        if any(len(came) > 1 and came >= self._all[source] for source, came in found.items()):
            return None
        return Need(tuple(sorted(found.items(), key=lambda item: item[0])), need.edge)

    def _joined(self, needs: list[Need]) -> Needs | Refusal:
        """Join the needs of one input: each run of a function has one object there that must meet all."""
        single: dict[int, Need] = {}
        others: dict[Need, None] = {}
        for need in needs:
            if len(need.alternatives) > 1:
                others[need] = None
                continue
            ((at, wanted),) = need.alternatives
            known = single.get(at)
            if known is None:
                single[at] = need
                continue
            both = wanted & known.alternatives[0][1]
            if not both:
                return Refusal(known, tuple(sorted(wanted)))
            single[at] = Need(((at, both),), known.edge)
        return tuple(sorted((*single.values(), *others), key=_order))

    def described(self, objects: Iterable[int]) -> tuple[str, ...]:
        """Describe objects by their numbers; what is not told apart only where there is nothing else."""
        given = tuple(objects)
        told = tuple(self.objects[obj] for obj in given if obj not in MORE)
        words = {LITERAL: "None or a number", UNTOLD: "something else"}
        return told or tuple(word for more, word in words.items() if more in given)

    @cached_property
    def _all(self) -> Sequence[frozenset[int]]:
        return [frozenset(held) for held in self.contents]

    @cached_property
    def _read(self) -> Sequence[tuple[tuple[Alternatives, ...], Mapping[int, "_Read"]]]:
        """Return what the rules need, each of which has to be met, and give, with their sets made."""
        return [
            (
                tuple(
                    tuple((at, frozenset(objects)) for at, objects in one)
                    for one in (rule.needs, *((condition,) for condition in rule.conditions))
                    if one
                ),
                {gift.target: _Read(frozenset(gift.objects), gift.through) for gift in rule.gifts},
            )
            for rule in self.rules
        ]

    def restricted(self, kept: Sequence[int]) -> "Replay":
        """Return the rules of the hops at these positions."""
        return replace(self, hops=tuple(self.hops[at] for at in kept)) if self.hops else self


@dataclass(frozen=True)
class _Read:
    """Be a gift, ready to be compared."""

    objects: frozenset[int]
    through: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = field(default=())


def _order(need: Need) -> tuple[int, list[tuple[int, list[int]]]]:
    return need.edge, [(at, sorted(wanted)) for at, wanted in need.alternatives]
