"""A path: edges in the order in which execution takes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from chaintrace.graph.edges import Edge, EdgeKind, Resolution


@dataclass(frozen=True)
class Path(Sequence[Edge]):
    """Join edges end to end: the target of each is the source of the next. A path has at least one edge."""

    edges: tuple[Edge, ...]

    @property
    def rank(self) -> tuple[Resolution, int]:
        """Return (weakest resolution, length), smallest is best: a certain path beats a shorter guess."""
        return max(edge.resolution for edge in self.edges), len(self.edges)

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
