"""Bridges: the one or two edges, declared or assumed, that would connect what a search left apart.

An unresolved call of a name may mean any function of that name; a call that was resolved may as well mean
the method of that name of a class that is an heir or an ancestor of the one found.
"""

from collections.abc import Iterable, Iterator, Mapping

from chaintrace.graph.edges import Cause, EdgeKind, Resolution, SymbolKind, Unresolved
from chaintrace.graph.graph import Graph
from chaintrace.graph.nopath import Bridge, Missing
from chaintrace.query.frontier import Spread, reach_feasibly
from chaintrace.query.network import Network
from chaintrace.query.places import Places

MOST_BRIDGES = 5
MOST_MEANT = 12
"""Functions of one name that an unresolved call of it is supposed to mean; past that it says too little."""


def find_bridges(
    graph: Graph, network: Network, spread: Spread, leading: Mapping[int, int], places: Places
) -> tuple[Bridge, ...]:
    """Return bridges from what is reached to what leads to the target: those of one edge, else of two."""
    finder = _Finder(graph, network, places, leading)
    single = finder.across(spread)
    if single:
        return tuple(Bridge((edge,)) for edge in single[:MOST_BRIDGES])
    found = []
    for edge in finder.out_of(spread):
        numbers = graph.activations_by_name.get(edge.target, ())
        further = reach_feasibly(graph, network, (n for n in numbers if n not in spread.steps))
        if second := finder.across(further):
            found.append(Bridge((edge, second[0])))
            if len(found) == MOST_BRIDGES:
                break
    return tuple(found)


class _Finder:
    """Look for missing edges that start in some activations."""

    def __init__(self, graph: Graph, network: Network, places: Places, leading: Mapping[int, int]) -> None:
        self.graph = graph
        self.network = network
        self.places = places
        self.leading: dict[str, int] = {}
        for activation, distance in leading.items():
            self.leading.setdefault(network.names[activation], distance)
        self.by_word: dict[str, list[str]] = {}
        for symbol in graph.symbols:
            if symbol.kind in (SymbolKind.FUNCTION, SymbolKind.CLASS):
                self.by_word.setdefault(symbol.name.rpartition(".")[2], []).append(symbol.name)

    def across(self, spread: Spread) -> list[Missing]:
        """Return the missing edges from what is reached to what leads to the target, likeliest first."""
        unknown = {edge for edge in self.out_of(spread) if edge.target in self.leading}
        kin = {edge for edge in self._by_family(spread) if edge not in unknown}
        return [
            edge
            for some in (unknown, kin)
            for edge in sorted(some, key=lambda edge: (self._meanings(edge), self.leading[edge.target], edge))
        ]

    def _meanings(self, edge: Missing) -> int:
        """Return how many functions have the name of an edge's target: a rare name says more."""
        return len(self.by_word[edge.target.rpartition(".")[2]])

    def out_of(self, spread: Spread) -> Iterator[Missing]:
        """Yield what unresolved calls in what is reached may mean, by their names."""
        for name in self._names(spread):
            for item in self.places.unresolved(name):
                word = word_of(item)
                meant = self.by_word.get(word, []) if word else []
                if len(meant) > MOST_MEANT:
                    meant = [target for target in meant if target in self.leading]
                for target in meant if len(meant) <= MOST_MEANT else ():
                    reason = f"{item.reason}: {item.detail}; {target} has that name"
                    yield Missing(name, target, item.site, item.text, Resolution.ASSUMED, reason)

    def _by_family(self, spread: Spread) -> Iterator[Missing]:
        """Yield what calls in what is reached may mean beside the method found: that of a related class."""
        seen = set()
        for name in self._names(spread):
            for edge in self.graph.callees_of(name):
                owner, _, word = edge.target.rpartition(".")
                if owner not in self.graph.mro or word.startswith("__") or edge.kind is EdgeKind.DEFINE:
                    continue
                for target in self.by_word.get(word, ()):
                    key = (name, edge.site, target)
                    if target in self.leading and key not in seen and self._are_kin(owner, target):
                        seen.add(key)
                        reason = f"{edge.target} is what was found, and {target} is of a related class"
                        yield Missing(name, target, edge.site, edge.text, Resolution.DECLARED, reason)

    def _are_kin(self, owner: str, target: str) -> bool:
        """Say whether a method belongs to an heir or an ancestor of a class, or to one with a common base."""
        other = target.rpartition(".")[0]
        if owner == other:
            return False
        mro, others = self.graph.mro.get(owner, ()), self.graph.mro.get(other, ())
        common = {base for base in mro if base in self.graph.mro}
        return not common.isdisjoint(others)

    def _names(self, spread: Spread) -> Iterable[str]:
        return dict.fromkeys(self.network.names[activation] for activation in spread.steps)


def word_of(item: Unresolved) -> str:
    """Return the name that an unresolved site calls, "" where it calls none."""
    if item.reason is Cause.RECEIVER:
        return item.detail.removeprefix(".")
    if item.reason is Cause.NAME:
        return item.detail
    if item.reason is Cause.NO_ATTRIBUTE:
        return item.detail.partition(" on ")[0].strip("'\"")
    return ""
