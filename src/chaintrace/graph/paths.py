"""A path: edges in the order in which execution takes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

from chaintrace.graph.doubts import Doubt
from chaintrace.graph.edges import Edge, EdgeKind, Resolution

Order = tuple[bool, Resolution, int, int]


@dataclass(frozen=True)
class Path(Sequence[Edge]):
    """Join edges end to end: the target of each is the source of the next. A path has at least one edge.

    `doubts` are what speaks against it, though it may happen.
    """

    edges: tuple[Edge, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def rank(self) -> tuple[Resolution, int]:
        """Return (weakest resolution, length): a certain path beats a shorter guess."""
        return max(edge.resolution for edge in self.edges), len(self.edges)

    @property
    def supposed(self) -> int:
        """Return how many of the edges rest on something that was supposed: `declared` and `assumed` ones."""
        return sum(edge.resolution >= Resolution.DECLARED for edge in self.edges)

    @property
    def order(self) -> Order:
        """Return the order of paths: doubtful or not, weakest resolution, edges supposed, length."""
        weakest, length = self.rank
        return bool(self.doubts), weakest, self.supposed, length

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return the names of the symbols passed, both ends included."""
        return (self.source, *(edge.target for edge in self.edges))

    @property
    def source(self) -> str:
        """Return the name of the symbol where the path starts."""
        return self.edges[0].source

    @property
    def target(self) -> str:
        """Return the name of the symbol where the path ends."""
        return self.edges[-1].target

    @overload
    def __getitem__(self, index: int) -> Edge: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Edge, ...]: ...
    def __getitem__(self, index: int | slice) -> Edge | tuple[Edge, ...]:
        return self.edges[index]

    def __len__(self) -> int:
        return len(self.edges)

    def __str__(self) -> str:
        steps = (
            edge.target if edge.kind is EdgeKind.CALL else f"({edge.kind}) {edge.target}"
            for edge in self.edges
        )
        return " -> ".join((self.source, *steps))


class Refuted(NamedTuple):
    """Be a path that cannot happen, though each of its edges can.

    The edge at index `needs` goes where it does only if `given`, an input of a function on the path, holds
    one of `wanted`; the edge at index `at` makes it one of `held`.
    """

    path: Path
    at: int
    needs: int
    given: str
    wanted: tuple[str, ...]
    held: tuple[str, ...]
