"""Replay going forward: what has come in where a search from the start has got to."""

from functools import cached_property

from chaintrace.graph.replay import MORE, Replay, Rule

Held = tuple[tuple[int, frozenset[int]], ...]
"""What some inputs hold, by input; one that is not among them may hold anything."""


class Forward:
    """Carry what inputs hold over hops, from the start on."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self._known: dict[tuple[Held, int], Held | None] = {}

    def after(self, held: Held, rule: int) -> Held | None:
        """Return what inputs of the target hold after a hop; None where what came in does not allow it."""
        if rule < 0:
            return ()
        key = held, rule
        if key not in self._known:
            self._known[key] = self._after(dict(held), self.replay.rules[rule])
        return self._known[key]

    def _after(self, held: dict[int, frozenset[int]], rule: Rule) -> Held | None:
        if rule.needs and not self._meets(held, rule.needs):
            return None
        if not all(self._meets(held, (one,)) for one in rule.conditions):
            return None
        given = []
        for gift in rule.gifts:
            objects = set(gift.objects)
            for source, pairs in gift.through:
                came = held.get(source, self._all[source])
                objects |= {after for before, after in pairs if before in came} if pairs else came
            if not self._all[gift.target] <= objects | MORE:
                given.append((gift.target, frozenset(objects)))
        return tuple(sorted(given, key=lambda item: item[0]))

    def _meets(self, held: dict[int, frozenset[int]], needs: tuple[tuple[int, tuple[int, ...]], ...]) -> bool:
        """Say whether what came in meets what a hop needs; one input then holds only what does."""
        for at, wanted in needs:
            if at not in held or not held[at].isdisjoint(wanted):
                if len(needs) == 1:
                    held[at] = held.get(at, self._all[at]).intersection(wanted)
                return True
        return False

    @cached_property
    def _all(self) -> list[frozenset[int]]:
        return [MORE.union(objects) for objects in self.replay.contents]


def allows_all(one: Held, other: Held) -> bool:
    """Say whether every input that one bounds is bounded at least as much by the other."""
    bounds = dict(other)
    return all(at in bounds and bounds[at] <= objects for at, objects in one)
