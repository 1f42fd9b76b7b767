"""Paths from one place to another over the activations of a graph.

The search moves from activation to activation, so a path that came through one receiver class never
continues as if it had come through another. An attribute is reached by the functions that write it, then by
those that read it; each of them is an end of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chaintrace.graph.edges import EdgeKind, Resolution, Symbol, SymbolKind
from chaintrace.graph.graph import ACCESS_KINDS, Graph
from chaintrace.graph.paths import Order, Path, Refuted
from chaintrace.query.best import End, Search, best_paths
from chaintrace.query.network import Network, build_network
from chaintrace.query.question import (
    Routes,
    activations_of,
    allowed_kinds,
    ends_of,
    names_of,
    roots,
    select_all,
)
from chaintrace.query.reach import Waypoints, reach, spread
from chaintrace.query.select import Match

MANY = 12
"""Starts that are each searched apart, and functions shown for one attribute where no number is asked for."""


@dataclass(frozen=True)
class Found:
    """Hold the paths from one start to one target, best first; none is an answer too.

    `source` is "" where the search began at several places at once. `more` counts further functions that
    access the target attribute and can be reached, but are left out. `ended_early` says that a limit of work
    ended the search, so that there may be further paths. `refuted` are paths that were considered and cannot
    happen, up to a number; `refutations` counts all of them.
    """

    source: str
    target: Symbol
    paths: tuple[Path, ...]
    more: int = 0
    ended_early: bool = False
    refuted: tuple[Refuted, ...] = ()
    refutations: int = 0


def find_paths(
    graph: Graph,
    sources: Sequence[str],
    targets: Sequence[str],
    routes: Routes | None = None,
    count: int | None = None,
) -> tuple[Found, ...]:
    """Return one `Found` for each start and target that the patterns mean, the best reached first.

    Without sources, the search begins at the symbols nobody calls. Each has up to `count` paths; without a
    count the best one, and for an attribute the best to each function that accesses it. Raises `QueryError`
    for a pattern that matches nothing or a word that is not a kind.
    """
    routes = routes or Routes()
    ends = select_all(graph, targets)
    via = tuple(names_of(graph, [pattern]) for pattern in routes.via)
    kinds = allowed_kinds(routes.kinds)
    starts = find_starts(graph, sources, kinds)
    network = build_network(graph, kinds, names_of(graph, routes.avoid))
    cone = _cone(graph, network, ends, routes.kinds)
    found = []
    for name, activations in starts:
        waypoints = Waypoints(network.names, via)
        measured = reach(network, activations, waypoints, cone, is_bounded=routes.depth is not None)
        search = Search(graph, network, measured, count or 1, routes.depth)
        found += [_found(search, name, end, routes.kinds, is_counted=count is not None) for end in ends]
    return _best_first(found)


def _cone(graph: Graph, network: Network, ends: Sequence[Match], kinds: Sequence[str]) -> Mapping[int, int]:
    """Return the activations that lead to any of the ends."""
    goals = {number for end in ends for number in ends_of(graph, end, kinds)}
    return spread(network.backward, goals | {hop.source for hop in network.accesses(goals)})


def _best_first(found: list[Found]) -> tuple[Found, ...]:
    """Put the target with the best path first, keep the starts of one target together, the unreached last."""
    ranks: dict[str, Order] = {}
    for item in found:
        if item.paths:
            rank = item.paths[0].order
            ranks[item.target.name] = min(rank, ranks.get(item.target.name, rank))

    def order(item: Found) -> tuple[bool, Order, str, Order, str]:
        none = (False, Resolution.STATIC, 0, 0)
        own = item.paths[0].order if item.paths else none
        return not item.paths, ranks.get(item.target.name, none), item.target.name, own, item.source

    return tuple(sorted(found, key=order))


def find_starts(
    graph: Graph, sources: Sequence[str], kinds: Collection[EdgeKind]
) -> list[tuple[str, tuple[int, ...]]]:
    """Return (name, activations) of each start; many starts, or none given, make one start without a name."""
    if not sources:
        return [("", roots(graph, kinds))]
    matches = select_all(graph, sources)
    if len(matches) > MANY:
        return [("", tuple(number for match in matches for number in activations_of(graph, match)))]
    return [(_spelled(match), activations_of(graph, match)) for match in matches]


def _spelled(match: Match) -> str:
    """Name a start; an inherited member is named with the class that was asked for."""
    if not match.receiver:
        return match.name
    return f"{match.receiver}.{match.name.rpartition('.')[2]}"


def _found(search: Search, source: str, target: Match, kinds: Sequence[str], *, is_counted: bool) -> Found:
    """Search for one target; an attribute is searched once for each function that accesses it."""
    search.refuted = {}
    if target.symbol.kind is not SymbolKind.ATTRIBUTE:
        ends = [End(number) for number in ends_of(search.graph, target, kinds)]
        shown, more, ended_early = tuple(best_paths(search, ends)), 0, search.ended_early
    else:
        shown, more, ended_early = _to_attribute(search, target.name, search.count if is_counted else MANY)
    refuted = tuple(item for item in search.refuted.values() if item is not None)
    return Found(source, target.symbol, shown, more, ended_early, refuted, len(search.refuted))


def _to_attribute(search: Search, name: str, most: int) -> tuple[tuple[Path, ...], int, bool]:
    """Return up to `most` paths to an attribute, how many functions are left out, whether a limit ended it.

    The best path to each function comes before a second one to any, doubtful ones last.
    """
    wanted, search.count = search.count, 1
    groups, ended_early = [], False
    for kind, ends in accesses(search, name):
        if paths := best_paths(search, ends):
            doubtful = bool(paths[0].doubts)
            groups.append((doubtful, ACCESS_KINDS.index(kind), paths[0].order, ends, paths))
        ended_early = ended_early or search.ended_early
    search.count = wanted
    groups.sort(key=lambda group: group[:3])
    found = [group[-1] for group in groups[:most]]
    if wanted > 1 and len(groups) < most:
        found = [best_paths(search, group[-2]) for group in groups]
        ended_early = ended_early or search.ended_early
    shares = _shares([len(paths) for paths in found], most)
    shown = [path for paths, share in zip(found, shares, strict=True) for path in paths[:share]]
    shown.sort(key=lambda path: bool(path.doubts))
    return tuple(shown), max(0, len(groups) - most), ended_early


def _shares(sizes: Sequence[int], most: int) -> list[int]:
    """Deal out `most`, one to each in turn, and to none more than its size."""
    shares = [0] * len(sizes)
    while most > 0 and sum(shares) < sum(sizes):
        for at, size in enumerate(sizes):
            if most > 0 and shares[at] < size:
                shares[at] += 1
                most -= 1
    return shares


def accesses(search: Search, attribute: str) -> list[tuple[EdgeKind, list[End]]]:
    """Return (kind, ends) for each function that accesses the attribute: writers first, then by name."""
    table: dict[tuple[int, str], list[End]] = {}
    for hop in search.network.accesses(search.graph.activations_by_name.get(attribute, ())):
        edge = search.graph.edges[hop.edge]
        key = (ACCESS_KINDS.index(edge.kind), edge.source)
        table.setdefault(key, []).append(End(hop.source, hop.edge, hop.rule, hop.doubt))
    return [(ACCESS_KINDS[key[0]], table[key]) for key in sorted(table)]
