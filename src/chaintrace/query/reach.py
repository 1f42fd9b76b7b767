"""How far every activation is from the starts of a question, for each resolution one is willing to accept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chaintrace.graph.edges import Resolution
from chaintrace.query.network import Network, Step

UNREACHED = -1


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
    """Hold, for each resolution, the length of the shortest way to each state by edges no weaker."""

    starts: frozenset[int]
    waypoints: Waypoints
    levels: tuple[tuple[Resolution, list[int]], ...]

    def bound(
        self, state: int, weakest: Resolution, length: int, depth: int | None
    ) -> tuple[int, int] | None:
        """Return the best rank of a whole path whose last `length` edges are known and begin at `state`.

        `weakest` is the weakest of those edges; None means that no path, or none within `depth` edges,
        exists.
        """
        for resolution, distances in self.levels:
            if resolution >= weakest and distances[state] != UNREACHED:
                total = length + distances[state]
                if depth is None or total <= depth:
                    return resolution, total
        return None


def reach(network: Network, starts: Iterable[int], waypoints: Waypoints) -> Reach:
    """Measure the network from the activations in `starts`."""
    origins = sorted(set(starts))
    present = {step.resolution for steps in network.forward for step in steps}
    levels: list[tuple[Resolution, list[int]]] = []
    for resolution in Resolution:
        if levels and resolution not in present:
            levels.append((resolution, levels[-1][1]))
        else:
            levels.append((resolution, _distances(network, origins, waypoints, resolution)))
    return Reach(frozenset(origins), waypoints, tuple(levels))


def _distances(
    network: Network, origins: Sequence[int], waypoints: Waypoints, limit: Resolution
) -> list[int]:
    """Search breadth first over edges no weaker than `limit`; return the distance of each state."""
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
                if step.resolution > limit:
                    continue
                now = waypoints.after(passed, step.to)
                state = waypoints.state(step.to, now)
                if distances[state] == UNREACHED:
                    distances[state] = length
                    arrived.append((step.to, now))
        frontier = arrived
    return distances


def spread(
    adjacency: Sequence[Sequence[Step]], starts: Iterable[int], depth: int | None = None
) -> dict[int, int]:
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
