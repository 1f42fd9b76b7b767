"""The activations of a graph, joined by the hops a question allows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.graph.graph import ACCESS_KINDS, Graph, Move


class Step(NamedTuple):
    """Lead to (or from) the activation `to` by the edge `edge`, under a rule of the graph's replay."""

    to: int
    edge: int
    resolution: Resolution
    rule: int = -1


@dataclass(frozen=True)
class Network:
    """Hold the hops by which a search may move, and those into attributes, by which it may only end.

    `names` maps an activation to its symbol's name. Of several hops between two activations under one
    rule only the best is kept: the one with the strongest resolution, then with the first edge.
    """

    names: tuple[str, ...]
    forward: list[list[Step]]
    backward: list[list[Step]]
    accesses: tuple[Move, ...]

    @property
    def resolutions(self) -> frozenset[Resolution]:
        """Return how the hops are known."""
        return frozenset(step.resolution for steps in self.forward for step in steps)


def build_network(graph: Graph, kinds: Collection[EdgeKind], avoid: Collection[str] = ()) -> Network:
    """Join the activations of a graph by the edges of these kinds, but not those of symbols in `avoid`."""
    names, hops = graph.steps
    shunned = [name in avoid for name in names] if avoid else None
    best: dict[tuple[int, int, int], tuple[Resolution, int]] = {}
    accesses = []
    for hop in hops:
        edge = graph.edges[hop.edge]
        if edge.kind not in kinds or (shunned and (shunned[hop.source] or shunned[hop.target])):
            continue
        if edge.kind in ACCESS_KINDS:
            accesses.append(hop)
            continue
        pair = (hop.source, hop.target, hop.rule)
        rank = (edge.resolution, hop.edge)
        if pair not in best or rank < best[pair]:
            best[pair] = rank
    forward: list[list[Step]] = [[] for _ in names]
    backward: list[list[Step]] = [[] for _ in names]
    for (source, target, rule), (resolution, index) in sorted(best.items(), key=lambda item: item[1][1]):
        forward[source].append(Step(target, index, resolution, rule))
        backward[target].append(Step(source, index, resolution, rule))
    return Network(names, forward, backward, tuple(accesses))
