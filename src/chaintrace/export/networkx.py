"""Conversion to networkx, for questions chaintrace does not ask."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chaintrace.export.view import shown
from chaintrace.graph.edges import Edge
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

if TYPE_CHECKING:
    from networkx import MultiDiGraph


def to_networkx(graph: Graph, paths: Sequence[Path] | None = None) -> "MultiDiGraph[str]":
    """Return a `MultiDiGraph` of symbol names with every attribute of symbols and edges.

    Symbols carry kind, path, line, end_line and source; edges carry kind, path, line, column, end_line,
    end_column, text, resolution (a word), guard and flags (a tuple); `send` edges also
    channel, transport and receive_site. The key of an edge is its index.
    """
    from networkx import MultiDiGraph

    part = shown(graph, paths)
    converted: MultiDiGraph[str] = MultiDiGraph()
    for name in sorted(part.symbols_by_name):
        symbol = part.symbols_by_name[name]
        attributes = symbol._asdict()
        del attributes["name"]
        converted.add_node(name, **attributes | {"kind": symbol.kind.value})
    for index, edge in enumerate(part.edges):
        converted.add_edge(
            edge.source,
            edge.target,
            key=index,
            kind=edge.kind.value,
            **edge.site._asdict(),
            text=edge.text,
            resolution=edge.resolution.word,
            guard=edge.guard,
            flags=edge.flags,
            **_channel(edge),
        )
    return converted


def _channel(edge: Edge) -> dict[str, str]:
    if edge.channel is None:
        return {}
    return {
        "channel": edge.channel.name,
        "transport": edge.channel.transport,
        "receive_site": str(edge.channel.receive_site),
    }
