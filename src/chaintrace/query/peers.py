"""Peers: the other ends of the channels that a function, an attribute or a line of a file is an end of."""

from collections.abc import Sequence

from chaintrace.graph.edges import Edge, EdgeKind
from chaintrace.graph.graph import Graph
from chaintrace.ir.location import Span
from chaintrace.query.near import NoMatchError
from chaintrace.query.select import PLACE, select


def find_peers(graph: Graph, patterns: Sequence[str]) -> tuple[int, ...]:
    """Return the `send` edges that the patterns are an end of, ascending.

    A place means the edges put or got at that line, and where there are none, those of the function there. An
    attribute means the edges through the channel that it holds.
    """
    found: set[int] = set()
    sends = [at for at, edge in enumerate(graph.edges) if edge.kind is EdgeKind.SEND]
    for pattern in patterns:
        at_line = [at for at in sends if _is_at(graph.edges[at], pattern.strip())]
        found.update(at_line or _of_symbols(graph, sends, pattern))
    return tuple(sorted(found))


def _of_symbols(graph: Graph, sends: Sequence[int], pattern: str) -> list[int]:
    """Return the edges of the symbols or of the channel that a pattern means."""
    named = [at for at in sends if _is_named(graph.edges[at], pattern)]
    try:
        names = {match.name for match in select(graph, pattern)}
    except NoMatchError:
        if named:
            return named
        raise
    ends = [at for at in sends if {graph.edges[at].source, graph.edges[at].target} & names]
    return [*named, *ends]


def _is_named(edge: Edge, pattern: str) -> bool:
    name = edge.channel.name if edge.channel is not None else ""
    return bool(name) and (f".{pattern}".endswith(f".{name}") or name.endswith(f".{pattern}"))


def _is_at(edge: Edge, pattern: str) -> bool:
    place = PLACE.fullmatch(pattern)
    if place is None or edge.channel is None:
        return False
    sites = (edge.site, edge.channel.receive_site)
    return any(_covers(site, place["path"], int(place["line"])) for site in sites)


def _covers(site: Span, path: str, line: int) -> bool:
    return site.line <= line <= site.end_line and f"/{site.path}".endswith(f"/{path.removeprefix('./')}")
