"""How far every activation is from the starts of a question, for each resolution one is willing to accept."""

import heapq
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from chaintrace.graph.edges import Resolution
from chaintrace.query.network import Adjacency, Network

UNREACHED = -1
SUPPOSED = 1 << 20
"""What an edge that rests on something supposed costs beside its length: more than any length."""


_Limits = tuple[Resolution, Container[int]]


def cost_of(resolution: Resolution) -> int:
    """Return what an edge adds to the cost of a path: its length, and whether something was supposed."""
    return 1 + SUPPOSED if resolution >= Resolution.DECLARED else 1


@dataclass(frozen=True)
class Waypoints:
    """Count how many of the wanted waypoints a path has passed, in their order.

    A state of the search is `activation * (len(wanted) + 1) + passed`.
    """

    names: tuple[str, ...]
    wanted: tuple[frozenset[str], ...] = ()

    @property
    def count(self) -> int:
        """Return how many waypoints a path must pass."""
        return len(self.wanted)

    def after(self, passed: int, activation: int) -> int:
        """Return how many waypoints are passed on arrival at an activation."""
        while passed < len(self.wanted) and self.names[activation] in self.wanted[passed]:
            passed += 1
        return passed

    def before(self, passed: int, activation: int) -> list[int]:
        """Return the counts from which arrival at an activation gives `passed`."""
        if not self.wanted:
            return [0]
        return [earlier for earlier in range(passed + 1) if self.after(earlier, activation) == passed]

    def state(self, activation: int, passed: int) -> int:
        """Return the number of the state of an activation and the waypoints passed on the way to it."""
        return activation * (len(self.wanted) + 1) + passed


@dataclass(frozen=True)
class Reach:
    """Hold, for each resolution, the cost of the cheapest way to each state by edges no weaker.

    `lengths` has the same for the shortest ways, where a path may not have more than some number of edges.
    """

    starts: frozenset[int]
    waypoints: Waypoints
    levels: tuple[tuple[Resolution, list[int]], ...]
    lengths: tuple[list[int], ...] = ()

    def bound(
        self, state: int, weakest: Resolution, cost: int, room: int | None
    ) -> tuple[Resolution, int] | None:
        """Return the best (weakest resolution, cost) of a path whose part after `state` is known.

        `weakest` and `cost` are those of the known edges; `room` is how many more there may be. None means
        that there is no such path.
        """
        for index, (resolution, costs) in enumerate(self.levels):
            if resolution < weakest or costs[state] == UNREACHED:
                continue
            if room is None or self.lengths[index][state] <= room:
                return resolution, cost + costs[state]
        return None


def reach(
    network: Network,
    starts: Iterable[int],
    waypoints: Waypoints,
    cone: Container[int],
    *,
    is_bounded: bool = False,
) -> Reach:
    """Measure the network from the activations in `starts`, within those that lead to an end.

    `is_bounded` where lengths are needed too.
    """
    origins = [start for start in sorted(set(starts)) if start in cone]
    present = network.resolutions
    levels: list[tuple[Resolution, list[int]]] = []
    lengths: list[list[int]] = []
    for resolution in Resolution:
        if levels and resolution not in present:
            levels.append((resolution, levels[-1][1]))
            lengths += lengths[-1:]
            continue
        plain = None
        if is_bounded or resolution < Resolution.DECLARED:
            plain = _lengths(network, origins, waypoints, (resolution, cone))
        if is_bounded and plain is not None:
            lengths.append(plain)
        if plain is None or resolution >= Resolution.DECLARED:
            plain = _costs(network, origins, waypoints, (resolution, cone))
        levels.append((resolution, plain))
    return Reach(frozenset(origins), waypoints, tuple(levels), tuple(lengths))


def _lengths(network: Network, origins: Sequence[int], waypoints: Waypoints, limits: _Limits) -> list[int]:
    """Search breadth first over edges no weaker than allowed; return the distance of each state."""
    limit, cone = limits
    distances = [UNREACHED] * (len(network.names) * (waypoints.count + 1))
    frontier = [(origin, waypoints.after(0, origin)) for origin in origins]
    for origin, passed in frontier:
        distances[waypoints.state(origin, passed)] = 0
    length = 0
    while frontier:
        length += 1
        arrived = []
        for activation, passed in frontier:
            for step in network.forward[activation]:
                if step.resolution > limit or step.to not in cone:
                    continue
                now = waypoints.after(passed, step.to)
                state = waypoints.state(step.to, now)
                if distances[state] == UNREACHED:
                    distances[state] = length
                    arrived.append((step.to, now))
        frontier = arrived
    return distances


def _costs(network: Network, origins: Sequence[int], waypoints: Waypoints, limits: _Limits) -> list[int]:
    """Search by cost (Dijkstra's, over buckets of equal cost) like `_lengths`; return that of each state."""
    limit, cone = limits
    costs = [UNREACHED] * (len(network.names) * (waypoints.count + 1))
    buckets: dict[int, list[tuple[int, int]]] = {0: []}
    waiting = [0]
    for origin in origins:
        passed = waypoints.after(0, origin)
        costs[waypoints.state(origin, passed)] = 0
        buckets[0].append((origin, passed))
    while waiting:
        cost = heapq.heappop(waiting)
        for activation, passed in buckets.pop(cost):
            if costs[waypoints.state(activation, passed)] != cost:
                continue
            for step in network.forward[activation]:
                if step.resolution > limit or step.to not in cone:
                    continue
                now = waypoints.after(passed, step.to)
                state, total = waypoints.state(step.to, now), cost + cost_of(step.resolution)
                if costs[state] == UNREACHED or total < costs[state]:
                    costs[state] = total
                    if total not in buckets:
                        buckets[total] = []
                        heapq.heappush(waiting, total)
                    buckets[total].append((step.to, now))
    return costs


def spread(adjacency: Adjacency, starts: Iterable[int], depth: int | None = None) -> dict[int, int]:
    """Return the distance of every activation within `depth` steps of the starts, which are at 0."""
    distances = dict.fromkeys(sorted(set(starts)), 0)
    frontier = list(distances)
    length = 0
    while frontier and (depth is None or length < depth):
        length += 1
        arrived = []
        for activation in frontier:
            for step in adjacency[activation]:
                if step.to not in distances:
                    distances[step.to] = length
                    arrived.append(step.to)
        frontier = arrived
    return distances
