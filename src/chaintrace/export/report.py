"""The write-up: the question, the picture, every link with its code, and how to make it again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from chaintrace.errors import ExportError
from chaintrace.export.html import STYLE, figure, no_figure
from chaintrace.export.permalink import permalink
from chaintrace.export.picture import to_svg
from chaintrace.export.view import clean
from chaintrace.graph.edges import Edge, Symbol
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

if TYPE_CHECKING:
    from chaintrace.query.wiring import Wiring


@dataclass(frozen=True)
class Link:
    """Name a link of the chain by its role; `missing` are the patterns of it that mean nothing here."""

    role: str
    symbols: tuple[Symbol, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Architecture:
    """Hold what there is around the chains: threads, processes and classes, and the channels between them.

    `components` is their graph, `spawns` what starts which of them, and `sends` are the channels between
    functions. `further_spawns` and `further_sends` count those that do not touch the chains and are left out.
    """

    components: Graph
    spawns: Sequence[Edge]
    sends: Sequence[Edge]
    further_spawns: int = 0
    further_sends: int = 0


@dataclass(frozen=True)
class Report:
    """Hold what a report is made from.

    `name` is that of the trace, `chains` are the paths found, those of one target after those of another;
    `starts`, `targets` and `assumed` are the question, `aliases` other names in it, each with the right one,
    and `missing` the waypoints that are on no chain. `links`
    are the parts that the trace file names by their roles, `wiring` the calls that make the objects on the
    chains, by class. `read` gives the lines of a file of a source, `locate` its path from the top of the
    repository. `command` makes the report again; `is_locked` says that the lock file has these very sources.
    `stopped` says, where there is no chain, how far the search came.
    """

    name: str
    graph: Graph
    chains: Sequence[Path]
    starts: Sequence[str]
    targets: Sequence[str]
    assumed: Sequence[str]
    waypoints: Sequence[str]
    missing: Sequence[str]
    links: Sequence[Link]
    wiring: "dict[str, list[Wiring]]"
    architecture: Architecture
    read: Callable[[str, str], Sequence[str]]
    locate: Callable[[str, str], str]
    command: str
    is_locked: bool = False
    stopped: Sequence[str] = ()
    aliases: Sequence[tuple[str, str]] = ()

    @property
    def title(self) -> str:
        """Return what the report is about, in a line."""
        return f"{self.name}: the way to {', '.join(self.targets)}"

    def address(self, edge: Edge) -> str:
        """Return the permanent address of an edge's site, "" where there is none."""
        return self.address_of(edge.source, edge.site.path, edge.site.line, edge.site.end_line)

    def address_of(self, symbol: str, path: str, first: int, last: int) -> str:
        """Return the permanent address of lines of the file that a symbol is in."""
        name = self.graph.symbol(symbol).source
        for source in self.graph.sources:
            if source.name == name:
                return permalink(source.origin, source.revision, self.locate(name, path), first, last)
        return ""

    def window(self, symbol: str, path: str, first: int, last: int) -> list[str]:
        """Return numbered lines of the file that a symbol is in, none where it cannot be read."""
        lines = self.read(self.graph.symbol(symbol).source, path)
        shown = range(max(first, 1), min(last, len(lines)) + 1)
        return [f"{number:5} {lines[number - 1]}".rstrip() for number in shown]

    def to_json(self) -> str:
        """Return the report after the contract `chaintrace-report/1`."""
        from chaintrace.export.reportjson import report_json

        return report_json(self)


def to_markdown(report: Report) -> str:
    """Write the report as Markdown; forges draw its mermaid pictures."""
    from chaintrace.export import sections

    parts = [
        *sections.opening(report),
        *sections.mermaid(report.graph, report.chains),
        *sections.body(report),
        *sections.architecture(report),
        *(sections.mermaid(report.architecture.components, None) if sections.has_channels(report) else ()),
        *sections.closing(report),
    ]
    return "\n\n".join(parts) + "\n"


def to_page(report: Report) -> str:
    """Write the report as one HTML file that needs no other."""
    from markdown_it import MarkdownIt

    from chaintrace.export import sections

    # Raw HTML stays text: all of it comes from other people's code.
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parts = [
        parser.render("\n\n".join(sections.opening(report))),
        _picture(report.graph, report.chains) if report.chains else "",
        parser.render("\n\n".join([*sections.body(report), *sections.architecture(report)])),
        _picture(report.architecture.components, None) if sections.has_channels(report) else "",
        parser.render("\n\n".join(sections.closing(report))),
    ]
    title, inner = escape(clean(report.title)), "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body>\n{inner}</body></html>\n"
    )


def _picture(graph: Graph, paths: Sequence[Path] | None) -> str:
    try:
        return figure(to_svg(graph, paths))
    except ExportError as error:
        return no_figure(error)
