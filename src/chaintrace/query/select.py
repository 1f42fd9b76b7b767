"""What a user's pattern means: a name, the end of one, a glob, or a place in a file.

Ambiguity is an answer: every symbol that fits is returned. A symbol of an external library is offered only
where no symbol of the analysed code fits.
"""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from chaintrace.graph.edges import Symbol, SymbolKind
from chaintrace.graph.graph import Graph
from chaintrace.query.near import NoMatchError, near_names

PLACE = re.compile(r"(?P<path>.+\.py):(?P<line>\d+)")
LOCALS = ".<locals>"
MODULE = ".<module>"


class Match(NamedTuple):
    """Pair a symbol with the class by which it was named, "" unless it was inherited by that class."""

    symbol: Symbol
    receiver: str = ""

    @property
    def name(self) -> str:
        """Return the symbol's name."""
        return self.symbol.name


def select(graph: Graph, pattern: str) -> tuple[Match, ...]:
    """Return the symbols a pattern means, sorted by name; raise `NoMatchError` if there are none.

    A pattern is one of: a bare name (`weights`), the end of a dotted name (`Runner.weights`; aliases and
    inherited members count), a whole dotted name, a glob (`*.update`), a place (`pkg/file.py:120`).
    """
    pattern = pattern.strip()
    if place := PLACE.fullmatch(pattern):
        found = set(_at_place(graph, place["path"], int(place["line"])))
    elif any(character in pattern for character in "*?["):
        found = {Match(symbol) for symbol in graph.symbols if _fits_glob(symbol.name, pattern)}
    else:
        found = _named(graph, pattern)
    matches = _own_code_first(found)
    if not matches and place and (files := files_ending(graph, place["path"])):
        raise NoMatchError(pattern, tuple(files), no_code=True)
    if not matches:
        raise NoMatchError(pattern, near_names(graph, pattern))
    return matches


def _own_code_first(found: set[Match]) -> tuple[Match, ...]:
    """Drop externals beside analysed code, and inherited readings of a symbol that was named directly."""
    own = {match for match in found if match.symbol.kind is not SymbolKind.EXTERNAL} or found
    direct = {match.name for match in own if not match.receiver}
    return tuple(sorted(match for match in own if not match.receiver or match.name not in direct))


def _fits_glob(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"*.{pattern}")


def _named(graph: Graph, pattern: str) -> set[Match]:
    """Return what a plain or dotted name means: the symbol of this name, else all whose names end with it.

    A bare name that is a module's is also that of functions and classes.
    """
    whole = graph.aliases.get(pattern, pattern)
    exact = (graph.symbols_by_name.get(name) for name in (whole, whole + MODULE))
    symbol = next(filter(None, exact), None)
    if symbol is not None and "." in whole:
        return {Match(symbol)}
    found = {Match(symbol)} if symbol is not None else set()
    word = pattern.rpartition(".")[2]
    having = [name for name in graph.symbols_by_name if word in name]
    found |= {Match(graph.symbols_by_name[name]) for name in having if _ends_with(name, pattern)}
    found.update(_through_aliases(graph, pattern))
    found.update(_inherited(graph, pattern))
    return found


def _ends_with(name: str, pattern: str) -> bool:
    """Compare whole dotted parts; `<locals>` and `<module>` may be left out of the pattern."""
    if name.endswith(pattern):
        return name.endswith(f".{pattern}")
    plain = name.replace(LOCALS, "").removesuffix(MODULE) if "<" in name else name
    return plain != name and plain.endswith(f".{pattern}") and (not name.endswith(MODULE) or "." in pattern)


def _through_aliases(graph: Graph, pattern: str) -> Iterator[Match]:
    """Find definitions by another name of theirs, or of the class or module around them."""
    for head, tail in _splits(pattern):
        for alias in _ending(graph.aliases, head):
            symbol = graph.symbols_by_name.get(graph.aliases[alias] + tail)
            if symbol:
                yield Match(symbol)


def _inherited(graph: Graph, pattern: str) -> Iterator[Match]:
    """Find members by the class that inherits them: its first ancestor that defines the member."""
    for head, tail in _splits(pattern):
        if not tail:
            continue
        classes = {graph.aliases[alias] for alias in _ending(graph.aliases, head)}
        classes.update(_ending(graph.mro, head))
        for receiver in sorted(classes):
            symbol = member(graph, receiver, tail[1:])
            if symbol and symbol.name != receiver + tail:
                yield Match(symbol, receiver)


def member(graph: Graph, owner: str, name: str) -> Symbol | None:
    """Return the symbol that the class called `owner` defines or inherits under `name`, if any."""
    for ancestor in graph.mro.get(owner, (owner,)):
        if symbol := graph.symbols_by_name.get(f"{ancestor}.{name}"):
            return symbol
    return None


def _splits(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield (head, tail) at every dot, longest head first; the tail keeps its dot, the first is empty."""
    parts = pattern.split(".")
    for count in range(len(parts), 0, -1):
        yield ".".join(parts[:count]), "".join(f".{part}" for part in parts[count:])


def _ending(names: Iterable[str], head: str) -> list[str]:
    """Return the names that are `head` or end with it as whole dotted parts."""
    suffix = f".{head}"
    return [name for name in names if name == head or name.endswith(suffix)]


def files_ending(graph: Graph, path: str) -> list[str]:
    """Return the files whose path ends so; else the one with the longest path that the given one ends with.

    The second is for paths as editors and shells have them, which begin above the source. A bare name does
    not suffice for it.
    """
    wanted = path.replace("\\", "/").removeprefix("./")
    known = {symbol.path for symbol in graph.symbols if symbol.path}
    found = sorted(one for one in known if one == wanted or one.endswith(f"/{wanted}"))
    if found:
        return found
    ending = sorted((one for one in known if "/" in one and wanted.endswith(f"/{one}")), key=len)
    return ending[-1:]


def _at_place(graph: Graph, path: str, line: int) -> Iterator[Match]:
    """Find, in each file whose path ends so, the innermost symbol around the line."""
    for file in files_ending(graph, path):
        around = [s for s in graph.symbols if s.path == file and _encloses(s, line)]
        if around:
            yield Match(max(around, key=lambda symbol: (symbol.line, -symbol.end_line, symbol.name)))
        else:
            for edge in graph.edges_at(file, line):
                yield Match(graph.symbols_by_name[edge.source])


def _encloses(symbol: Symbol, line: int) -> bool:
    """Say whether the symbol is code around the line; an attribute is code nowhere."""
    if symbol.kind not in {SymbolKind.FUNCTION, SymbolKind.CLASS, SymbolKind.MODULE}:
        return False
    return symbol.line <= line <= symbol.end_line
