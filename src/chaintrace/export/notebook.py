"""What a notebook shows: the picture, then the hops with their code."""

from collections.abc import Sequence

from chaintrace.errors import ExportError
from chaintrace.export.html import figure, no_figure, tables
from chaintrace.export.picture import to_svg
from chaintrace.export.text import to_text
from chaintrace.export.view import PICTURE_LIMIT, shown
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path


def to_mimebundle(graph: Graph, paths: Sequence[Path] | None = None) -> dict[str, str]:
    """Return `text/plain`, `text/html` and, where a picture can be drawn, `image/svg+xml`.

    A graph too large for a picture is summed up in a line.
    """
    part = shown(graph, paths)
    if len(part.symbols_by_name) > PICTURE_LIMIT:
        line = summary_line(part)
        return {"text/plain": line, "text/html": f"<p>{line}</p>"}
    rows = tables(graph, paths)
    plain = to_text(graph, paths)
    try:
        svg = to_svg(graph, paths)
    except ExportError as error:
        return {"text/plain": plain, "text/html": no_figure(error) + rows}
    return {"text/plain": plain, "text/html": figure(svg) + rows, "image/svg+xml": svg}


def summary_line(graph: Graph) -> str:
    """Return the size of a graph in words."""
    return (
        f"{len(graph.symbols)} symbols, {len(graph.edges)} edges, {len(graph.unresolved)} unresolved sites, "
        f"{len(graph.diagnostics)} diagnostics"
    )
