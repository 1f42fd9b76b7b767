"""What a write-up is made from: the chains, the roles, the wiring and the architecture around them."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from chaintrace.graph.edges import PARTIAL, Edge, EdgeKind, Symbol, SymbolKind
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

if TYPE_CHECKING:
    from chaintrace.answer.answer import Answer
    from chaintrace.answer.chain import Chain
    from chaintrace.export.report import Architecture, Link
    from chaintrace.query.wiring import Quote, Wiring

Role = tuple[str, Sequence[str]]
"""What a link of the chain is for, and the patterns of the symbols that do it."""


MOST_STOPPED = 3
"""Starts and targets of which a report without chains says how far the search came."""


class Sought(NamedTuple):
    """Say which chains a report is to show; `named` are all the patterns that it needs the files of."""

    starts: Sequence[str]
    targets: Sequence[str]
    waypoints: Sequence[str]
    named: Sequence[str]
    k: int | None


def find_chains(
    analyze: "Callable[..., Answer]", sought: Sought, plainly: "Callable[..., Answer] | None" = None
) -> "tuple[Answer, list[Path]]":
    """Analyse what the starts lead to, and where that has no chain, everything; return the chains.

    Not everything where `plainly`, which analyses without what is assumed, leads to one.
    """
    from chaintrace.errors import QueryError
    from chaintrace.query.parsed import require_parsed

    limits = {"entries": sought.starts or None, "targets": sought.named}
    answer = analyze(**limits)
    require_parsed(answer.graph)
    try:
        chains = chains_through(answer, sought)
        if chains or not sought.starts or (plainly and chains_through(plainly(**limits), sought)):
            return answer, chains
    except QueryError:
        if not sought.starts:
            raise
    answer = analyze()
    return answer, chains_through(answer, sought)


def where_stopped(answer: "Answer", starts: Sequence[str], targets: Sequence[str]) -> list[str]:
    """Return how far the searches from starts to targets came."""
    from chaintrace.errors import QueryError

    said = []
    for start, target in [(start, target) for start in starts for target in targets][:MOST_STOPPED]:
        with suppress(QueryError):  # an entry of the trace file that is not in these sources
            said.append(str(answer.why_not(start, target)))
    return said


def chains_through(answer: "Answer", sought: Sought) -> list[Path]:
    """Return the best chains; where these miss waypoints, those that pass them, if there are any."""
    from chaintrace.errors import QueryError
    from chaintrace.query.waypoints import missing_waypoints

    starts, targets, waypoints, _, k = sought
    best = _by_start(answer, starts, answer.paths(starts or None, targets, k=k))
    chains = _best_of_each_first([chain.paths for chain in best])
    missed = missing_waypoints(answer.graph, chains, waypoints)
    if not missed:
        return chains
    try:
        through = answer.paths(starts or None, targets, k=k, via=missed)
    except QueryError:  # a waypoint that is nowhere
        return chains
    found = {(chain.source, chain.target): chain.paths for chain in through if chain.paths}
    return _best_of_each_first([found.get((chain.source, chain.target), chain.paths) for chain in best])


def _by_start(answer: "Answer", starts: Sequence[str], chains: "Sequence[Chain]") -> "list[Chain]":
    """Put the chains in the order in which their starts are asked for."""
    meant = [name for names in meanings_of(answer, starts).values() for name in names]
    return sorted(chains, key=lambda one: meant.index(one.source) if one.source in meant else len(meant))


def _best_of_each_first(found: Sequence[Sequence[Path]]) -> list[Path]:
    """Return all paths, before the others the best of each start to each target, doubtful ones last."""
    paths = [path for paths in found for path in paths[:1]] + [path for paths in found for path in paths[1:]]
    return sorted(paths, key=lambda path: bool(path.doubts))


def meanings_of(answer: "Answer", patterns: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of the symbols that patterns mean; what means nothing is left aside."""
    from chaintrace.query.near import NoMatchError

    meant = {}
    for pattern in patterns:
        with suppress(NoMatchError):
            meant[pattern] = [symbol.name for symbol in answer.find(pattern)]
    return meant


def aliases_of(answer: "Answer", patterns: Iterable[str]) -> list[tuple[str, str]]:
    """Return the dotted names that stand for one symbol of another name, each with that."""
    return [
        (pattern, names[0])
        for pattern, names in meanings_of(answer, patterns).items()
        if len(names) == 1 and names[0].rpartition(".")[2] == pattern.rpartition(".")[2]
        if not f".{names[0]}".endswith(f".{pattern}")
    ]


def links_of(graph: Graph, roles: Iterable[Role]) -> list["Link"]:
    """Return the links that a trace file names, with the symbols its patterns mean."""
    from chaintrace.export.report import Link
    from chaintrace.query.near import NoMatchError
    from chaintrace.query.select import select

    links = []
    for role, patterns in roles:
        symbols: dict[Symbol, None] = {}
        missing: list[str] = []
        for pattern in patterns:
            try:
                found = [match.symbol for match in select(graph, pattern) if match.symbol.path]
            except NoMatchError:
                found = []
            symbols.update(dict.fromkeys(found))
            missing += [] if found else [pattern]
        links.append(Link(role, tuple(symbols), tuple(missing)))
    return links


def wiring_of(
    graph: Graph, chains: Sequence[Path], links: Iterable["Link"], quote: "Quote"
) -> dict[str, list["Wiring"]]:
    """Return the calls that make the objects along the chains and of the links, with arguments, by class."""
    from chaintrace.query.wiring import Wires

    made = {}
    passed = [name for path in chains for name in path.symbols]
    named = [symbol.name for link in links for symbol in link.symbols]
    classes = _classes(graph, [*passed, *named])
    wires = Wires(graph, quote, classes)
    near = {*passed, *named}
    for name in classes:
        edges = [*graph.edges_to(name), *graph.edges_to(f"{name}.__init__")]
        edges.sort(key=lambda edge: edge.source not in near and edge.source.rpartition(".")[0] not in classes)
        calls = [wires.of_call(edge) for edge in edges if "construct" in edge.flags]
        if calls:
            made[name] = calls
    return made


def architecture_of(
    graph: Graph, chains: Sequence[Path], links: Iterable["Link"], wiring: "dict[str, list[Wiring]]"
) -> "Architecture":
    """Return what is started, and the channels, around the chains and links; without chains, all."""
    from chaintrace.export.report import Architecture
    from chaintrace.graph.restrict import restrict
    from chaintrace.query.components import find_components
    from chaintrace.query.vicinity import vicinity

    components, spawns, sends = find_components(graph), _spawns(graph), _sends(graph)
    if not chains:
        return Architecture(components, spawns, sends)
    named = [name for path in chains for name in path.symbols]
    named += [symbol.name for link in links for symbol in link.symbols]
    near = vicinity(graph, named, (made.edge.source for calls in wiring.values() for made in calls))
    kept = [at for at, edge in enumerate(components.edges) if near.touches(edge)]
    started, sent = ([edge for edge in edges if near.touches(edge)] for edges in (spawns, sends))
    return Architecture(
        restrict(components, kept), started, sent, len(spawns) - len(started), len(sends) - len(sent)
    )


def _sends(graph: Graph) -> list[Edge]:
    """Return the sends of functions of the sources to each other, the first of each through one channel."""
    sources = {source.name for source in graph.sources}
    found: dict[tuple[str, str, str, str], Edge] = {}
    for edge in graph.edges:
        channel = edge.channel
        if channel is None or PARTIAL & {*edge.flags} or graph.symbol(edge.target).source not in sources:
            continue
        found.setdefault((edge.source, channel.name, channel.transport, edge.target), edge)
    return list(found.values())


def _spawns(graph: Graph) -> list[Edge]:
    """Return what starts code of the sources in threads, processes and executors; not the tasks of a loop."""
    return [
        edge
        for edge in graph.edges
        if edge.kind is EdgeKind.SPAWN and "async" not in edge.flags and graph.symbol(edge.target).path
    ]


def quoting(read: Callable[[str, str], bytes | None]) -> "Quote":
    """Return what gives the quotations of a file, each file parsed once."""
    from chaintrace.frontend.written import Quotations

    known: dict[tuple[str, str], Quotations | None] = {}

    def quote(source: str, path: str) -> Quotations | None:
        if (source, path) not in known:
            data = read(source, path)
            known[source, path] = None if data is None else Quotations(data)
        return known[source, path]

    return quote


def _classes(graph: Graph, names: Iterable[str]) -> list[str]:
    """Return the classes that are named, and those whose methods and attributes are, in their order."""
    found: dict[str, None] = {}
    for name in names:
        for candidate in (name, name.rpartition(".")[0]):
            symbol = graph.symbols_by_name.get(candidate)
            if symbol is not None and symbol.kind is SymbolKind.CLASS:
                found[candidate] = None
    return list(found)
