"""GraphML, for Gephi, yEd and the like."""

from collections.abc import Sequence
from io import BytesIO

from chaintrace.export.legend import granted_lines, legend_document
from chaintrace.export.networkx import to_networkx
from chaintrace.export.view import clean, shown
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path


def to_graphml(graph: Graph, paths: Sequence[Path] | None = None) -> str:
    """Write the graph, or what the paths run through, as GraphML; flags are one string, joined by blanks."""
    from networkx import MultiDiGraph
    from networkx.readwrite.graphml import write_graphml_xml

    converted = to_networkx(graph, paths)
    written: MultiDiGraph[str] = MultiDiGraph()
    written.graph.update(legend_document(shown(graph, paths).edges))
    if graph.assumptions:
        written.graph["assumptions"] = clean("; ".join(granted_lines(graph)))
    for name, attributes in converted.nodes(data=True):
        written.add_node(clean(name), **{key: _value(value) for key, value in attributes.items()})
    for source, target, index, attributes in converted.edges(data=True, keys=True):
        values = {key: _value(value) for key, value in attributes.items()}
        written.add_edge(clean(source), clean(target), key=index, **values)
    output = BytesIO()
    write_graphml_xml(written, output, prettyprint=True)
    return output.getvalue().decode() + "\n"


def _value(value: object) -> str | int:
    """Spell a value as GraphML knows it; XML cannot hold control characters."""
    if isinstance(value, int):
        return value
    return clean(" ".join(value) if isinstance(value, tuple) else str(value))
