"""The activations of a graph, joined by the hops a question allows."""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import NamedTuple

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.graph.graph import ACCESS_KINDS, Graph, Move


class Step(NamedTuple):
    """Lead to (or from) the activation `to` by the edge `edge`, under rules of the replay and the doubts."""

    to: int
    edge: int
    resolution: Resolution
    rule: int = -1
    doubt: int = -1


class Adjacency:
    """Give the steps that lead out of an activation, or into it, each list made when first asked for.

    Of several hops between two activations under the same rules only the best is kept: the one with the
    strongest resolution, then with the first edge.
    """

    def __init__(self, network: "Network", *, is_forward: bool) -> None:
        self.network = network
        self.is_forward = is_forward
        self._made: dict[int, list[Step]] = {}

    def __getitem__(self, activation: int) -> list[Step]:
        found = self._made.get(activation)
        if found is None:
            found = self._made[activation] = self._make(activation)
        return found

    def _make(self, activation: int) -> list[Step]:
        network = self.network
        edges, moving, shunned = network.graph.edges, network.moving, network.shunned
        hops = network.graph.hops_from if self.is_forward else network.graph.hops_to
        best: dict[tuple[int, int, int], tuple[Resolution, int]] = {}
        if activation in shunned:
            return []
        for hop in hops(activation):
            other = hop.target if self.is_forward else hop.source
            edge = edges[hop.edge]
            if edge.kind not in moving or other in shunned:
                continue
            way, rank = (other, hop.rule, hop.doubt), (edge.resolution, hop.edge)
            if way not in best or rank < best[way]:
                best[way] = rank
        ordered = sorted(best.items(), key=lambda item: item[1][1])
        return [Step(other, index, resolution, *rules) for (other, *rules), (resolution, index) in ordered]


class Network:
    """Hold the hops by which a search may move, and those into attributes, by which it may only end.

    `names` maps an activation to its symbol's name.
    """

    def __init__(self, graph: Graph, kinds: Collection[EdgeKind], avoid: Collection[str]) -> None:
        self.graph = graph
        self.names = graph.steps[0]
        self.moving = frozenset(kind for kind in kinds if kind not in ACCESS_KINDS)
        self.ending = frozenset(kind for kind in kinds if kind in ACCESS_KINDS)
        self.shunned = frozenset(
            number for name in avoid for number in graph.activations_by_name.get(name, ())
        )
        self.forward = Adjacency(self, is_forward=True)
        self.backward = Adjacency(self, is_forward=False)

    @cached_property
    def resolutions(self) -> frozenset[Resolution]:
        """Return how the edges are known by which a search may move."""
        return frozenset(edge.resolution for edge in self.graph.edges if edge.kind in self.moving)

    def accesses(self, attributes: Iterable[int]) -> list[Move]:
        """Return the hops into some attributes by which a search may end."""
        edges = self.graph.edges
        return [
            hop
            for attribute in sorted(set(attributes) - self.shunned)
            for hop in self.graph.hops_to(attribute)
            if edges[hop.edge].kind in self.ending and hop.source not in self.shunned
        ]


def build_network(graph: Graph, kinds: Collection[EdgeKind], avoid: Collection[str] = ()) -> Network:
    """Join the activations of a graph by the edges of these kinds, but not those of symbols in `avoid`."""
    key = ("network", frozenset(kinds), frozenset(avoid))
    found = graph.kept.get(key)
    if not isinstance(found, Network):
        found = graph.kept[key] = Network(graph, kinds, avoid)
    return found
