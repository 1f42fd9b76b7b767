"""How far execution feasibly gets from a start."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path
from chaintrace.query.handed import Forward, Held, allows_all
from chaintrace.query.network import Network

MOST_WAYS = 24
"""Ways of coming to one activation, with other objects handed over, that are all gone on from."""
MOST_STATES = 200_000


@dataclass
class Spread:
    """Hold what a search forward reached: states, in order of distance.

    A state is an activation with what has come in there. `first` has the first state of each activation;
    `before` and `edges` lead back from a state, -1 for a start. `is_bounded` says that a limit of work made
    the search leave ways out.
    """

    graph: Graph
    activations: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    first: dict[int, int] = field(default_factory=dict)
    is_bounded: bool = False

    def add(self, activation: int, before: int = -1, edge: int = -1) -> int:
        """Add a state and return its number."""
        state = len(self.activations)
        self.activations.append(activation)
        self.before.append(before)
        self.edges.append(edge)
        self.lengths.append(self.lengths[before] + 1 if before >= 0 else 0)
        self.first.setdefault(activation, state)
        return state

    def length(self, activation: int) -> int:
        """Return how many edges lead to an activation."""
        return self.lengths[self.first[activation]]

    def path(self, activation: int) -> Path | None:
        """Return a shortest way to an activation as a path, None for a start."""
        edges, state = [], self.first[activation]
        while self.before[state] >= 0:
            edges.append(self.graph.edges[self.edges[state]])
            state = self.before[state]
        return Path(tuple(reversed(edges))) if edges else None


def reach_feasibly(graph: Graph, network: Network, starts: Iterable[int]) -> Spread:
    """Go forward from the starts, nearest first, over hops that what was handed over on the way allows."""
    spread, forward = Spread(graph), Forward(graph.replay)
    known: dict[int, list[Held]] = {}
    waiting: list[tuple[int, Held]] = []
    for start in sorted(set(starts)):
        known[start] = [()]
        waiting.append((spread.add(start), ()))
    for state, held in waiting:
        for step in network.forward[spread.activations[state]]:
            came = forward.after(held, step.rule)
            if came is None or _is_known(spread, known.setdefault(step.to, []), came):
                continue
            known[step.to].append(came)
            waiting.append((spread.add(step.to, state, step.edge), came))
    return spread


def _is_known(spread: Spread, known: list[Held], came: Held) -> bool:
    """Say whether a way need not be followed: one that was allows all that it does, or there are too many."""
    if any(allows_all(one, came) for one in known):
        return True
    is_over = bool(known) and (len(known) >= MOST_WAYS or len(spread.activations) >= MOST_STATES)
    spread.is_bounded = spread.is_bounded or is_over
    return is_over
