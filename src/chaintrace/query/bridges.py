"""Bridges: the one or two edges, declared or assumed, that would connect what a search left apart.

An unresolved call of a name may mean any function of that name; a call that was resolved may as well mean
the method of that name of a class that is an heir or an ancestor of the one found.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property

from chaintrace.graph.edges import Cause, Edge, EdgeKind, Resolution, SymbolKind, Unresolved
from chaintrace.graph.graph import EXECUTION_KINDS, Graph
from chaintrace.graph.nopath import Bridge, Missing
from chaintrace.query.frontier import Spread, reach_feasibly
from chaintrace.query.network import Network
from chaintrace.query.places import Places
from chaintrace.query.reach import spread as spread_back

MOST_BRIDGES = 5
MOST_MEANT = 12
"""Functions of one name that an unresolved call of it is supposed to mean; past that it says too little."""
MOST_TRIED = 40
"""First edges of a pair that are followed to see whether a second one leads on from there."""


def find_bridges(
    graph: Graph, network: Network, spread: Spread, leading: Mapping[int, int], places: Places
) -> tuple[Bridge, ...]:
    """Return bridges from what is reached to what leads to the target: those of one edge, else of two."""
    finder = _Finder(graph, network, places, leading)
    reached = _names(network, spread)
    single = finder.across(reached)
    if single:
        return tuple(Bridge((edge,)) for edge in single[:MOST_BRIDGES])
    found = []
    for edge in finder.towards(reached, finder.before_across())[:MOST_TRIED]:
        numbers = graph.activations_by_name.get(edge.target, ())
        further = reach_feasibly(graph, network, (n for n in numbers if n not in spread.first))
        if second := finder.across(_names(network, further)):
            found.append(Bridge((edge, second[0])))
            if len(found) == MOST_BRIDGES:
                break
    return tuple(found)


def _names(network: Network, spread: Spread) -> Iterable[str]:
    return dict.fromkeys(network.names[activation] for activation in spread.first)


class _Finder:
    """Look for missing edges that start in some functions."""

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
                self.by_word.setdefault(_word(symbol.name), []).append(symbol.name)
        self.led_to: dict[str, list[str]] = {}
        for name in self.leading:
            self.led_to.setdefault(_word(name), []).append(name)

    def across(self, names: Iterable[str]) -> list[Missing]:
        """Return the missing edges from some functions to what leads to the target, likeliest first."""
        unknown = {edge for name in names for edge in self._meant(name, self.leading)}
        kin = {edge for name in names for edge in self._by_family(name)} - unknown
        return [*self._likeliest(unknown), *self._likeliest(kin)]

    def towards(self, names: Iterable[str], wanted: Container[str]) -> list[Missing]:
        """Return what unresolved calls in some functions may mean among those wanted, likeliest first."""
        return self._likeliest({edge for name in names for edge in self._meant(name, wanted)})

    def before_across(self) -> Container[str]:
        """Return the functions from which execution gets to where an edge across may start."""
        starting = [
            number
            for name, numbers in self.graph.activations_by_name.items()
            if any(self._meant(name, self.leading)) or any(self._by_family(name))
            for number in numbers
        ]
        return {self.network.names[number] for number in spread_back(self.network.backward, starting)}

    def _likeliest(self, edges: Iterable[Missing]) -> list[Missing]:
        """Put first those whose targets have rare names, then those nearest to the target."""
        return sorted(
            edges,
            key=lambda edge: (
                len(self.by_word[_word(edge.target)]),
                self.leading.get(edge.target, 0),
                edge,
            ),
        )

    def _meant(self, name: str, wanted: Container[str]) -> Iterator[Missing]:
        """Yield what the unresolved calls of a function may mean, by their names."""
        for item in self.places.unresolved(name):
            word = word_of(item)
            meant = self.by_word.get(word, []) if word else []
            found = [target for target in meant if target in wanted and target != name]
            for target in found if len(found) <= MOST_MEANT else ():
                reason = f"{item.reason}: {item.detail}; {target} has that name"
                yield Missing(name, target, item.site, item.text, Resolution.ASSUMED, reason)

    def _by_family(self, name: str) -> Iterator[Missing]:
        """Yield what calls of a function may mean beside the method found: that of a related class."""
        seen = set()
        for edge in self._calls.get(name, ()):
            owner, _, word = edge.target.rpartition(".")
            for target in self.led_to[word]:
                key = (edge.site, target)
                if key not in seen and self._are_kin(owner, target):
                    seen.add(key)
                    reason = f"{edge.target} is what was found, and {target} is of a related class"
                    yield Missing(name, target, edge.site, edge.text, Resolution.DECLARED, reason)

    @cached_property
    def _calls(self) -> Mapping[str, list[Edge]]:
        """Return the calls of methods, by the caller, where some method of that name leads to the target."""
        calls: dict[str, list[Edge]] = {}
        for edge in self.graph.edges:
            owner, _, word = edge.target.rpartition(".")
            is_call = edge.kind in EXECUTION_KINDS and edge.kind is not EdgeKind.DEFINE
            if is_call and word in self.led_to and owner in self.graph.mro and not word.startswith("__"):
                calls.setdefault(edge.source, []).append(edge)
        return calls

    def _are_kin(self, owner: str, target: str) -> bool:
        """Say whether a method belongs to an heir or an ancestor of a class, or to one with a common base."""
        other = target.rpartition(".")[0]
        if owner == other:
            return False
        mro, others = self.graph.mro.get(owner, ()), self.graph.mro.get(other, ())
        common = {base for base in mro if base in self.graph.mro}
        return not common.isdisjoint(others)


def _word(name: str) -> str:
    return name.rpartition(".")[2]


def word_of(item: Unresolved) -> str:
    """Return the name that an unresolved site calls, "" where it calls none."""
    if item.reason is Cause.RECEIVER:
        return item.detail.removeprefix(".")
    if item.reason is Cause.NAME:
        return item.detail
    if item.reason is Cause.NO_ATTRIBUTE:
        return item.detail.partition(" on ")[0].strip("'\"")
    return ""
