"""Doubts: where a path's own message contradicts what its next hops need of it.

Such a path is kept: the message may have been stored and used later. But what speaks against it is said,
and it comes after every path that nothing speaks against.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chaintrace.graph.replay import Need, Refusal, Replay

BEFORE = "one that came before"
"""What a message would have to be where code runs before it is received."""


class Doubt(NamedTuple):
    """Say why a path may not happen.

    The edge at index `needs` wants the message, or argument, `input` to be one of `wanted`; the edge at
    index `at` makes it one of `held`.
    """

    at: int
    needs: int
    input: str
    wanted: tuple[str, ...]
    held: tuple[str, ...]

    @property
    def is_early(self) -> bool:
        """Say whether the hop that needs it runs before the message is received."""
        return BEFORE in self.wanted


def doubts_of(replay: Replay, rules: Sequence[int]) -> tuple[Doubt, ...]:
    """Return what speaks against a path whose hops have these rules, in the order of the hops."""
    found: dict[Doubt, None] = {}
    needs: tuple[Need, ...] = ()
    for at in reversed(range(len(rules))):
        carried = replay.before(needs, rules[at], at)
        while isinstance(carried, Refusal):
            found[_doubt(replay, carried, at)] = None
            fewer = tuple(need for need in needs if need.edge != carried.need.edge)
            if len(fewer) == len(needs):
                carried = ()
                break
            needs = fewer
            carried = replay.before(needs, rules[at], at)
        needs = carried
    return tuple(sorted(found))


def _doubt(replay: Replay, refusal: Refusal, at: int) -> Doubt:
    alternatives = refusal.need.alternatives
    inputs = " or ".join(replay.inputs[source] for source, _ in alternatives)
    return Doubt(at, refusal.need.edge, inputs, _wanted(replay, refusal.need), _words(replay, refusal.given))


def _wanted(replay: Replay, need: Need) -> tuple[str, ...]:
    """Name what is wanted, or, where that is most of what may come in, what is not."""
    wanted = sorted({obj for _, objects in need.alternatives for obj in objects})
    every = [obj for source, _ in need.alternatives for obj in replay.contents[source]]
    others = _words(replay, [obj for obj in every if obj not in wanted])
    words = _words(replay, wanted)
    if not words or BEFORE in words or len(others) >= len(words):
        return words
    return (f"anything but {' or '.join(others)}",)


def _words(replay: Replay, objects: Iterable[int]) -> tuple[str, ...]:
    words = (replay.objects[obj] for obj in objects)
    return tuple(dict.fromkeys(word for word in words if word))
