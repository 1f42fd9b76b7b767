"""SVG and PNG, drawn by Graphviz: through pygraphviz, which carries it, else by an installed `dot`."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Literal, cast

from chaintrace.errors import ExportError
from chaintrace.export.dot import to_dot, to_pydot
from chaintrace.export.view import require_picture_size, shown
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

_STDERR = 2


def to_svg(graph: Graph, paths: Sequence[Path] | None = None) -> str:
    """Draw the graph, or what the paths run through, as SVG; raise `ExportError` where `draw` does."""
    return draw(graph, paths, "svg").decode()


def to_png(graph: Graph, paths: Sequence[Path] | None = None) -> bytes:
    """Draw the graph, or what the paths run through, as PNG; raise `ExportError` where `draw` does."""
    return draw(graph, paths, "png")


def draw(graph: Graph, paths: Sequence[Path] | None, image: Literal["svg", "png"]) -> bytes:
    """Return a picture; raise `ExportError` if the graph is too large or Graphviz is not there."""
    part = shown(graph, paths)
    require_picture_size(part)
    try:
        import pygraphviz
    except ImportError:
        return _draw_with_dot(part, image)
    drawing = pygraphviz.AGraph(string=to_dot(part))
    try:
        with _silence():
            return cast("bytes", drawing.draw(format=image, prog="dot"))
    except (OSError, ValueError) as error:
        raise ExportError(f"Graphviz cannot draw the {image}: {error}; write dot instead") from error
    finally:
        drawing.close()


@contextmanager
def _silence() -> Iterator[None]:
    """Send to nowhere what libraries of Graphviz say of the machine's fonts, past Python, on stderr."""
    with ExitStack() as undone:
        with suppress(OSError):  # closed
            kept, nowhere = os.dup(_STDERR), os.open(os.devnull, os.O_WRONLY)
            undone.callback(os.close, kept)
            undone.callback(os.close, nowhere)
            undone.callback(os.dup2, kept, _STDERR)
            os.dup2(nowhere, _STDERR)
        yield


def _draw_with_dot(graph: Graph, image: str) -> bytes:
    """Run the installed `dot`."""
    try:
        with _silence():
            return cast("bytes", to_pydot(graph).create(format=image, prog="dot"))
    except (OSError, AssertionError) as error:
        raise ExportError(
            f"cannot draw a {image}: pygraphviz is not installed and no `dot` program works; "
            "install pygraphviz or Graphviz, or write dot, mermaid or json"
        ) from error
