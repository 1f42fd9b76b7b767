"""What to say when a pattern matches nothing."""

import re
from difflib import get_close_matches

from chaintrace.errors import QueryError
from chaintrace.graph.edges import SymbolKind
from chaintrace.graph.graph import Graph

SUGGESTIONS = 5


class NoMatchError(QueryError):
    """Report a pattern that matches no symbol; `near` holds the names that come closest, best first."""

    def __init__(self, pattern: str, near: tuple[str, ...], *, no_code: bool = False) -> None:
        self.pattern = pattern
        self.near = near
        if no_code:
            super().__init__(f"there is no code at {pattern}, though {', '.join(near)} was read")
            return
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        super().__init__(f"no symbol matches {pattern!r}{hint}")


def near_names(graph: Graph, pattern: str) -> tuple[str, ...]:
    """Return up to five symbol names, or file names for a place, that look like the pattern."""
    if ".py:" in pattern:
        files = sorted({symbol.path for symbol in graph.symbols if symbol.path})
        by_file = {file.rpartition("/")[2]: file for file in files}
        wanted = pattern.rpartition(":")[0].rpartition("/")[2]
        return tuple(by_file[name] for name in get_close_matches(wanted, sorted(by_file), SUGGESTIONS))
    word = re.sub(r"[*?\[\]]", "", pattern).strip(".").rpartition(".")[2]
    by_word = _names_by_last_word(graph)
    lowered: dict[str, str] = {}
    for last in sorted(by_word):
        lowered.setdefault(last.lower(), last)
    close = get_close_matches(word.lower(), sorted(lowered), SUGGESTIONS)
    names = [name for last in close for name in _by_likeness(by_word[lowered[last]], pattern)]
    return tuple(names[:SUGGESTIONS])


def _by_likeness(names: list[str], pattern: str) -> list[str]:
    """Put the names that share most with the pattern first."""
    close = get_close_matches(pattern, names, SUGGESTIONS, cutoff=0.0)
    return sorted(names, key=lambda name: (close.index(name) if name in close else len(close), name))


def _names_by_last_word(graph: Graph) -> dict[str, list[str]]:
    """Group the names of analysed symbols, and of their aliases, by the last part."""
    table: dict[str, list[str]] = {}
    own = [symbol.name for symbol in graph.symbols if symbol.kind is not SymbolKind.EXTERNAL]
    for name in sorted({*own, *graph.aliases}):
        table.setdefault(name.rpartition(".")[2], []).append(name)
    return table
