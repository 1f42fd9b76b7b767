"""Groups: what a path passes, coarsely: the classes and modules its symbols belong to.

A function that consumes what others send is a group of its own: the loops of one class that a message may
come to are different ways.
"""

from collections.abc import Iterable, Sequence

from chaintrace.graph.edges import PARTIAL, Edge, EdgeKind
from chaintrace.graph.paths import Path


class Groups:
    """Number the group that each activation belongs to."""

    def __init__(self, names: Sequence[str], edges: Iterable[Edge]) -> None:
        self.names = names
        self._numbers: dict[str, int] = {}
        self._consumers = {
            edge.target for edge in edges if edge.kind is EdgeKind.SEND and PARTIAL.isdisjoint(edge.flags)
        }

    def of(self, activation: int) -> int:
        """Return the number of the group of an activation."""
        return self._numbers.setdefault(self.name(self.names[activation]), len(self._numbers))

    def name(self, symbol: str) -> str:
        """Return the name of the group of a symbol."""
        return symbol if symbol in self._consumers else owner_of(symbol)

    def sequence(self, path: Path) -> tuple[str, ...]:
        """Return the groups that a path passes, in order."""
        passed: list[str] = []
        for symbol in path.symbols:
            group = self.name(symbol)
            if not passed or passed[-1] != group:
                passed.append(group)
        return tuple(passed)


def owner_of(name: str) -> str:
    """Return the class or module of a symbol; of what stands in a function, that of the function."""
    return name.partition(".<locals>")[0].rpartition(".")[0]


def diverse(groups: Groups, paths: Sequence[Path], count: int) -> list[Path]:
    """Choose up to `count` paths of different sequences; those that are detours of others come last.

    A detour passes all that another path passes, in the same order, and something more.
    """
    first: dict[tuple[str, ...], Path] = {}
    for path in paths:
        first.setdefault(groups.sequence(path), path)
    apart: list[tuple[str, ...]] = []
    detours: list[tuple[str, ...]] = []
    for passed in first:
        is_detour = any(_is_within(other, passed) for other in apart)
        (detours if is_detour else apart).append(passed)
    return [first[passed] for passed in (apart + detours)[:count]]


def _is_within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Say whether a sequence is another one with something left out."""
    rest = iter(whole)
    return all(name in rest for name in part)
