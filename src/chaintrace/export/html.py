"""A self-contained page: the picture, then the hops of each chain with their code."""

from collections.abc import Iterable, Sequence
from html import escape

from chaintrace.errors import ExportError
from chaintrace.export.legend import granted_lines, levels
from chaintrace.export.picture import to_svg
from chaintrace.export.text import path_title
from chaintrace.export.view import channel_words, clean, place, require_picture_size, shown
from chaintrace.graph.edges import Edge
from chaintrace.graph.graph import Graph
from chaintrace.graph.observed import Observed
from chaintrace.graph.paths import Path

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; } table {
border-collapse: collapse; } td, th { border-top: 1px solid #ddd; padding: .3em .7em; text-align: left; }
code { white-space: pre-wrap; } figure { margin: 1em 0; overflow-x: auto; } .guard { color: #666; }
"""
COLUMNS = ("", "from", "kind", "to", "where", "known by", "code")


def to_html(graph: Graph, paths: Sequence[Path] | None = None) -> str:
    """Write the page; the picture is left out, with the reason, where none can be drawn."""
    part = shown(graph, paths)
    require_picture_size(part)
    sections = tables(graph, paths)
    sources = "".join(f"<li>{_text(f'{s.name}: {s.origin} {s.revision}')}</li>" for s in part.sources)
    try:
        picture = figure(to_svg(graph, paths))
    except ExportError as error:
        picture = no_figure(error)
    title = _text(path_title(graph, paths[0])) if paths else "Graph"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<ul>{sources}</ul>\n"
        f"{picture}\n{sections}{legend(part.edges)}{_granted(part)}{_lacking(part.observed)}</body></html>\n"
    )


def _granted(graph: Graph) -> str:
    """Return what was taken for granted as a list, nothing where nothing was."""
    rows = "".join(f"<li>{_text(line)}</li>" for line in granted_lines(graph))
    return f"<ul>{rows}</ul>\n" if rows else ""


def _lacking(observed: Observed | None) -> str:
    """Return the edges of a run that the graph lacks as a list."""
    if observed is None:
        return ""
    from chaintrace.export.text import observed_text

    head, *rows = observed_text(observed).split("\n")
    return f"<p>{_text(head)}</p><ul>{''.join(f'<li>{_text(row.strip())}</li>' for row in rows)}</ul>\n"


def figure(svg: str) -> str:
    """Return an SVG as an HTML figure."""
    return f"<figure>{svg[svg.index('<svg') :]}</figure>"


def no_figure(error: ExportError) -> str:
    """Return a paragraph that says why there is no picture."""
    return f"<p>No picture: {_text(str(error))}</p>"


def legend(edges: Iterable[Edge]) -> str:
    """Return a list of what the words mean by which edges are known."""
    rows = "".join(f"<dt>{level.word}</dt><dd>{_text(level.meaning)}</dd>" for level in levels(edges))
    return f"<dl>{rows}</dl>\n"


def tables(graph: Graph, paths: Sequence[Path] | None) -> str:
    """Return a table for each path, or one of all edges."""
    if paths is None:
        return edge_table(graph.edges, graph.observed)
    return "".join(path_table(graph, path) for path in paths)


def path_table(graph: Graph, path: Path) -> str:
    """Return the hops of one path under a heading."""
    return f"<h3>{_text(path_title(graph, path))}</h3>\n{edge_table(path, graph.observed)}"


def edge_table(edges: Iterable[Edge], observed: Observed | None = None) -> str:
    """Return one row an edge: number, ends, kind, place, resolution, whether a run made it, code, guard."""
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    rows = "".join(_row(number, edge, observed) for number, edge in enumerate(edges, start=1))
    return f"<table><tr>{head}</tr>\n{rows}</table>\n"


def _row(number: int, edge: Edge, observed: Observed | None) -> str:
    guard = f'<br><span class="guard">when {_text(edge.guard)}</span>' if edge.guard else ""
    said = observed.words(edge) if observed is not None else ""
    known = " ".join((edge.resolution.word, *edge.flags, *([f"({said})"] if said else [])))
    cells = (str(number), edge.source, _kind(edge), edge.target, place(edge), known)
    plain = "".join(f"<td>{_text(cell)}</td>" for cell in cells)
    return f"<tr>{plain}<td><code>{_text(edge.text)}</code>{guard}</td></tr>\n"


def _text(text: str) -> str:
    return escape(clean(text))


def _kind(edge: Edge) -> str:
    """Return the kind of an edge, with the channel of a `send` edge."""
    return f"{edge.kind} {channel_words(edge.channel)}" if edge.channel is not None else edge.kind.value
