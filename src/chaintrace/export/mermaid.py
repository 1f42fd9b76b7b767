"""Mermaid flowcharts, which forges draw inside Markdown."""

from collections.abc import Sequence

from chaintrace.export.legend import granted_lines, legend_lines
from chaintrace.export.view import (
    by_package,
    clean,
    kind_words,
    place,
    require_picture_size,
    short_name,
    shown,
)
from chaintrace.graph.edges import Resolution
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

ESCAPES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}


def to_mermaid(graph: Graph, paths: Sequence[Path] | None = None) -> str:
    """Write a flowchart with a box for each package; edges better than declared are solid, others dotted."""
    part = shown(graph, paths)
    require_picture_size(part)
    names = sorted(part.symbols_by_name)
    ids = {name: f"s{number}" for number, name in enumerate(names)}
    lines = ["flowchart TD"]
    for number, (package, symbols) in enumerate(by_package(part)):
        lines.append(f'  subgraph p{number}["{_escape(package)}"]')
        lines += [f'    {ids[symbol.name]}["{_escape(short_name(symbol))}"]' for symbol in symbols]
        lines.append("  end")
    for edge in part.edges:
        kind = kind_words(edge)
        arrow = "-->" if edge.resolution < Resolution.DECLARED else "-.->"
        label = _escape(f"{kind}{place(edge)}")
        lines.append(f'  {ids[edge.source]} {arrow}|"{label}"| {ids[edge.target]}')
    if part.edges:
        rows = "<br/>".join(map(_escape, (*legend_lines(part.edges), *granted_lines(part))))
        lines += ['  subgraph legend["legend"]', f'    known["{rows}"]', "  end"]
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return "".join(ESCAPES.get(character, character) for character in clean(text))
