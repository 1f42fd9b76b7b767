"""What every command does first: open the project, analyse it, tell on stderr how it went."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chaintrace.cli.render import progress, tell
from chaintrace.graph.edges import resolution_named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from chaintrace.answer import Answer
    from chaintrace.api import Progress, Project
    from chaintrace.graph.graph import Graph
    from chaintrace.stats import Stats

DIAGNOSTICS_SHOWN = 5
DECIDED_SHOWN = 5
_REASON = "unresolved: "


@dataclass(frozen=True)
class Request:
    """Name the project a command works on, and whether it talks.

    `chains` says that only chains are asked for, from `starts` or else from the entries of the trace file:
    then nothing that these do not lead to is analysed, and no file is read that neither they nor the
    `targets` (else those of the trace file) need. `assume` are conditions taken for granted,
    `observed` is the file of a run to lay over the graph. `stats` are told
    what the run costs. `revisions` are the words `NAME=REV` for sources to be read at another revision. Edges
    known less surely than `least` are left out; `suppose` are calls that are taken to be made.
    """

    sources: "Sequence[str]" = ()
    demo: bool = False
    profile: str | None = None
    quiet: bool = False
    starts: "Sequence[str] | None" = None
    chains: bool = False
    targets: "Sequence[str]" = ()
    assume: "Sequence[str] | None" = None
    stats: "Stats | None" = None
    revisions: "Sequence[str] | None" = None
    observed: "Path | None" = None
    least: str | None = None
    suppose: "Sequence[str] | None" = None

    @property
    def say(self) -> Callable[[str], None]:
        """Return the function that tells a line on stderr."""
        return (lambda _: None) if self.quiet else tell


@dataclass(frozen=True)
class Analysed:
    """Hold the project, its answer, the targets its trace file names, and whether only some code was started.

    `limited` is the last, and `full` the answer before edges that are not known surely enough were left out.
    """

    project: "Project"
    answer: "Answer"
    full: "Answer"
    targets: tuple[str, ...]
    limited: bool = False

    @property
    def whole(self) -> "Analysed":
        """Return the same with the edges that were left out."""
        return replace(self, answer=self.full)


def open_project(request: Request, report: "Progress | None" = None) -> "Project":
    """Open the project of a request; `report` hears of what is fetched."""
    from chaintrace import api
    from chaintrace.sources.gather import LOST
    from chaintrace.sources.parse import split_named

    project = api.open_project(
        list(request.sources),
        demo=request.demo,
        profile=request.profile,
        revisions=split_named(request.revisions or ()),
        say=request.say,
        progress=report,
    )
    for diagnostic in project.diagnostics:
        if request.quiet and diagnostic.code == LOST:  # the others have been told
            tell(str(diagnostic))
    return project


def analyse(request: Request, project: "Project | None" = None) -> Analysed:
    """Open the project of a request if need be, analyse it, and lay a recorded run over its graph."""
    if request.observed is not None:
        from chaintrace.query.recorded import read_run

        read_run(request.observed)  # what is no run is refused before any work is done
    if request.least is not None:
        resolution_named(request.least)
    with progress(quiet=request.quiet) as report:
        report("list", 0, 0)
        with request.stats.stage("list") if request.stats is not None else nullcontext():
            project = project or open_project(request, report)
        report("list", 1, 1)
        entries = (request.starts or project.trace.entries) if request.chains else None
        targets = request.targets or project.trace.targets
        answer = project.analyze(
            report,
            entries=entries,
            targets=targets,
            assume=request.assume or (),
            suppose=request.suppose or (),
            stats=request.stats,
        )
    if request.observed is not None:
        answer = answer.with_run(request.observed)
    from chaintrace.query.parsed import require_parsed

    require_parsed(answer.graph)
    _tell_outcome(request.say, answer.graph)
    for entry in answer.missing_entries if not (entries and request.starts) else ():
        request.say(f"the entry point {entry} is not in these sources; it is left aside")
    shown = answer if request.least is None else answer.at_least(request.least)
    return Analysed(project, shown, answer, tuple(project.trace.targets), limited=bool(entries))


@contextmanager
def measured(*, wanted: bool) -> "Iterator[Stats | None]":
    """Give stats where they are wanted, and tell them at the end, whatever it is."""
    from chaintrace.stats import Stats

    if not wanted:
        yield None
        return
    stats = Stats()
    try:
        yield stats
    finally:
        for line in stats.lines():
            tell(line)


def _tell_outcome(say: Callable[[str], None], graph: "Graph") -> None:
    """Tell the counts of the run, what was skipped, and whether a limit ended it."""
    from chaintrace.sources.choose import SAID

    news = [diagnostic for diagnostic in graph.diagnostics if diagnostic.code not in SAID]
    for diagnostic in news[:DIAGNOSTICS_SHOWN]:
        say(str(diagnostic))
    if len(news) > DIAGNOSTICS_SHOWN:
        say(f"and {len(news) - DIAGNOSTICS_SHOWN} more diagnostics; --json has them all")
    if graph.summary:
        say(health_line(graph.summary))
    tell_assumed(say, graph)
    if not graph.complete:
        say("a limit ended the analysis early: the graph is not complete")


def tell_assumed(say: Callable[[str], None], graph: "Graph") -> None:
    """Tell what the assumptions decided; that one matched nothing, also where only errors are wanted."""
    for assumed, line in zip(graph.assumptions, assumption_lines(graph), strict=True):
        (say if assumed.decided else tell)(line)


def health_line(summary: "Mapping[str, int]") -> str:
    """Return how much was read, and how many calls have one, several and no targets."""
    from chaintrace.graph.graph import LIMITED, UNREAD

    def total(prefix: str) -> int:
        return sum(value for key, value in summary.items() if key.startswith(prefix))

    modules, unread = summary.get("modules", 0), summary.get(UNREAD, 0)
    read = f"{modules} of {modules + unread} modules" if unread else f"{modules} module{'s' * (modules != 1)}"
    if summary.get(LIMITED):
        read += ", only what the starts lead to"
    one = summary.get("calls internal with 1 target", 0)
    several = total("calls internal") - one
    reasons = [(key, value) for key, value in summary.items() if key.startswith(_REASON) and value]
    why = ", ".join(f"{value} {key.removeprefix(_REASON)}" for key, value in reasons)
    unresolved = f"{summary.get('calls unresolved', 0)} unresolved" + (f" ({why})" if why else "")
    counts = f"{one} to one target, {several} to several, {total('calls external')} to other code"
    return f"{read}; calls: {counts}, {unresolved}"


def assumption_lines(graph: "Graph") -> list[str]:
    """Return what each assumption decided, the first conditions by name; or that it matched nothing."""
    lines = []
    for assumed in graph.assumptions:
        decided = [f"{d.path}:{d.line} {d.text}: {d.holds}" for d in assumed.decided[:DECIDED_SHOWN]]
        more = len(assumed.decided) - len(decided)
        said = "; ".join([*decided, *([f"and {more} more"] if more else [])])
        lines.append(f"assumed {assumed.text}: {said or 'matched nothing'}")
    return lines
