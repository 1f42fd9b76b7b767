"""Waypoints: symbols that a chain is expected to pass."""

from collections.abc import Sequence

from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path
from chaintrace.query.near import NoMatchError
from chaintrace.query.select import select


def missing_waypoints(graph: Graph, chains: Sequence[Path], waypoints: Sequence[str]) -> tuple[str, ...]:
    """Return the patterns of which no symbol is on any of the chains, those that match nothing included."""
    passed = {name for path in chains for name in path.symbols}
    return tuple(waypoint for waypoint in waypoints if passed.isdisjoint(_names(graph, waypoint)))


def _names(graph: Graph, pattern: str) -> list[str]:
    try:
        return [match.symbol.name for match in select(graph, pattern)]
    except NoMatchError:
        return []
