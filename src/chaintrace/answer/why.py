"""Why hops hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from chaintrace.answer.hop import Hop
from chaintrace.graph.edges import Edge
from chaintrace.graph.graph import Graph


@dataclass(frozen=True)
class Why(Sequence[Hop]):
    """Hold hops with the derivation behind each: `why[0].witness` are the steps of the first."""

    graph: Graph
    edges: tuple[Edge, ...]

    @overload
    def __getitem__(self, index: int) -> Hop: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Hop, ...]: ...
    def __getitem__(self, index: int | slice) -> Hop | tuple[Hop, ...]:
        if isinstance(index, slice):
            return tuple(Hop(self.graph, edge) for edge in self.edges[index])
        return Hop(self.graph, self.edges[index])

    def __len__(self) -> int:
        return len(self.edges)

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, *, whole: bool = False) -> str:
        """Return each hop with the steps that make it understood, or with all of them."""
        from chaintrace.export.witness import witness_text

        return "\n\n".join(witness_text(hop.edge, hop.witness, whole=whole) for hop in self)

    def __repr__(self) -> str:
        return f"<Why of {len(self)} hops>"

    def to_json(self) -> str:
        """Return JSON after the contract `chaintrace-why/1`."""
        from chaintrace.export.witness import witnesses_json

        return witnesses_json([(hop.edge, hop.witness) for hop in self])
