"""How far execution feasibly gets from a start, and from where it comes to a target."""

from collections.abc import Iterable
from dataclasses import dataclass

from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path
from chaintrace.graph.replay import Refusal
from chaintrace.query.network import Network, Step


@dataclass(frozen=True)
class Spread:
    """Hold the activations that are reached, in order of distance, each with the step that led to it.

    A step leads back: to the activation before, by the edge between. The starts have none.
    """

    graph: Graph
    steps: dict[int, Step | None]

    def way(self, activation: int) -> tuple[int, ...]:
        """Return the edges passed on the way to an activation, in order."""
        edges = []
        while (step := self.steps[activation]) is not None:
            edges.append(step.edge)
            activation = step.to
        return tuple(reversed(edges))

    def path(self, activation: int) -> Path | None:
        """Return the way to an activation as a path, None for a start."""
        edges = self.way(activation)
        return Path(tuple(self.graph.edges[edge] for edge in edges)) if edges else None


def reach_feasibly(graph: Graph, network: Network, starts: Iterable[int]) -> Spread:
    """Go forward from the starts, nearest first, over hops that what was handed over on the way allows."""
    spread = Spread(graph, dict.fromkeys(sorted(set(starts))))
    frontier = list(spread.steps)
    while frontier:
        arrived = []
        for activation in frontier:
            for step in network.forward[activation]:
                if step.to not in spread.steps and _is_feasible(spread, activation, step):
                    spread.steps[step.to] = Step(activation, step.edge, step.resolution, step.rule)
                    arrived.append(step.to)
        frontier = arrived
    return spread


def _is_feasible(spread: Spread, activation: int, step: Step) -> bool:
    """Say whether a step may follow the way that led to its source."""
    replay = spread.graph.replay
    needs = replay.before((), step.rule, step.edge)
    while needs and not isinstance(needs, Refusal):
        before = spread.steps[activation]
        if before is None:
            return True
        needs = replay.before(needs, before.rule, before.edge)
        activation = before.to
    return not isinstance(needs, Refusal)


def lead_back(network: Network, ends: Iterable[int]) -> dict[int, int]:
    """Return the distance to the ends of every activation that leads to them, nearest first."""
    distances = dict.fromkeys(sorted(set(ends)), 0)
    frontier = list(distances)
    while frontier:
        arrived = []
        for activation in frontier:
            for step in network.backward[activation]:
                if step.to not in distances:
                    distances[step.to] = distances[activation] + 1
                    arrived.append(step.to)
        frontier = arrived
    return distances
