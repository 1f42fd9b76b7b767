"""Derivations: why facts hold, kept as small numbers beside a graph and spelled out only where asked for.

A record says one step: what happened (`word`), where, to which object, and the records it rests on: `source`
is where the object came from, `ground` why the object through which it was reached is there. Records share
their beginnings, so the whole costs a few numbers a step.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    Numbers = array[int]
else:  # 3.11 cannot subscript it, and who stores a graph reads the annotations
    Numbers = array

NONE = -1
MOST_STEPS = 400
"""Records that a witness is made of, before what lies deepest is left out."""


class Step(NamedTuple):
    """Say one step of a witness: `word` happened to `what` at `path`:`line`, whose source line is `text`.

    `depth` counts how far the step is from the use: steps of depth 0 follow the object itself, deeper ones
    say how the objects came about through which it was reached.
    """

    word: str
    what: str
    path: str
    line: int
    text: str
    depth: int


class Place(NamedTuple):
    """Name a line of code."""

    path: str
    line: int
    text: str


@dataclass
class Derivations:
    """Hold records in parallel arrays; `words`, `objects` and `places` are what their numbers mean."""

    words: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    word: Numbers = field(default_factory=lambda: array("i"))
    what: Numbers = field(default_factory=lambda: array("i"))
    place: Numbers = field(default_factory=lambda: array("i"))
    source: Numbers = field(default_factory=lambda: array("i"))
    ground: Numbers = field(default_factory=lambda: array("i"))

    def __len__(self) -> int:
        return len(self.word)

    def steps(self, *records: int) -> tuple[Step, ...]:
        """Return the steps behind records, from allocation to use; each happens once, so cycles are cut."""
        opened: set[int] = set()
        told = (
            step
            for record in records
            if record >= 0
            for step in self._told(record, self._nearest(record, opened), opened)
        )
        return tuple(_without_repeats(told))

    def _nearest(self, record: int, opened: Iterable[int]) -> frozenset[int]:
        """Return the records behind a record, those nearest to it where there are very many."""
        found = {record: None}
        row = [record]
        while row and len(found) < MOST_STEPS:
            row = [
                parent
                for at in row
                for parent in (self.source[at], self.ground[at])
                if parent >= 0
                and parent not in found
                and parent not in opened
                and found.setdefault(parent) is None
            ]
        return frozenset(found)

    def _told(self, record: int, chosen: frozenset[int], opened: set[int]) -> Iterator[Step]:
        """Yield the steps of a record after those it rests on: its ground, then its source."""
        stack = [(record, 0, False)]
        while stack:
            at, depth, is_told = stack.pop()
            if is_told:
                if self.place[at] >= 0:
                    path, line, text = self.places[self.place[at]]
                    yield Step(
                        self.words[self.word[at]], self.objects[self.what[at]], path, line, text, depth
                    )
                continue
            if at in opened or at not in chosen:
                continue
            opened.add(at)
            stack.append((at, depth, True))
            if self.source[at] >= 0:
                stack.append((self.source[at], depth, False))
            if self.ground[at] >= 0:
                stack.append((self.ground[at], depth + 1, False))


def _without_repeats(steps: Iterable[Step]) -> Iterator[Step]:
    """Of steps about one object on one line that follow each other, yield the first of the least depth."""
    before: Step | None = None
    for step in steps:
        if before is not None and _is_about(step) == _is_about(before):
            before = step if step.depth < before.depth else before
            continue
        if before is not None:
            yield before
        before = step
    if before is not None:
        yield before


def _is_about(step: Step) -> tuple[str, str, int]:
    return step.what, step.path, step.line
