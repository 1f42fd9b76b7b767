"""The write-up: the question, the picture, every link with its code, and how to make it again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from chaintrace.errors import ExportError
from chaintrace.export.html import STYLE, figure, no_figure
from chaintrace.export.markdown import fence, link, span, table
from chaintrace.export.mermaid import to_mermaid
from chaintrace.export.permalink import permalink
from chaintrace.export.picture import to_svg
from chaintrace.export.text import path_title
from chaintrace.export.view import clean, short_name
from chaintrace.graph.edges import Edge, EdgeKind, Resolution, SymbolKind
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

AROUND = 2
"""Lines of code shown before and after a site."""

MOST_CALLS = 4
"""Places shown where one class is made."""

MEANINGS = {
    Resolution.STATIC: "one binding, read off the source",
    Resolution.POINTS_TO: "what the receiver holds was followed from where it was made",
    Resolution.MODELLED: "a model of a library says so",
    Resolution.DECLARED: "an annotation says so",
    Resolution.ASSUMED: "an escape into unknown code, or a pattern of names; may be wrong",
}


@dataclass(frozen=True)
class Report:
    """Hold what a report is made from.

    `chains` are the paths found, those of one target after those of another; `starts`, `targets` and
    `assumed` are the question, `missing` the waypoints that are on no chain. `read` gives the lines of a file
    of a source, `locate` its path from the top of the repository. `command` makes the report again.
    """

    title: str
    graph: Graph
    chains: Sequence[Path]
    starts: Sequence[str]
    targets: Sequence[str]
    assumed: Sequence[str]
    waypoints: Sequence[str]
    missing: Sequence[str]
    read: Callable[[str, str], Sequence[str]]
    locate: Callable[[str, str], str]
    command: str

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


def to_markdown(report: Report) -> str:
    """Write the report as Markdown; forges draw its mermaid picture."""
    return "\n\n".join([*_opening(report), *_mermaid(report), *_rest(report)]) + "\n"


def to_page(report: Report) -> str:
    """Write the report as one HTML file that needs no other."""
    from markdown_it import MarkdownIt

    # Raw HTML stays text: all of it comes from other people's code.
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    try:
        picture = figure(to_svg(report.graph, report.chains)) if report.chains else ""
    except ExportError as error:
        picture = no_figure(error)
    before, after = ("\n\n".join(part(report)) for part in (_opening, _rest))
    title = escape(clean(report.title))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body>\n{parser.render(before)}{picture}\n{parser.render(after)}"
        "</body></html>\n"
    )


def _opening(report: Report) -> list[str]:
    """Return what stands before the picture."""
    return [f"# {span(report.title)}", *_sources(report), *_question(report), "## The picture"]


def _rest(report: Report) -> list[str]:
    """Return what stands after the picture."""
    return [*_links(report), *_hops(report), *_wiring(report), *_channels(report), *_how(report)]


def _sources(report: Report) -> Iterator[str]:
    yield "## Revisions"
    rows = [
        [span(source.name), span(source.origin), span(source.revision or "none")]
        for source in report.graph.sources
    ]
    yield table(["source", "from", "revision"], rows)


def _question(report: Report) -> Iterator[str]:
    yield "## The question"
    starts = ", ".join(map(span, report.starts)) or "anything that nobody calls"
    targets = ", ".join(map(span, report.targets))
    yield f"How does execution get from {starts} to {targets}?"
    if report.assumed:
        yield f"Taken for granted: {', '.join(map(span, report.assumed))}."
    if not report.chains:
        yield "**No chain was found.**"
    if report.missing:
        yield f"**Expected on the way and not there: {', '.join(map(span, report.missing))}.**"
    elif report.waypoints:
        yield f"Expected on the way, and there: {', '.join(map(span, report.waypoints))}."


def _mermaid(report: Report) -> Iterator[str]:
    if report.chains:
        try:
            yield fence(to_mermaid(report.graph, report.chains).splitlines(), "mermaid")
        except ExportError as error:
            yield f"No picture: {error}"


def _links(report: Report) -> Iterator[str]:
    """Yield the table of files along the chains, in the order in which they are met."""
    yield "## The links of the chain"
    files: dict[tuple[str, str], dict[str, int]] = {}
    for path in report.chains:
        for name in path.symbols:
            symbol = report.graph.symbol(name)
            if symbol.path:
                files.setdefault((symbol.source, symbol.path), {})[name] = symbol.line
    rows = []
    for (source, file), names in files.items():
        for name, line in names.items():
            symbol = report.graph.symbol(name)
            address = report.address_of(name, file, line, symbol.end_line)
            place = f"{report.locate(source, file)}:{line}"
            rows.append([span(source), link(place, address), span(short_name(symbol)), symbol.kind.value])
    yield table(["source", "file", "link", "what it is"], rows)


def _hops(report: Report) -> Iterator[str]:
    for number, path in enumerate(report.chains, start=1):
        yield f"## Chain {number}"
        yield span(path_title(report.graph, path))
        for count, edge in enumerate(path, start=1):
            target = short_name(report.graph.symbol(edge.target))
            yield f"### {number}.{count} {edge.kind.value} {span(target)}"
            site = f"{edge.site.path}:{edge.site.line}"
            words = ", ".join((edge.resolution.word, *edge.flags))
            yield f"{link(site, report.address(edge))}, known by {words}."
            if edge.guard:
                yield f"Runs when {span(edge.guard)}."
            if edge.channel is not None:
                yield f"Received at {span(str(edge.channel.receive_site))}."
            yield fence(_window(report, edge, AROUND))


def _window(report: Report, edge: Edge, around: int) -> list[str]:
    """Return the numbered lines around a site, or its own line where the file cannot be read."""
    lines = report.read(report.graph.symbol(edge.source).source, edge.site.path)
    first = max(edge.site.line - around, 1)
    last = min(edge.site.end_line + around, len(lines))
    shown = [f"{number:5} {lines[number - 1]}".rstrip() for number in range(first, last + 1)]
    return shown or [f"{edge.site.line:5} {edge.text}"]


def _wiring(report: Report) -> Iterator[str]:
    """Yield the calls that make the objects along the chains: which arguments reach them."""
    made: dict[str, list[Edge]] = {}
    for name in _classes(report):
        constructor = f"{name}.__init__"
        edges = [*report.graph.edges_to(name), *report.graph.edges_to(constructor)]
        calls = [edge for edge in edges if "construct" in edge.flags]
        if calls:
            made[name] = calls
    if not made:
        return
    yield "## How the objects on the way are made"
    for name, calls in made.items():
        yield f"### {span(short_name(report.graph.symbol(name)))}"
        for edge in calls[:MOST_CALLS]:
            yield f"In {span(edge.source)}, {link(str(edge.site), report.address(edge))}:"
            yield fence(_window(report, edge, 0))
        if len(calls) > MOST_CALLS:
            yield f"And {len(calls) - MOST_CALLS} more."


def _classes(report: Report) -> list[str]:
    """Return the classes whose methods and attributes the chains pass, in their order."""
    found: dict[str, None] = {}
    for path in report.chains:
        for name in path.symbols:
            owner = name.rpartition(".")[0]
            symbol = report.graph.symbols_by_name.get(owner)
            if symbol is not None and symbol.kind is SymbolKind.CLASS:
                found[owner] = None
    return list(found)


def _channels(report: Report) -> Iterator[str]:
    """Yield the channels that join the parts of the sources."""
    sends = [edge for edge in report.graph.edges if edge.kind is EdgeKind.SEND]
    sources = {source.name for source in report.graph.sources}
    sends = [edge for edge in sends if report.graph.symbol(edge.target).source in sources]
    if not sends:
        return
    yield "## Channels between the parts"
    rows = []
    for edge in sends:
        sent = link(str(edge.site), report.address(edge))
        channel = edge.channel
        name = f"{channel.name}, {channel.transport}" if channel is not None else ""
        received = str(channel.receive_site) if channel is not None else ""
        rows.append([span(edge.source), span(name), span(edge.target), sent, span(received)])
    yield table(["from", "channel", "to", "sent at", "received at"], rows)


def _how(report: Report) -> Iterator[str]:
    yield "## How it is known, and how to make this again"
    yield table(["word", "meaning"], [[resolution.word, meaning] for resolution, meaning in MEANINGS.items()])
    if not report.graph.complete:
        yield "The analysis ended at a limit of work: there may be more."
    yield fence([report.command], "sh")
