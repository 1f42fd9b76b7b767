"""Windows of code: numbered lines with what the calls in them resolve to, as text and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chaintrace.export.json import edge_document
from chaintrace.export.view import arrow_words, channel_words, clean, clean_code
from chaintrace.graph.edges import Edge, Symbol, SymbolKind, Unresolved
from chaintrace.graph.graph import Graph, SourceInfo

SCHEMA = "chaintrace-show/1"
NOTE = "->"
"""What stands before the notes below a line of code, behind blanks for the line number."""


@dataclass(frozen=True)
class Window:
    """Show lines of one file as they were analysed.

    `lines` start with line `first`, and are empty where the file cannot be read any more. `symbol` is the
    definition shown, "" for a place. `edges` are the calls that start in these lines, `unresolved` the sites
    without a known target. `asked` is the line that was asked for, 0 where it is all of them.
    """

    graph: Graph
    source: SourceInfo
    path: str
    symbol: str
    first: int
    lines: tuple[str, ...]
    edges: tuple[Edge, ...]
    unresolved: tuple[Unresolved, ...]
    asked: int = 0

    @property
    def last(self) -> int:
        """Return the number of the last line."""
        return self.first + len(self.lines) - 1

    @property
    def title(self) -> str:
        """Return the place, the symbol, and the source with its revision."""
        source = self.source
        place = f"{self.path}:{self.first}-{self.last}"
        known = f"{source.name} {source.revision}" if source.revision else source.name
        return clean(f"{place}  {self.symbol}  ({known})" if self.symbol else f"{place}  ({known})")


def window_text(window: Window) -> str:
    """Return the title, then each line with its number and the notes to it below."""
    lines = [window.title]
    notes = notes_of(window)
    for number, line in enumerate(window.lines, window.first):
        lines.append(f"{number:5} {mark_of(window, number)}{clean_code(line)}".rstrip())
        lines += [f"{'':7}{NOTE} {note}" for note in notes.get(number, ())]
    if not window.lines:
        lines.append("       (the file cannot be read as it was analysed)")
    return "\n".join(lines)


def mark_of(window: Window, number: int) -> str:
    """Return what stands before a line: a sign before the one that was asked for."""
    return ">" if number == window.asked else " "


def notes_of(window: Window) -> dict[int, list[str]]:
    """Map lines to what their calls resolve to, in the order in which they are written."""
    placed = [
        *((edge.site, _target(window.graph, edge)) for edge in window.edges),
        *((one.site, clean(f"unresolved: {one.reason} {one.detail}".rstrip())) for one in window.unresolved),
    ]
    notes: dict[int, list[str]] = {}
    for site, note in sorted(placed):
        kept = notes.setdefault(site.line, [])
        if note not in kept:
            kept.append(note)
    return notes


def _target(graph: Graph, edge: Edge) -> str:
    symbol = graph.symbols_by_name[edge.target]
    words = " ".join(flag for flag in edge.flags if flag != "external")
    kind = f"{channel_words(edge.channel)} " if edge.channel is not None else arrow_words(edge)
    return clean(f"{kind}{edge.target}{_place(symbol)}  [{edge.resolution.word}] {words}".rstrip())


def _place(symbol: Symbol) -> str:
    if symbol.kind is SymbolKind.EXTERNAL:
        return "  (not read)"
    return f"  {symbol.path}:{symbol.line}"


def windows_json(windows: Sequence[Window]) -> str:
    """Write windows as one JSON object."""
    return json.dumps({"schema": SCHEMA, "windows": [_document(one) for one in windows]}, indent=1) + "\n"


def _document(window: Window) -> dict[str, Any]:
    return {
        "file": window.path,
        "source": window.source._asdict(),
        "symbol": window.symbol,
        "first": window.first,
        "last": window.last,
        "asked": window.asked or None,
        "lines": list(_lines(window)),
    }


def _lines(window: Window) -> Iterator[dict[str, Any]]:
    for number, text in enumerate(window.lines, window.first):
        yield {
            "line": number,
            "text": text,
            "calls": [edge_document(edge) for edge in window.edges if edge.site.line == number],
            "unresolved": [
                {"text": one.text, "reason": one.reason.value, "detail": one.detail}
                for one in window.unresolved
                if one.site.line == number
            ],
        }
