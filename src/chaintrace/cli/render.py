"""stdout and stderr: plain lines into a pipe, colours and progress on a terminal."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chaintrace.export.text import legend_text, listing_text, shown_edges
from chaintrace.export.view import clean

if TYPE_CHECKING:
    from rich.text import Text

    from chaintrace.answer import Chain, Listing, Windows
    from chaintrace.graph.edges import Edge
    from chaintrace.graph.graph import Graph

Report = Callable[[str, int, int], None]
COLOURS = {"static": "green", "points-to": "cyan", "modelled": "blue", "declared": "yellow", "assumed": "red"}


class ReaderGone(Exception):  # noqa: N818 - it is no error: whoever read stdout has seen enough
    """Report that stdout is a pipe whose reader has closed it."""


def tell(line: str) -> None:
    """Write one line of talk to stderr."""
    sys.stderr.write(f"chaintrace: {clean(line)}\n")
    sys.stderr.flush()


def put(content: bytes) -> None:
    """Write data to stdout; raise `ReaderGone` where nobody reads any more."""
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        sys.stdout.write(content.decode())
        return
    try:
        sys.stdout.flush()
        binary.write(content)
        binary.flush()
    except BrokenPipeError:
        raise ReaderGone from None


def put_chains(chains: "Sequence[Chain]") -> None:
    """Print chains, in colour on a terminal."""
    put_text("\n\n".join(str(chain) for chain in chains))
    graph = chains[0].graph if chains else None
    put_legend(shown_edges(path for chain in chains for path in chain.paths), graph)


def put_listing(listing: "Listing") -> None:
    """Print the hops of a listing with their code, in colour on a terminal."""
    put_text(listing_text(listing.edges))
    put_legend(listing.edges, listing.graph)


def put_legend(edges: "Iterable[Edge]", graph: "Graph | None" = None) -> None:
    """Print what the words mean by which edges are known, and what was taken for granted."""
    put_text(legend_text(edges, graph).removesuffix("\n"))


def put_text(text: str) -> None:
    """Print text, with the resolutions coloured on a terminal."""
    if not text:
        return
    if not sys.stdout.isatty():
        put(f"{text}\n".encode("utf-8", "backslashreplace"))
        return
    from rich.console import Console

    console = Console(soft_wrap=True, highlight=False)
    for line in text.split("\n"):
        console.print(_coloured(line))


def put_code(windows: "Windows") -> None:
    """Print windows of code, on a terminal with the code highlighted and the notes coloured."""
    if not sys.stdout.isatty():
        put_text(str(windows))
        return
    from rich.console import Console
    from rich.syntax import Syntax
    from rich.text import Text

    from chaintrace.export.view import clean_code
    from chaintrace.export.window import NOTE, mark_of, notes_of

    console = Console(soft_wrap=True, highlight=False)
    for window in windows:
        console.print(Text(window.title, style="bold"))
        code = "\n".join(clean_code(line) for line in window.lines)
        syntax = Syntax(code, "python", theme="ansi_dark", background_color="default")
        highlighted = syntax.highlight(code).split("\n")
        notes = notes_of(window)
        for number, line in enumerate(highlighted[: len(window.lines)], window.first):
            mark = mark_of(window, number)
            console.print(Text.assemble((f"{number:5} ", "dim"), (mark, "bold red"), line))
            for note in notes.get(number, ()):
                console.print(_coloured(f"       {NOTE} {note}", code=False))


def _coloured(line: str, *, code: bool = True) -> "Text":
    """Dim code and guards, colour the resolution; markup in analysed code has no effect."""
    from rich.text import Text

    if code and line.startswith("      "):
        return Text(line, style="dim")
    styled = Text(line)
    for word, colour in COLOURS.items():
        styled.highlight_words([f"[{word}]"], style=colour)
    styled.highlight_regex(r"\S+\.py:\d+", style="magenta")
    return styled


@contextmanager
def progress(*, quiet: bool) -> Iterator[Report]:
    """Give a function that reports (stage, done, total), as a bar on a terminal and not at all elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Show how many are done in a second."""

        def render(self, task: "Task") -> "Text":
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield report
