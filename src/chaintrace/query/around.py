"""What surrounds a symbol: callers, callees, accesses of an attribute, and all that lies between two places.

Every answer is a tuple of edge indexes of the graph.
"""

from collections.abc import Collection, Sequence

from chaintrace.graph.edges import EdgeKind
from chaintrace.graph.graph import EXECUTION_KINDS, Graph
from chaintrace.query.network import build_network
from chaintrace.query.paths import find_starts
from chaintrace.query.question import Routes, activations_of, allowed_kinds, ends_of, names_of, select_all
from chaintrace.query.reach import spread


def find_callees(
    graph: Graph,
    patterns: Sequence[str],
    depth: int | None = 1,
    kinds: Collection[EdgeKind] = EXECUTION_KINDS,
) -> tuple[int, ...]:
    """Return the edges by which execution leaves the symbols, up to `depth` edges away, nearest first.

    `kinds` are those of the edges to follow, where others than the ones along which execution moves.
    """
    starts = [number for match in select_all(graph, patterns) for number in activations_of(graph, match)]
    network = build_network(graph, kinds)
    distances = spread(network.forward, starts, _one_less(depth))
    found = [(distances[hop[0]], hop[2]) for hop in graph.steps[1] if hop[0] in distances]
    return _nearest_first(graph, found, kinds)


def find_callers(graph: Graph, patterns: Sequence[str], depth: int | None = 1) -> tuple[int, ...]:
    """Return the edges by which execution comes to the symbols, up to `depth` edges away, nearest first."""
    goals = [number for match in select_all(graph, patterns) for number in ends_of(graph, match)]
    network = build_network(graph, EXECUTION_KINDS)
    distances = spread(network.backward, goals, _one_less(depth))
    found = [(distances[hop[1]], hop[2]) for hop in graph.steps[1] if hop[1] in distances]
    return _nearest_first(graph, found, EXECUTION_KINDS)


def _one_less(depth: int | None) -> int | None:
    """Return how far the near ends of the wanted edges may be; None is any distance."""
    return None if depth is None else depth - 1


def _nearest_first(
    graph: Graph, found: list[tuple[int, int]], kinds: Collection[EdgeKind]
) -> tuple[int, ...]:
    """Keep the edges of some kinds, each once, by distance and then by index."""
    ordered = sorted(item for item in found if graph.edges[item[1]].kind in kinds)
    return tuple(dict.fromkeys(edge for _, edge in ordered))


def find_accesses(graph: Graph, patterns: Sequence[str], kind: EdgeKind) -> tuple[int, ...]:
    """Return the edges that write, or that read, the attributes the patterns mean, ascending."""
    wanted = {match.name for match in select_all(graph, patterns)}
    return tuple(
        index for index, edge in enumerate(graph.edges) if edge.kind is kind and edge.target in wanted
    )


def find_slice(
    graph: Graph, sources: Sequence[str], targets: Sequence[str], routes: Routes | None = None
) -> tuple[int, ...]:
    """Return the edges that lie on some way from the sources to the targets, ascending.

    Without sources, ways begin at the symbols nobody calls. `via` is no property of a single edge and is
    left aside.
    """
    routes = routes or Routes()
    kinds = allowed_kinds(routes.kinds)
    avoid = names_of(graph, routes.avoid)
    network = build_network(graph, kinds, avoid)
    goals = {number for match in select_all(graph, targets) for number in ends_of(graph, match, routes.kinds)}
    starts = find_starts(graph, sources, kinds)
    before = spread(network.forward, [number for _, numbers in starts for number in numbers])
    after = spread(network.backward, goals)
    accessing = {hop.source for hop in network.accesses(goals)}
    for activation, distance in spread(network.backward, accessing).items():
        after[activation] = min(after.get(activation, distance + 1), distance + 1)
    edges = set()
    for source, target, index in graph.steps[1]:
        edge = graph.edges[index]
        if edge.kind not in kinds or edge.source in avoid or edge.target in avoid:
            continue
        if source in before and target in after:
            length = before[source] + 1 + after[target]
            if routes.depth is None or length <= routes.depth:
                edges.add(index)
    return tuple(sorted(edges))
