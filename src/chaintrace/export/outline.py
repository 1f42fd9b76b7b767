"""Outlines: what a file is made of and where execution may start in it, as text and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chaintrace.export.json import edge_document
from chaintrace.export.view import arrow_words, clean, place
from chaintrace.graph.edges import Edge
from chaintrace.graph.graph import SourceInfo
from chaintrace.ir.outline import Item, ItemKind

SCHEMA = "chaintrace-outline/1"
HEAD = 2
"""Lines of text before the entry points."""

FEW = 3
"""Spawns and callbacks of an entry point that are named in text."""


@dataclass(frozen=True)
class Entry:
    """Name a function of a file in which execution may start.

    `edges` are the spawns and callbacks by which it starts; without any, nothing that was read calls it.
    """

    name: str
    line: int
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True)
class Outline:
    """Hold the parts of one file and the functions in which execution may start."""

    source: SourceInfo
    path: str
    items: tuple[Item, ...]
    entries: tuple[Entry, ...]


def outline_text(outline: Outline) -> str:
    """Return the entry points, then the parts of the file, indented as they are nested."""
    source = outline.source
    known = f"{source.name} {source.revision}" if source.revision else source.name
    lines = [clean(f"{outline.path}  ({known})"), "entry points:"]
    lines += [f"{entry.line:5}  {clean(entry.name)}  {_why(entry)}" for entry in outline.entries]
    lines += [
        f"{item.line:5}  {item.text}  (what runs where the file is run as a script)"
        for item in outline.items
        if item.kind is ItemKind.MAIN
    ]
    if len(lines) == HEAD:
        lines.append("       none")
    lines.append("contents:")
    lines += [
        f"{item.line:5}  {'  ' * item.depth}{clean(item.text)}  ({item.line}-{item.end_line})"
        for item in outline.items
    ]
    return "\n".join(lines)


def _why(entry: Entry) -> str:
    if not entry.edges:
        return "(nothing that was read calls it)"
    shown = [_by(edge) for edge in entry.edges[:FEW]]
    more = len(entry.edges) - len(shown)
    return clean("; ".join([*shown, *([f"and {more} more"] if more else [])]))


def _by(edge: Edge) -> str:
    return f"{arrow_words(edge)}{edge.source}  {place(edge)}  [{edge.resolution.word}]"


def outlines_json(outlines: Sequence[Outline]) -> str:
    """Write outlines as one JSON object."""
    return json.dumps({"schema": SCHEMA, "files": [_document(one) for one in outlines]}, indent=1) + "\n"


def _document(outline: Outline) -> dict[str, Any]:
    return {
        "file": outline.path,
        "source": outline.source._asdict(),
        "entries": [
            {"name": one.name, "line": one.line, "from": [edge_document(edge) for edge in one.edges]}
            for one in outline.entries
        ],
        "classes": [_item(item) for item in outline.items if item.kind is ItemKind.CLASS],
        "functions": [_item(item) for item in outline.items if item.kind is ItemKind.FUNCTION],
        "loops": [_item(item) for item in outline.items if item.kind is ItemKind.LOOP],
        "main": [_item(item) for item in outline.items if item.kind is ItemKind.MAIN],
    }


def _item(item: Item) -> dict[str, Any]:
    return {"name": item.name, "line": item.line, "end_line": item.end_line, "text": item.text}
