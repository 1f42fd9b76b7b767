"""How an answer is shown and saved, whatever it holds: a whole graph or some of its paths."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from chaintrace.errors import ExportError
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

if TYPE_CHECKING:
    from networkx import MultiDiGraph


class View(ABC):
    """Offer every output format for a graph, or for what some paths of it run through."""

    graph: Graph

    @property
    @abstractmethod
    def paths_shown(self) -> tuple[Path, ...] | None:
        """Return the paths to show, None for the whole graph."""

    def to_networkx(self) -> "MultiDiGraph[str]":
        """Return a `networkx.MultiDiGraph` of symbol names with every attribute of symbols and edges."""
        from chaintrace.export.networkx import to_networkx

        return to_networkx(self.graph, self.paths_shown)

    def to_dot(self) -> str:
        """Return Graphviz DOT."""
        from chaintrace.export.dot import to_dot

        return to_dot(self.graph, self.paths_shown)

    def to_svg(self) -> str:
        """Return an SVG picture; raise `ExportError` if it would be too large or Graphviz is missing."""
        from chaintrace.export.picture import to_svg

        return to_svg(self.graph, self.paths_shown)

    def to_json(self) -> str:
        """Return JSON after the contract `chaintrace-graph/1`."""
        from chaintrace.export.json import to_json

        return to_json(self.graph, self.paths_shown)

    def save(self, file: str | FilePath, name: str | None = None) -> FilePath:
        """Write a file in the format called `name`, or the one its extension stands for; return its path.

        Raises `ExportError` for an unknown format, a picture that cannot be drawn or a file that cannot be
        written.
        """
        from chaintrace.export.files import write_file
        from chaintrace.export.formats import FORMATS, format_of, render

        path = FilePath(file)
        name = name or format_of(path)
        if name is None:
            raise ExportError(f"{path}: the extension is no format; name one of {', '.join(FORMATS)}")
        write_file(path, render(self.graph, self.paths_shown, name))
        return path

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        from chaintrace.export.notebook import to_mimebundle

        bundle = to_mimebundle(self.graph, self.paths_shown)
        bundle["text/plain"] = str(self)
        return {
            key: value
            for key, value in bundle.items()
            if (not include or key in include) and key not in (exclude or ())
        }
