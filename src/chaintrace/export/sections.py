"""The sections of a write-up, as pieces of Markdown."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from chaintrace.errors import ExportError
from chaintrace.export.doubt import doubt_lines
from chaintrace.export.markdown import fence, link, plain, span, table
from chaintrace.export.mermaid import to_mermaid
from chaintrace.export.permalink import is_commit
from chaintrace.export.text import MOST_OTHERS, other_receipts, path_title
from chaintrace.export.view import short_name
from chaintrace.graph.edges import Channel, Edge, Resolution, Symbol
from chaintrace.graph.graph import LIMITED, Graph
from chaintrace.graph.paths import Path

if TYPE_CHECKING:
    from chaintrace.export.report import Link, Report
    from chaintrace.query.wiring import Wire, Wiring

AROUND = 2
"""Lines of code shown before and after a site."""

MOST_CHAINS = 9
"""Chains shown hop by hop; of further ones, as a name that means many symbols has, the symbols passed."""

MOST_REPEATED = 2
"""Hops from which on a beginning that an earlier chain has is not shown again."""

MOST_LINES = 60
"""Lines shown of one definition."""

MOST_CALLS = 4
"""Places shown where one class is made."""


MOST_SAID = 9
"""Diagnostics that are listed."""

_CHANGED = (
    "its files were changed since that commit, or could not be compared with it. They were read as they are, "
    "and have no permanent addresses."
)


def opening(report: "Report") -> list[str]:
    """Return what stands before the picture."""
    title = f"# {plain(report.name)}: the way to {', '.join(map(span, report.targets))}"
    picture = ["## The picture"] if report.chains else []
    return [title, *_sources(report), *_question(report), *picture]


def body(report: "Report") -> list[str]:
    """Return what stands between the two pictures: links, hops and wiring."""
    return [*_roles(report), *_passed(report), *_hops(report), *_code(report), *_wiring(report)]


def mermaid(graph: Graph, paths: Sequence[Path] | None) -> Iterator[str]:
    """Yield a picture that forges draw, or why there is none."""
    if paths is None or paths:
        try:
            yield fence(to_mermaid(graph, paths).splitlines(), "mermaid")
        except ExportError as error:
            yield f"No picture: {error}"


def has_channels(report: "Report") -> bool:
    """Say whether there is a picture of the architecture."""
    return bool(report.architecture.components.edges)


def architecture(report: "Report") -> list[str]:
    """Return the heading of the second picture, where there is one."""
    if not has_channels(report) and not report.architecture.spawns:
        return []
    return ["## The architecture", *_spawns(report), *(["### Its channels"] if has_channels(report) else ())]


def closing(report: "Report") -> list[str]:
    """Return what stands after the second picture."""
    return [*_channels(report), *_how(report)]


def _sources(report: "Report") -> Iterator[str]:
    yield "## Revisions"
    rows = [
        [span(source.name), span(source.origin), span(source.revision) if source.revision else "none"]
        for source in report.graph.sources
    ]
    yield table(["source", "from", "revision"], rows)
    for source in report.graph.sources:
        if "+" in source.revision and is_commit(source.revision.partition("+")[0]):
            yield f"{span(source.name)}: {_CHANGED}"


def _question(report: "Report") -> Iterator[str]:
    yield "## The question"
    starts = ", ".join(map(span, report.starts)) or "anything that nobody calls"
    targets = ", ".join(map(span, report.targets))
    yield f"How does execution get from {starts} to {targets}?"
    for name, meant in report.aliases:
        yield f"{span(name)} is another name of {span(meant)}."
    if report.assumed:
        yield f"Taken for granted: {', '.join(map(span, report.assumed))}."
        idle = [span(one.text) for one in report.graph.assumptions if not one.decided]
        if idle:
            yield f"No condition is decided by {', '.join(idle)}."
    if report.chains:
        lengths = [len(path.edges) for path in report.chains]
        weakest = max(path.rank[0] for path in report.chains)
        yield _found(lengths, weakest)
    else:
        where = " in what the starts lead to" if report.graph.summary.get(LIMITED) else ""
        yield f"**No chain was found{where}.**"
        for text in report.stopped:
            yield fence(text.splitlines(), "text")
    if report.missing:
        yield f"**Expected on the way and not there: {', '.join(map(span, report.missing))}.**"
    elif report.waypoints:
        yield f"Expected on the way, and there: {', '.join(map(span, report.waypoints))}."


def _found(lengths: Sequence[int], weakest: Resolution) -> str:
    """Return how many chains there are, how long, and how surely they are known."""
    few, many = min(lengths), max(lengths)
    hops = f"{few} to {many} hops" if few != many else "1 hop" if many == 1 else f"{many} hops"
    chains = "There is a chain" if len(lengths) == 1 else f"There are {len(lengths)} chains"
    return f"{chains} of {hops}; the weakest hop is {weakest.word}."


def _roles(report: "Report") -> Iterator[str]:
    """Yield the table of the links that the trace file names."""
    if not report.links:
        return
    yield "## The links by their roles"
    rows = [[plain(one.role), *cells] for one in report.links for cells in _cells(report, one)]
    yield table(["role", "link", "source", "where it lives"], rows)


def _cells(report: "Report", one: "Link") -> Iterator[list[str]]:
    for symbol in one.symbols:
        address = report.address_of(symbol.name, symbol.path, symbol.line, symbol.end_line)
        place = f"{report.locate(symbol.source, symbol.path)}:{symbol.line}"
        yield [span(short_name(symbol)), span(symbol.source), link(place, address)]
    for pattern in one.missing:
        yield [span(pattern), "", "not in these sources"]


def _passed(report: "Report") -> Iterator[str]:
    """Yield the table of files along the chains, in the order in which they are met."""
    if not report.chains:
        return
    yield "## The links of the chain"
    roles = {symbol.name: one.role for one in report.links for symbol in one.symbols}
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
            role = plain(roles[name]) if name in roles else symbol.kind.value
            rows.append([span(source), link(place, address), span(short_name(symbol)), role])
    yield table(["source", "file", "link", "role"], rows)


def _hops(report: "Report") -> Iterator[str]:
    for number, path in enumerate(report.chains[:MOST_CHAINS], start=1):
        ends = [span(short_name(report.graph.symbol(name))) for name in (path.source, path.symbols[-1])]
        yield f"## Chain {number}: {' to '.join(ends)}"
        yield span(path_title(report.graph, path))
        before, known = _beginning(report.chains[: number - 1], path)
        if known:
            yield f"Its first {known} hops are those of chain {before}."
        for count, edge in enumerate(path.edges[known:], start=known + 1):
            target = short_name(report.graph.symbol(edge.target))
            yield f"### {number}.{count} {edge.kind.value} {span(target)}"
            site = f"{edge.site.path}:{edge.site.line}"
            flags = f" ({', '.join(edge.flags)})" if edge.flags else ""
            yield f"{link(site, report.address(edge))}, {edge.resolution.word}{flags}."
            if edge.guard:
                yield f"Runs when {span(edge.guard)}."
            if edge.channel is not None:
                yield from _received(report.graph, edge, edge.channel)
            for line in doubt_lines(path, count - 1):
                yield f"{plain(line[0].upper() + line[1:])}."
            yield fence(_window(report, edge, AROUND))
    if further := report.chains[MOST_CHAINS:]:
        yield "## Further chains"
        yield "\n".join(f"- {span(path_title(report.graph, path))}" for path in further)


def _received(graph: Graph, edge: Edge, channel: Channel) -> Iterator[str]:
    """Yield where a message is received, and who else may get it."""
    yield f"Received at {span(str(channel.receive_site))}{_when(channel)}."
    others = other_receipts(graph, edge)
    said = [
        f"{span(short_name(graph.symbol(other.target)))}{_when(other.channel)}"
        for other in others[:MOST_OTHERS]
    ]
    if len(others) > MOST_OTHERS:
        said.append(f"{len(others) - MOST_OTHERS} more")
    if said:
        yield f"Or by {', or by '.join(said)}."


def _when(channel: Channel | None) -> str:
    return f" when {span(channel.receive_guard)}" if channel is not None and channel.receive_guard else ""


def _beginning(earlier: Sequence[Path], path: Path) -> tuple[int, int]:
    """Return the number of the chain before it that a path begins like, and for how many hops (0: none)."""
    shared = [
        len(list(takewhile(lambda pair: pair[0] == pair[1], zip(other, path, strict=False))))
        for other in earlier
    ]
    longest = max(shared, default=0)
    return (shared.index(longest) + 1, longest) if longest >= MOST_REPEATED else (0, 0)


def _window(report: "Report", edge: Edge, around: int) -> list[str]:
    """Return the numbered lines around a site, or its own line where the file cannot be read."""
    first, last = edge.site.line - around, edge.site.end_line + around
    shown = report.window(edge.source, edge.site.path, first, last)
    return shown or [f"{edge.site.line:5} {edge.text}"]


def _code(report: "Report") -> Iterator[str]:
    """Yield the code of the links that the trace file names."""
    for one in report.links:
        if one.symbols:
            yield f"## {plain(one.role)}"
        for symbol in one.symbols:
            yield from _definition(report, symbol)


def _definition(report: "Report", symbol: Symbol) -> Iterator[str]:
    address = report.address_of(symbol.name, symbol.path, symbol.line, symbol.end_line)
    last = min(symbol.end_line, symbol.line + MOST_LINES - 1)
    place = f"{symbol.path}:{symbol.line}" + (f"-{symbol.end_line}" if symbol.end_line > symbol.line else "")
    yield f"{span(short_name(symbol))}, {link(place, address)}:"
    shown = report.window(symbol.name, symbol.path, symbol.line, last)
    left = symbol.end_line - last
    yield fence([*shown, f"      … {left} more lines"] if left else shown)


def _wiring(report: "Report") -> Iterator[str]:
    """Yield the calls that make the objects along the chains: which arguments reach them."""
    if not report.wiring:
        return
    yield "## How the objects on the way are made"
    for name, calls in report.wiring.items():
        yield f"### {span(short_name(report.graph.symbol(name)))}"
        for made in calls[:MOST_CALLS]:
            edge = made.edge
            yield f"In {span(edge.source)}, {link(str(edge.site), report.address(edge))}:"
            yield fence(_window(report, edge, 0))
            yield from _arguments(report, made)
        if len(calls) > MOST_CALLS:
            yield f"And {len(calls) - MOST_CALLS} more."


def _arguments(report: "Report", made: "Wiring") -> Iterator[str]:
    """Yield which arguments reach the object, from where, and what several of them are made from."""
    if any(wire.origins or not _is_visible(wire, made.edge) for wire in made.wires):
        rows = [_argument(report, wire) for wire in made.wires]
        yield table(["argument", "value", "set at", "comes from"], rows)
    for name, arguments in made.shared.items():
        yield f"{span(name)} → {', '.join(map(span, arguments))}"
    if made.open:
        yield "More may be passed by `**`, under names that are not known."


def _is_visible(wire: "Wire", edge: Edge) -> bool:
    """Say whether an argument is written in the lines of the call."""
    return wire.path == edge.site.path and edge.site.line <= wire.line <= edge.site.end_line


def _argument(report: "Report", wire: "Wire") -> list[str]:
    address = report.address_of(wire.symbol, wire.path, wire.line, wire.line)
    place = link(f"{wire.path}:{wire.line}", address)
    value = f"{span(wire.text)} when {span(wire.guard)}" if wire.guard else span(wire.text)
    origins = [f"{span(one.text)} ({span(f'{one.path}:{one.line}')})" for one in wire.origins]
    return [span(wire.name), value, place, " ← ".join(origins)]


def _spawns(report: "Report") -> Iterator[str]:
    """Yield what is started in threads, processes and executors around the chains, where and when."""
    around = report.architecture
    if not around.spawns:
        return
    yield "### What is started"
    rows = [
        [
            span(edge.source),
            span(edge.target),
            link(str(edge.site), report.address(edge)),
            span(edge.guard) if edge.guard else "always",
        ]
        for edge in around.spawns
    ]
    yield table(["by", "what runs", "where", "when"], rows)
    if around.further_spawns:
        yield _further(around.further_spawns, "is started", "are started")


def _channels(report: "Report") -> Iterator[str]:
    """Yield the channels that join the parts around the chains."""
    around = report.architecture
    if not around.sends:
        return
    yield "## Channels between the parts"
    rows = []
    for edge in around.sends:
        sent = link(str(edge.site), report.address(edge))
        channel = edge.channel
        name = f"{channel.name}, {channel.transport}" if channel is not None else ""
        received = str(channel.receive_site) if channel is not None else ""
        rows.append([span(edge.source), span(name), span(edge.target), sent, span(received)])
    yield table(["from", "channel", "to", "sent at", "received at"], rows)
    if around.further_sends:
        yield _further(around.further_sends, "is sent", "are sent")


def _further(count: int, one: str, many: str) -> str:
    """Return what stands below a table of which a part was left out."""
    said = f"1 more thing {one}" if count == 1 else f"{count} more things {many}"
    return f"{said} in code that the chains do not touch; `chaintrace graph --channels` shows it all."


def _how(report: "Report") -> Iterator[str]:
    yield "## How it is known, and how to make this again"
    yield table(["word", "meaning"], [[level.word, level.meaning] for level in Resolution])
    if not report.graph.complete:
        yield "The analysis ended at a limit of work: there may be more."
    if said := report.graph.diagnostics:
        more = [f"- and {len(said) - MOST_SAID} more"] if len(said) > MOST_SAID else []
        yield "Of what was read this is to be said:"
        yield "\n".join([*(f"- {span(str(one))}" for one in said[:MOST_SAID]), *more])
    yield fence([report.command], "sh")
    known = [source for source in report.graph.sources if source.revision]
    if known:
        yield "It was made at these revisions; others may give another chain:"
        yield "\n".join(f"- {span(f'{one.name} {one.revision}')}" for one in known)
        if report.is_locked:
            yield "`chaintrace.lock` records just these; `chaintrace clone --locked` takes nothing else."
