"""Widening: what a set that already holds many objects still takes.

Once a variable holds more than `WIDE` objects, telling every further one apart costs much and says little:
the variable is a meeting place (a registry, an event loop, a cache). From then on constant strings become any
string, foreign values become any foreign value, and of the objects of one *bucket* (instances of one class,
closures of one code block, one method bound to receivers of one class, generators) only the first few are
kept. The code that a kept function or method runs is the same for those left out, so calls lose nothing but
what the left-out receivers and closures would have passed on. How many were left out is counted. Where a set
has grown past `VERY_WIDE`, as where every class of a tree is stored under names that are computed, it keeps
`FEW` of each further bucket.

A variable with a declared type takes from a smaller number on only what may be of that type (see
`chaintrace.pointsto.expected`).
"""

from typing import TYPE_CHECKING

from chaintrace.pointsto.objects import External, Object, String
from chaintrace.pointsto.variables import WIDE, Variable

if TYPE_CHECKING:
    from collections.abc import Callable

VERY_WIDE = 64  # from here on even less is told apart
FEW = 2


class Widening:
    """Admit objects to wide sets. `any_string` and `any_value` stand for strings and foreign values."""

    def __init__(self) -> None:
        self.left_out = 0
        self.counted: list[Variable] = []
        self.any_string: Object | None = None
        self.any_value: Object | None = None
        self.expected: Callable[[list[Object], Variable], list[Object]] = lambda fresh, _variable: fresh

    def admit(self, fresh: list[Object], variable: Variable) -> list[Object]:
        """Return what of `fresh` (objects that the set lacks) to add to a set that is wide, or becomes so."""
        if variable.limit < WIDE:
            expected = self.expected(fresh, variable)
            if len(expected) < len(fresh):
                self.left_out += len(fresh) - len(expected)
                variable.limit = 0  # it is not whole any more
            if len(variable.points_to) + len(expected) <= WIDE:
                return expected
            fresh = expected
        return self._told_apart(fresh, variable)

    def _told_apart(self, fresh: list[Object], variable: Variable) -> list[Object]:
        points_to, counts = variable.points_to, variable.counts
        if counts is None:
            counts = variable.counts = {}
            self.counted.append(variable)
            for obj in points_to:
                if obj.bucket is not None:
                    counts[obj.bucket] = counts.get(obj.bucket, 0) + 1
        kept: dict[Object, None] = {}
        width = len(points_to)
        for obj in fresh:
            bucket = obj.bucket
            if bucket is None:
                kept[obj] = None
                continue
            count = counts.get(bucket, 0)
            if count < (obj.most if width < VERY_WIDE else min(obj.most, FEW)):
                counts[bucket] = count + 1
                kept[obj] = None
                continue
            stand_in = self._stand_in(obj)
            if stand_in is None:
                self.left_out += 1
            elif stand_in not in points_to:
                kept[stand_in] = None
        return list(kept)

    def release(self) -> None:
        """Forget the counts, once no set grows any more."""
        for variable in self.counted:
            variable.counts = None
        self.counted.clear()

    def _stand_in(self, obj: Object) -> Object | None:
        if isinstance(obj, String):
            return self.any_string
        return self.any_value if obj.bucket is External else None
