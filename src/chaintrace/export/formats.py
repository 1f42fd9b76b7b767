"""The formats by name and by file extension."""

from collections.abc import Callable, Sequence
from pathlib import PurePath

from chaintrace.errors import ExportError
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

FORMATS = ("text", "dot", "svg", "png", "json", "graphml", "mermaid", "html", "pycg", "sarif")
EXTENSIONS = {
    ".txt": "text",
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
    ".png": "png",
    ".json": "json",
    ".graphml": "graphml",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".html": "html",
    ".htm": "html",
    ".sarif": "sarif",
}


def format_of(file: str | PurePath) -> str | None:
    """Return the format a file's extension stands for, None if it stands for none."""
    return EXTENSIONS.get(PurePath(file).suffix.lower())


def require_format(name: str) -> str:
    """Return the format called `name`, or by its extension; raise `ExportError` if there is none."""
    known = name if name in FORMATS else EXTENSIONS.get(f".{name}")
    if known is None:
        raise ExportError(f"unknown format {name!r}; the formats are {', '.join(FORMATS)}")
    return known


def render(graph: Graph, paths: Sequence[Path] | None, name: str) -> bytes:
    """Write the graph, or what the paths run through, in the format called `name`, text as UTF-8."""
    output = _writer(require_format(name))(graph, paths)
    return output if isinstance(output, bytes) else output.encode("utf-8", "backslashreplace")


def _writer(name: str) -> Callable[[Graph, Sequence[Path] | None], str | bytes]:
    """Import the one module that is needed; some of them load large libraries."""
    if name == "text":
        from chaintrace.export.text import to_text as writer
    elif name == "dot":
        from chaintrace.export.dot import to_dot as writer
    elif name == "svg":
        from chaintrace.export.picture import to_svg as writer
    elif name == "json":
        from chaintrace.export.json import to_json as writer
    elif name == "graphml":
        from chaintrace.export.graphml import to_graphml as writer
    elif name == "mermaid":
        from chaintrace.export.mermaid import to_mermaid as writer
    elif name == "pycg":
        from chaintrace.export.pycg import to_pycg as writer
    elif name == "sarif":
        from chaintrace.export.sarif import to_sarif as writer
    elif name == "html":
        from chaintrace.export.html import to_html as writer
    else:
        from chaintrace.export.picture import to_png

        return to_png
    return writer
