"""Windows of code: the lines that a pattern means, with the calls in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chaintrace.errors import QueryError
from chaintrace.graph.edges import Edge, EdgeKind, Symbol, SymbolKind, Unresolved
from chaintrace.graph.graph import EXECUTION_KINDS, Graph
from chaintrace.query.near import NoMatchError, near_names
from chaintrace.query.select import MODULE, files_ending, select

AROUND_PLACE = 10
"""Lines shown before and after a place."""

AROUND_ATTRIBUTE = 3
"""Lines shown before and after the line that introduces an attribute."""

_LINES = re.compile(r"(?P<path>.+\.py):(?P<first>\d+)(?:-(?P<last>\d+))?")


_STARTS = (EdgeKind.SPAWN, EdgeKind.CALLBACK)


@dataclass(frozen=True)
class Stretch:
    """Name lines of a file of a source.

    `symbol` is what they were asked for by, "" for a place; `asked` is the line that was asked for, or 0.
    """

    source: str
    path: str
    first: int
    last: int
    symbol: str = ""
    asked: int = 0


def find_stretches(graph: Graph, pattern: str, around: int | None = None) -> tuple[Stretch, ...]:
    """Return the lines that a pattern means: those of a definition, or those around a place.

    A place is `file.py:120`, or `file.py:120-160` for just these lines. `around` are the lines to add before
    and after. Raises `NoMatchError` for a pattern that means nothing.
    """
    place = _LINES.fullmatch(pattern.strip())
    if place is not None:
        return _places(graph, pattern, place, around)
    symbols = [match.symbol for match in select(graph, pattern)]
    found = tuple(_of_symbol(symbol, around) for symbol in symbols if symbol.path)
    if not found:
        raise NoMatchError(pattern, near_names(graph, pattern))
    return found


def calls_in(graph: Graph, stretch: Stretch) -> tuple[Edge, ...]:
    """Return the edges along which execution moves whose sites start in these lines, by place."""
    found = [
        edge
        for line in range(stretch.first, stretch.last + 1)
        for edge in graph.edges_at(stretch.path, line)
        if edge.kind in EXECUTION_KINDS and graph.symbols_by_name[edge.source].source == stretch.source
    ]
    return tuple(sorted(found, key=lambda edge: (edge.site, edge.target, edge.kind)))


def unresolved_in(graph: Graph, stretch: Stretch) -> tuple[Unresolved, ...]:
    """Return the sites without a known target that start in these lines, by place."""
    found = (
        one
        for one in graph.unresolved
        if one.site.path == stretch.path and stretch.first <= one.site.line <= stretch.last
    )
    return tuple(sorted(found))


def find_files(graph: Graph, path: str) -> tuple[tuple[str, str], ...]:
    """Return (source, file) of the files whose path ends so; raise `NoMatchError` if there are none."""
    wanted = files_ending(graph, path)
    found = {(s.source, s.path) for s in graph.symbols if s.kind is SymbolKind.MODULE and s.path in wanted}
    if not found:
        raise NoMatchError(path, near_names(graph, f"{path}:1"))
    return tuple(sorted(found))


def entries_of(graph: Graph, source: str, path: str) -> tuple[tuple[Symbol, tuple[Edge, ...]], ...]:
    """Return the functions of a file in which execution may start, with the edges that start them, by line.

    These are what a thread, process or task starts with, what is handed to code that was not read, and what
    nothing calls, unless its name is private.
    """
    found = []
    for symbol in graph.symbols:
        if symbol.kind is not SymbolKind.FUNCTION or (symbol.source, symbol.path) != (source, path):
            continue
        callers = graph.callers_of(symbol.name)
        starts = tuple(edge for edge in callers if edge.kind in _STARTS)
        if starts or (not callers and not symbol.name.rpartition(".")[2].startswith(("_", "<"))):
            found.append((symbol, starts))
    return tuple(sorted(found, key=lambda item: (item[0].line, item[0].name)))


def with_decorators(lines: Sequence[str], first: int) -> int:
    """Return the line at which the one-line decorators above a definition begin."""
    while first > 1 and lines[first - 2].lstrip().startswith("@"):
        first -= 1
    return first


def _places(graph: Graph, pattern: str, place: re.Match[str], around: int | None) -> tuple[Stretch, ...]:
    files = files_ending(graph, place["path"])
    if not files:
        raise NoMatchError(pattern, near_names(graph, pattern))
    first, last = int(place["first"]), int(place["last"] or place["first"])
    if last < first:
        raise QueryError(f"{pattern}: ends before it begins; write {place['path']}:{last}-{first}")
    asked = 0 if place["last"] else first
    extra = around if around is not None else 0 if place["last"] else AROUND_PLACE
    ends: dict[tuple[str, str], int] = {}
    for symbol in graph.symbols:
        if symbol.kind is SymbolKind.MODULE and not symbol.name.endswith(MODULE):
            ends[symbol.source, symbol.path] = symbol.end_line
    found = tuple(
        Stretch(source, path, max(first - extra, 1), max(min(last + extra, end), first), asked=asked)
        for (source, path), end in sorted(ends.items())
        if path in files and first <= end
    )
    if not found:
        raise NoMatchError(pattern, tuple(files), no_code=True)
    return found


def _of_symbol(symbol: Symbol, around: int | None) -> Stretch:
    usual = AROUND_ATTRIBUTE if symbol.kind is SymbolKind.ATTRIBUTE else 0
    extra = usual if around is None else around
    return Stretch(
        symbol.source, symbol.path, max(symbol.line - extra, 1), symbol.end_line + extra, symbol.name
    )
