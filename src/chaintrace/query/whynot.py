"""Why there is no path: where the searches from both ends stopped, and what would connect them."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

from chaintrace.graph.edges import Cause, SymbolKind, Unresolved
from chaintrace.graph.graph import Graph
from chaintrace.graph.nopath import Bridge, NoPath, Stop
from chaintrace.query.bridges import find_bridges, word_of
from chaintrace.query.frontier import Spread, reach_feasibly
from chaintrace.query.network import Network, build_network
from chaintrace.query.paths import find_paths
from chaintrace.query.places import Places
from chaintrace.query.question import Routes, activations_of, allowed_kinds, ends_of, names_of, select_all
from chaintrace.query.reach import spread as spread_back

MOST_STOPS = 8
"""Places that are shown where a search stopped."""

_CALLED = (SymbolKind.FUNCTION, SymbolKind.CLASS)


def find_why_not(
    graph: Graph, sources: Sequence[str], targets: Sequence[str], routes: Routes | None = None
) -> NoPath:
    """Return why no path leads from the sources to the targets, or the path that does."""
    routes = routes or Routes()
    found = find_paths(graph, sources, targets, routes)
    starts, ends = select_all(graph, sources), select_all(graph, targets)
    answer = NoPath(tuple(m.symbol for m in starts), tuple(m.symbol for m in ends), None)
    for item in found:
        if item.paths:
            return NoPath(answer.sources, answer.targets, item.paths[0])
    network = build_network(graph, allowed_kinds(routes.kinds), names_of(graph, routes.avoid))
    spread = reach_feasibly(graph, network, [n for match in starts for n in activations_of(graph, match)])
    goals = {n for match in ends for n in ends_of(graph, match, routes.kinds)}
    accessing = {hop.source for hop in network.accesses(goals)}
    leading = spread_back(network.backward, goals | accessing)
    places = Places(graph)
    bridges = find_bridges(graph, network, spread, leading, places)
    return replace(
        answer,
        reached=_functions(graph, network, spread.first),
        leading=_functions(graph, network, leading),
        frontier=tuple(_frontier(graph, network, spread, places, bridges)),
        approach=tuple(_approach(graph, network, leading)),
        bridges=bridges,
        refuted=tuple(refuted for item in found for refuted in item.refuted),
        refutations=sum(item.refutations for item in found),
        is_end=not _functions(graph, network, (n for n in spread.first if spread.length(n))),
        is_uncalled=not accessing and not any(leading.values()),
        is_bounded=spread.is_bounded,
    )


def _functions(graph: Graph, network: Network, activations: Iterable[int]) -> int:
    """Count the symbols of analysed code among activations."""
    names = {network.names[number] for number in activations}
    return sum(graph.symbols_by_name[name].kind is not SymbolKind.EXTERNAL for name in names)


def _frontier(
    graph: Graph, network: Network, spread: Spread, places: Places, bridges: Sequence[Bridge]
) -> Iterator[Stop]:
    """Yield where the search from the start stopped: where bridges begin, at unknown calls, else furthest."""
    first: dict[str, int] = {}
    for activation in spread.first:
        first.setdefault(network.names[activation], activation)
    wanted = dict.fromkeys(bridge.edges[0].source for bridge in bridges)
    words = {symbol.name.rpartition(".")[2] for symbol in graph.symbols if symbol.kind in _CALLED}
    telling = [
        name
        for name in first
        if name not in wanted and any(_is_open(item, words) for item in places.unresolved(name))
    ]
    telling.sort(key=lambda name: -spread.length(first[name]))
    furthest = sorted(first, key=lambda name: -spread.length(first[name]))
    own = [name for name in furthest if graph.symbols_by_name[name].kind is not SymbolKind.EXTERNAL]
    shown = [name for name in (*wanted, *telling) if name in first] or own[:1]
    for name in shown[:MOST_STOPS]:
        unresolved = tuple(places.unresolved(name))
        distance, way = spread.length(first[name]), spread.path(first[name])
        yield Stop(graph.symbols_by_name[name], distance, unresolved, way)


def _is_open(item: Unresolved, words: Container[str]) -> bool:
    """Say whether a call may lead anywhere: not where what is called is known, or has a name of no code."""
    word = word_of(item)
    return item.reason is not Cause.NOT_CALLABLE and (not word or word in words)


def _approach(graph: Graph, network: Network, leading: dict[int, int]) -> Iterator[Stop]:
    """Yield where the search from the target stopped: at what nothing leads to, nearest first."""
    nearest: dict[str, int] = {}
    led_to: dict[str, None] = {}
    for activation, distance in leading.items():
        name = network.names[activation]
        nearest.setdefault(name, distance)
        if any(step.to != activation for step in network.backward[activation]):
            led_to[name] = None
    symbols = [graph.symbols_by_name[name] for name in nearest]
    code = [symbol for symbol in symbols if symbol.kind is not SymbolKind.ATTRIBUTE]
    tops = [symbol for symbol in code if symbol.name not in led_to] or code
    for symbol in sorted(tops, key=lambda symbol: (nearest[symbol.name], symbol.name))[:MOST_STOPS]:
        yield Stop(symbol, nearest[symbol.name])
