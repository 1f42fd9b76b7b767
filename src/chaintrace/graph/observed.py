"""A recorded run laid over a graph: which edges it made, and which of its edges the graph lacks."""

from dataclasses import dataclass, field
from typing import NamedTuple

from chaintrace.graph.edges import Edge, EdgeKind, Resolution

OBSERVABLE = (EdgeKind.CALL, EdgeKind.SPAWN, EdgeKind.CALLBACK, EdgeKind.DISPATCH, EdgeKind.DEFINE)
"""The kinds of edges that a run shows; of messages, attributes and imports a recorder tells nothing."""

DERIVED = frozenset(("handed", "wrapped"))
"""Flags of edges that stand for two calls of a run."""

_UNSHOWN = (EdgeKind.IMPORT, EdgeKind.INHERIT)


class ObservedCall(NamedTuple):
    """Be an edge that a run made; not direct where code that was not recorded lay between the two.

    `caller` is "" where the callee was started by nobody that is known.
    """

    caller: str
    callee: str
    path: str
    line: int
    is_direct: bool = True


@dataclass(frozen=True)
class Observed:
    """Hold what a run says of a graph.

    `name` is the file of the run, `seen` the edges that it made, `ran` the symbols that it ran, `started`
    those that were started by nobody that is known. `lacking` are its edges between symbols of the graph that
    the graph does not have; `outside` counts those of other code.
    """

    name: str
    seen: frozenset[Edge] = field(default_factory=frozenset, repr=False)
    ran: frozenset[str] = field(default_factory=frozenset, repr=False)
    lacking: tuple[ObservedCall, ...] = ()
    outside: int = 0
    started: frozenset[str] = field(default_factory=frozenset, repr=False)

    def has_seen(self, edge: Edge) -> bool | None:
        """Say whether the run made an edge; None where a run cannot show it."""
        if edge in self.seen:
            return True
        if edge.kind not in OBSERVABLE or not DERIVED.isdisjoint(edge.flags) or "external" in edge.flags:
            return None
        if "construct" in edge.flags and not edge.target.endswith("__"):
            return None  # no code of a class runs that has no constructor
        return None if edge.target in self.ran and self._is_handed(edge) else False

    def _is_handed(self, edge: Edge) -> bool:
        """Say whether the source hands the target over, so that another may be seen to start it."""
        if edge.kind is EdgeKind.SPAWN:
            return edge.target in self.started
        is_modelled = edge.resolution is Resolution.MODELLED and "implicit" in edge.flags
        return edge.kind is EdgeKind.CALLBACK or is_modelled

    def words(self, edge: Edge) -> str:
        """Return what to write beside an edge.

        It is `seen`, `not seen`, `not run` if its source never ran, or `not observable`; nothing for what
        does not run, or is not of the program.
        """
        if edge.kind in _UNSHOWN or "external" in edge.flags:
            return ""
        seen = self.has_seen(edge)
        if seen:
            return "seen"
        if edge.source not in self.ran:
            return "not run"
        return "not observable" if seen is None else "not seen"
