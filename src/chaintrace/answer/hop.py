"""One hop, and a listing of hops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from chaintrace.graph.derivations import Step
from chaintrace.graph.edges import Edge, EdgeKind, Resolution, Symbol
from chaintrace.graph.graph import Graph
from chaintrace.ir.location import Span


@dataclass(frozen=True)
class Hop:
    """Show one edge of a graph: from where to where, at which site, and how it is known."""

    graph: Graph
    edge: Edge

    @property
    def source(self) -> Symbol:
        """Return the symbol the hop starts from."""
        return self.graph.symbol(self.edge.source)

    @property
    def target(self) -> Symbol:
        """Return the symbol the hop leads to."""
        return self.graph.symbol(self.edge.target)

    @property
    def kind(self) -> EdgeKind:
        """Return what the hop means: a call, a write, a spawned thread."""
        return self.edge.kind

    @property
    def site(self) -> Span:
        """Return where in the source the hop happens."""
        return self.edge.site

    @property
    def resolution(self) -> Resolution:
        """Return how the hop is known."""
        return self.edge.resolution

    @property
    def text(self) -> str:
        """Return the source line of the site."""
        return self.edge.text

    @property
    def guard(self) -> str:
        """Return the condition under which the site runs, "" if there is none."""
        return self.edge.guard

    @property
    def flags(self) -> tuple[str, ...]:
        """Return words on the way of calling, such as `construct` or `property`."""
        return self.edge.flags

    @property
    def witness(self) -> tuple[Step, ...]:
        """Return why the hop holds: the steps from the allocation of what is used to its use, the last."""
        return self.graph.witness(self.edge)

    def __str__(self) -> str:
        from chaintrace.export.text import hop_text

        return hop_text(self.edge)

    def __repr__(self) -> str:
        return f"<Hop {self}>"

    def _repr_html_(self) -> str:
        from chaintrace.export.html import edge_table

        return edge_table([self.edge])


@dataclass(frozen=True)
class Listing(Sequence[Hop]):
    """List hops that are no path: the callers of a function, the writers of an attribute."""

    graph: Graph
    edges: tuple[Edge, ...]

    @overload
    def __getitem__(self, index: int) -> Hop: ...
    @overload
    def __getitem__(self, index: slice) -> "Listing": ...
    def __getitem__(self, index: int | slice) -> "Hop | Listing":
        if isinstance(index, slice):
            return Listing(self.graph, self.edges[index])
        return Hop(self.graph, self.edges[index])

    def __len__(self) -> int:
        return len(self.edges)

    def __str__(self) -> str:
        from chaintrace.export.text import edge_line

        return "\n".join(edge_line(edge) for edge in self.edges)

    def __repr__(self) -> str:
        return f"<Listing of {len(self)} hops>"

    def _repr_html_(self) -> str:
        from chaintrace.export.html import edge_table

        return edge_table(self.edges)

    def restricted(self) -> Graph:
        """Return the graph of these edges and their ends."""
        from chaintrace.graph.restrict import restrict

        return restrict(self.graph, (self.graph.edge_indexes[edge] for edge in self.edges))
