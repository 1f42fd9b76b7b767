"""Which hops to explain: those that join two places directly, or the best path between them."""

from collections.abc import Sequence

from chaintrace.graph.edges import Edge
from chaintrace.graph.graph import Graph
from chaintrace.query.paths import find_paths
from chaintrace.query.question import Routes, names_of


def find_hops(
    graph: Graph, sources: Sequence[str], targets: Sequence[str], routes: Routes | None = None
) -> tuple[Edge, ...]:
    """Return the edges from a source to a target, else those of the best path; none where there is none."""
    starts, ends = names_of(graph, sources), names_of(graph, targets)
    direct = tuple(edge for name in sorted(starts) for edge in graph.edges_from(name) if edge.target in ends)
    if direct:
        return tuple(sorted(direct, key=lambda edge: (edge.resolution, edge.source, edge.site)))
    best = find_paths(graph, sources, targets, routes)[0]
    return best.paths[0].edges if best.paths else ()
