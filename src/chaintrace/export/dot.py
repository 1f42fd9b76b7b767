"""Graphviz DOT through pydot."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from chaintrace.export.legend import granted_lines, levels
from chaintrace.export.view import by_package, clean, kind_words, place, short_name, shown
from chaintrace.graph.edges import Edge, EdgeKind, Resolution, Symbol, SymbolKind
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

if TYPE_CHECKING:
    import pydot

COLOURS = {
    EdgeKind.CALL: "#1f2937",
    EdgeKind.SPAWN: "#7c3aed",
    EdgeKind.CALLBACK: "#0e7490",
    EdgeKind.SEND: "#c2410c",
    EdgeKind.DISPATCH: "#a16207",
    EdgeKind.DEFINE: "#4b5563",
    EdgeKind.WRITE: "#b91c1c",
    EdgeKind.READ: "#15803d",
    EdgeKind.IMPORT: "#9ca3af",
    EdgeKind.INHERIT: "#6b7280",
}
STYLES = {
    Resolution.STATIC: "bold",
    Resolution.POINTS_TO: "solid",
    Resolution.MODELLED: "solid",
    Resolution.DECLARED: "dashed",
    Resolution.ASSUMED: "dotted",
}
SHAPES = {SymbolKind.ATTRIBUTE: "ellipse", SymbolKind.EXTERNAL: "plaintext", SymbolKind.CLASS: "component"}
FONT = "Helvetica"


def to_dot(graph: Graph, paths: Sequence[Path] | None = None) -> str:
    """Write DOT: a cluster for each package, edges coloured by kind and styled by resolution, a legend."""
    return str(to_pydot(graph, paths).to_string())


def to_pydot(graph: Graph, paths: Sequence[Path] | None = None) -> "pydot.Dot":
    """Return what `to_dot` writes as a `pydot.Dot`."""
    import pydot

    part = shown(graph, paths)
    drawing = pydot.Dot("chaintrace", graph_type="digraph", rankdir="TB", fontname=quoted(FONT))
    drawing.set_node_defaults(shape="box", style="rounded", fontname=quoted(FONT), fontsize="11")
    drawing.set_edge_defaults(fontname=quoted(FONT), fontsize="9")
    for number, (package, members) in enumerate(by_package(part)):
        label = quoted(package)
        cluster = pydot.Subgraph(
            f"cluster_{number}", label=label, color=quoted("#9ca3af"), fontname=quoted(FONT)
        )
        for symbol in members:
            cluster.add_node(_box(symbol))
        drawing.add_subgraph(cluster)
    for edge in part.edges:
        drawing.add_edge(_arrow(edge))
    if not part.symbols_by_name:
        nothing = "no chain was found" if paths is not None else "no edges"
        drawing.add_node(pydot.Node(quoted("chaintrace nothing"), label=quoted(nothing), shape="plaintext"))
    if part.edges:
        drawing.add_subgraph(_legend(part))
    return drawing


def quoted(text: str) -> str:
    """Return the text as a quoted DOT string; no character of it is special to Graphviz or pydot."""
    escaped = clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _lines(*lines: str) -> str:
    return '"' + "\\n".join(quoted(line)[1:-1] for line in lines if line) + '"'


def _box(symbol: Symbol) -> "pydot.Node":
    import pydot

    where = f"{symbol.path}:{symbol.line}" if symbol.path else ""
    return pydot.Node(
        quoted(symbol.name),
        label=_lines(short_name(symbol), where),
        shape=SHAPES.get(symbol.kind, "box"),
        tooltip=quoted(symbol.name),
    )


def _arrow(edge: Edge) -> "pydot.Edge":
    import pydot

    colour = quoted(COLOURS[edge.kind])
    kind = kind_words(edge)
    return pydot.Edge(
        quoted(edge.source),
        quoted(edge.target),
        label=_lines(f"{kind}{place(edge)}"),
        color=colour,
        fontcolor=colour,
        style=STYLES[edge.resolution],
        tooltip=quoted(f"{edge.text} [{edge.resolution.word}]"),
    )


def _legend(part: Graph) -> "pydot.Subgraph":
    """Explain the colours and styles that occur and what was taken for granted, in a box of plain lines."""
    import pydot

    used = part.edges
    kinds = [kind for kind in EdgeKind if any(edge.kind is kind for edge in used)]
    legend = pydot.Subgraph(
        "cluster_legend", label=quoted("legend"), color=quoted("#d1d5db"), fontname=quoted(FONT)
    )
    rows = [f'<font color="{COLOURS[kind]}">{kind}</font>' for kind in kinds]
    rows += [f"{STYLES[level]}: {level.word}, {escape(level.meaning)}" for level in levels(used)]
    rows += [escape(clean(line)) for line in granted_lines(part)]
    label = "<" + "<br/>".join(rows) + ">"
    legend.add_node(pydot.Node(quoted("chaintrace legend"), label=label, shape="plaintext", fontsize="9"))
    return legend
