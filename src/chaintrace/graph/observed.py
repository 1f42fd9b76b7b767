"""A recorded run laid over a graph: which edges it made, and which of its edges the graph lacks."""

from dataclasses import dataclass, field
from typing import NamedTuple

from chaintrace.graph.edges import Edge, EdgeKind

OBSERVABLE = (EdgeKind.CALL, EdgeKind.SPAWN, EdgeKind.CALLBACK, EdgeKind.DISPATCH, EdgeKind.DEFINE)
"""The kinds of edges that a run shows; of messages, attributes and imports a recorder tells nothing."""

DERIVED = frozenset(("handed", "wrapped"))
"""Flags of edges that stand for two calls of a run."""


class ObservedCall(NamedTuple):
    """Be an edge that a run made; not direct where code that was not recorded lay between the two."""

    caller: str
    callee: str
    path: str
    line: int
    is_direct: bool = True


@dataclass(frozen=True)
class Observed:
    """Hold what a run says of a graph.

    `name` is the file of the run, `seen` the edges that it made, `ran` the symbols that it ran. `lacking` are
    its edges between symbols of the graph that the graph does not have; `outside` counts those of other code.
    """

    name: str
    seen: frozenset[Edge] = field(default_factory=frozenset, repr=False)
    ran: frozenset[str] = field(default_factory=frozenset, repr=False)
    lacking: tuple[ObservedCall, ...] = ()
    outside: int = 0

    def has_seen(self, edge: Edge) -> bool | None:
        """Say whether the run made an edge; None where a run cannot show it."""
        if edge in self.seen:
            return True
        is_shown = edge.kind in OBSERVABLE and DERIVED.isdisjoint(edge.flags) and "external" not in edge.flags
        return False if is_shown else None

    def words(self, edge: Edge) -> str:
        """Return what to write beside an edge: `seen`, `not seen`, or `not run` if its source never ran."""
        seen = self.has_seen(edge)
        if seen is None:
            return ""
        return "seen" if seen else "not seen" if edge.source in self.ran else "not run"
