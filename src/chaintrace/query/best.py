"""The k best paths to one end, found backwards from it.

The distances from the starts are exact, so the search (A*) walks straight to a best path and never explores
a prefix that cannot be completed. Paths pass no activation twice and differ in the symbols they pass.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chaintrace.graph.edges import Resolution
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path
from chaintrace.query.network import Network
from chaintrace.query.reach import Reach

BUDGET = 100_000
"""Partial paths looked at before the search for further paths gives up."""


class End(NamedTuple):
    """End a path in an activation, by one more edge out of it where `edge` is given."""

    activation: int
    edge: int | None = None


class Partial(NamedTuple):
    """Order unfinished paths by the rank they can still reach, then by their edges, last edge first."""

    resolution: int
    total: int
    edges: tuple[int, ...]
    activations: tuple[int, ...]
    passed: int
    weakest: Resolution


@dataclass
class Search:
    """Join what one search needs: the network, how far its activations are from the starts, and the limits.

    `count` is the largest number of paths to one set of ends, `depth` the largest number of edges of a path.
    """

    graph: Graph
    network: Network
    reach: Reach
    count: int = 1
    depth: int | None = None
    ended_early: bool = False


def best_paths(search: Search, ends: Sequence[End]) -> list[Path]:
    """Return up to `search.count` paths from the starts to any of the ends, best first.

    Where the search gives up, `search.ended_early` is set.
    """
    found: dict[tuple[str, ...], Path] = {}
    search.ended_early = False
    for edges in _completed(search, ends):
        path = Path(tuple(search.graph.edges[index] for index in reversed(edges)))
        found.setdefault(path.symbols, path)
        if len(found) == search.count:
            break
    return list(found.values())


def _completed(search: Search, ends: Sequence[End]) -> Iterator[tuple[int, ...]]:
    """Yield the edges of each path, last edge first, best path first."""
    graph, reach = search.graph, search.reach
    heap = list(_first(search, ends))
    heapq.heapify(heap)
    seen: set[tuple[tuple[str, ...], int, int]] = set()
    for _ in range(BUDGET):
        if not heap:
            return
        partial = heapq.heappop(heap)
        key = (tuple(graph.edges[e].target for e in partial.edges), partial.activations[-1], partial.passed)
        if key in seen:
            continue
        seen.add(key)
        here = partial.activations[-1]
        if partial.edges and here in reach.starts and reach.waypoints.after(0, here) == partial.passed:
            yield partial.edges
            continue
        for longer in _extended(search, partial):
            heapq.heappush(heap, longer)
    search.ended_early = bool(heap)


def _first(search: Search, ends: Sequence[End]) -> Iterator[Partial]:
    """Yield the paths of no edge, or of the one edge that leads out of the end."""
    graph, reach = search.graph, search.reach
    passed = reach.waypoints.count
    for end in ends:
        edges = () if end.edge is None else (end.edge,)
        weakest = Resolution.STATIC if end.edge is None else graph.edges[end.edge].resolution
        bound = reach.bound(reach.waypoints.state(end.activation, passed), weakest, len(edges), search.depth)
        if bound:
            yield Partial(*bound, edges, (end.activation,), passed, weakest)


def _extended(search: Search, partial: Partial) -> Iterator[Partial]:
    """Yield the paths that begin one step earlier."""
    reach = search.reach
    here = partial.activations[-1]
    for step in search.network.backward[here]:
        if step.to in partial.activations:
            continue
        weakest = max(partial.weakest, step.resolution)
        for passed in reach.waypoints.before(partial.passed, here):
            state = reach.waypoints.state(step.to, passed)
            bound = reach.bound(state, weakest, len(partial.edges) + 1, search.depth)
            if bound:
                edges = (*partial.edges, step.edge)
                yield Partial(*bound, edges, (*partial.activations, step.to), passed, weakest)
