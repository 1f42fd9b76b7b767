"""The whole pipeline, top to bottom: sources → facts → program → points-to → graph → answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from chaintrace.ir.diagnostics import Diagnostic

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from chaintrace.answer import Answer, Outlines, Windows
    from chaintrace.export.report import Report
    from chaintrace.graph.graph import SourceInfo
    from chaintrace.pipeline import Asked
    from chaintrace.sources.choose import Chosen
    from chaintrace.sources.config import TraceFile
    from chaintrace.sources.source import Source, SourceFile
    from chaintrace.stats import Stats

Progress = Callable[[str, int, int], None]
Say = Callable[[str], None]


def _silent(_: str) -> None:
    """Say nothing."""


class Project:
    """Hold the sources to analyse together, and the questions that go with them.

    `trace` names entry points and targets; `cache` is whether facts are kept on disk between runs; `jobs` is
    the number of processes that read files (None: one a core). `executor` reads them instead, be it on other
    machines; `store` is the URL of a store of facts that many share (fsspec; None: the one in the cache).
    """

    def __init__(  # noqa: PLR0913 - settings, each by its name
        self,
        sources: "Sequence[Source]",
        trace: "TraceFile | None" = None,
        *,
        diagnostics: Sequence[Diagnostic] = (),
        cache: bool = True,
        jobs: int | None = None,
        executor: "Executor | None" = None,
        store: str | None = None,
    ) -> None:
        from chaintrace.sources.config import TraceFile

        self.sources = tuple(sources)
        self.trace = trace or TraceFile(name="")
        self.diagnostics = tuple(diagnostics)
        self.cache = cache
        self.jobs = jobs
        self.executor = executor
        self.store = store

    def analyze(
        self,
        progress: Progress | None = None,
        *,
        entries: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
        assume: Sequence[str] = (),
        suppose: Sequence[str] = (),
        stats: "Stats | None" = None,
    ) -> "Answer":
        """Read the sources, solve, and return the graph to ask questions of.

        Module bodies and all that they lead to are always analysed. Of the functions that nothing calls, all
        are started as entry points of a library, or with `entries` (dotted names) only those of these names:
        much less work where only what they lead to is asked for. With `targets` (patterns) besides, no file
        is read but those that name an entry or a target, and what these import.

        `assume` are conditions taken for granted besides those of the trace file, such as
        `mode == "fast"`, `enabled`, `not enabled`, `x is None`: what they contradict is left out. What they
        decided is in the graph. `suppose` are calls, `CALLER -> CALLEE` or `CALLER:LINE -> CALLEE`, that are
        taken to be made besides those of the trace file. Raises `QueryError` for what is no condition, or no
        call of code that is there. `stats` are told what the run costs.
        """
        from chaintrace.answer import Answer
        from chaintrace.pipeline import Means, make_graph, without_collection

        with without_collection():
            means = Means(self.cache, self.jobs, self.executor, self.store, stats)
            with means.stage("list"):
                taken = (*self.trace.assumptions, *assume), (*self.trace.calls, *suppose)
                asked = self._asked(entries, targets, *taken)
            graph = replace(make_graph(asked, means, progress), places=self._places(asked.files))
            return Answer(graph, self.trace.entries)

    def _places(self, files: "Sequence[SourceFile]") -> dict[tuple[str, str], str]:
        """Return the paths from the tops of the sources, of files with another from their import root."""
        locate = _Locating({(file.source, file.path): file for file in files}, self._roots())
        places = {(file.source, file.path): locate(file.source, file.path) for file in files}
        return {key: place for key, place in places.items() if place != key[1]}

    def _roots(self) -> dict[str, str]:
        return {source.name: source.root for source in self.sources}

    def _asked(
        self,
        entries: Sequence[str] | None,
        targets: Sequence[str] | None,
        assumed: tuple[str, ...],
        supposed: tuple[str, ...],
    ) -> "Asked":
        """List the sources, and return all that the graph is to be made from."""
        from chaintrace.graph.graph import SourceInfo
        from chaintrace.pipeline import Asked
        from chaintrace.project.beliefs import parse_assumptions
        from chaintrace.project.supposed import parse_supposed

        parse_assumptions(assumed)
        ends_of_supposed = [name for one in parse_supposed(supposed) for name in (one.caller, one.callee)]
        models = self._models()
        files = sorted(
            (file for source in self.sources for file in source.files()), key=lambda f: (f.path, f.source)
        )
        said = [*self.diagnostics, *(one for source in self.sources for one in source.diagnostics)]
        infos = sorted(SourceInfo(s.name, s.origin, s.revision, _shown(s.root)) for s in self.sources)
        names = bare_names(entries)
        ends = (*(entries or ()), *targets, *ends_of_supposed) if targets and names is not None else ()
        return Asked(files, infos, said, names, assumed, models, supposed, tuple(sorted(set(ends))))

    def report(
        self,
        starts: "Sequence[str] | None" = None,
        targets: "Sequence[str] | None" = None,
        *,
        k: int | None = None,
        assume: "Sequence[str]" = (),
        suppose: "Sequence[str]" = (),
        command: str = "chaintrace report",
    ) -> "Report":
        """Return what a report is made from: `export.report.to_markdown` and `to_page` write it.

        `starts` and `targets` are patterns; without them they are those of the trace file. `k` is the number
        of chains to a target (None: the best, to an attribute the best to each function that accesses it),
        `command` what the report says makes it again. Raises `QueryError` without any target.
        """
        from chaintrace.answer import writeup
        from chaintrace.errors import QueryError
        from chaintrace.export.report import Report
        from chaintrace.query.waypoints import missing_waypoints
        from chaintrace.sources.lock import is_recorded

        wanted = tuple(targets or self.trace.targets)
        if not wanted:
            raise QueryError("no target is named; add --to, or targets to the trace file")
        entries = tuple(starts or self.trace.entries)
        roles = [(one.role, one.symbols) for one in self.trace.links]
        looked_for = (*wanted, *self.trace.waypoints, *(name for _, names in roles for name in names))
        answer, chains = writeup.find_chains(
            lambda **limits: self.analyze(assume=assume, suppose=suppose, **limits),
            writeup.Sought(entries, wanted, self.trace.waypoints, looked_for, k),
            (lambda **limits: self.analyze(suppose=suppose, **limits)) if assume else None,
        )
        graph = answer.graph
        files, links = self._files(), writeup.links_of(graph, roles)
        read = _Reading(files)
        wiring = writeup.wiring_of(graph, chains, links, writeup.quoting(read.data))
        return Report(
            name=self.trace.name or ", ".join(source.name for source in self.sources),
            graph=graph,
            chains=chains,
            starts=entries,
            aliases=writeup.aliases_of(answer, (*entries, *wanted, *self.trace.waypoints)),
            targets=wanted,
            assumed=(*self.trace.assumptions, *assume),
            waypoints=self.trace.waypoints,
            missing=missing_waypoints(graph, chains, self.trace.waypoints),
            links=links,
            wiring=wiring,
            architecture=writeup.architecture_of(graph, chains, links, wiring),
            read=read,
            locate=_Locating(files, self._roots()),
            command=command,
            stopped=() if chains else writeup.where_stopped(answer, entries, wanted),
            is_locked=is_recorded(Path(self.trace.place or Path.cwd()), self.sources),
        )

    def show(self, pattern: str, around: int | None = None, answer: "Answer | None" = None) -> "Windows":
        """Return the code that a pattern means, with what the calls in it resolve to.

        A pattern is as in all questions, or `file.py:120-160`. `around` are lines to add before and after.
        Without the `answer` of an earlier analysis, everything is analysed. Raises `QueryError` for a pattern
        that means nothing.
        """
        from chaintrace.answer import Windows
        from chaintrace.export.window import Window
        from chaintrace.query.windows import calls_in, find_stretches, unresolved_in, with_decorators

        graph = (answer or self.analyze()).graph
        infos, read = {info.name: info for info in graph.sources}, self._reading()
        found = []
        for one in find_stretches(graph, pattern, around):
            whole = read(one.source, one.path)
            first = with_decorators(whole, one.first) if one.symbol and around is None else one.first
            lines = tuple(whole[first - 1 : one.last])
            calls, lost = calls_in(graph, one), unresolved_in(graph, one)
            info = infos[one.source]
            found.append(Window(graph, info, one.path, one.symbol, first, lines, calls, lost, one.asked))
        return Windows(tuple(found))

    def outline(self, file: str, answer: "Answer | None" = None) -> "Outlines":
        """Return what the files whose path ends so are made of, and where execution may start in them.

        Without the `answer` of an earlier analysis, everything is analysed. Raises `QueryError` where there
        is no such file.
        """
        from chaintrace.answer import Outlines
        from chaintrace.export.outline import Entry, Outline
        from chaintrace.frontend.outline import outline
        from chaintrace.query.windows import entries_of, find_files

        graph = (answer or self.analyze()).graph
        infos, files = {info.name: info for info in graph.sources}, self._files()
        found = []
        for source, path in find_files(graph, file):
            items = outline(files[source, path].read())
            entries = [
                Entry(symbol.name, symbol.line, edges) for symbol, edges in entries_of(graph, source, path)
            ]
            found.append(Outline(infos[source], path, tuple(items), tuple(entries)))
        return Outlines(tuple(found))

    def mentions(self, pattern: str) -> bool:
        """Say whether any file may hold what a pattern means, by the words in it."""
        from chaintrace.sources.closure import is_mentioned

        return is_mentioned([file for source in self.sources for file in source.files()], pattern)

    def _files(self) -> "dict[tuple[str, str], SourceFile]":
        return {(file.source, file.path): file for source in self.sources for file in source.files()}

    def _reading(self) -> "_Reading":
        return _Reading(self._files())

    def index(self, progress: Progress | None = None) -> "Indexed":
        """Read every file of the sources into the store of facts, and solve nothing.

        What the store has is left as it is. A fleet indexes with one `store`; any machine that asks later
        finds the facts there.
        """
        from chaintrace.extraction import default_jobs, facts_version, make_facts
        from chaintrace.pipeline import without_collection
        from chaintrace.store.shared import open_store

        files = [file for source in self.sources for file in source.files()]
        store = open_store(facts_version(), self.store)
        with without_collection():
            jobs = self.jobs or default_jobs()
            facts = make_facts(files, store, jobs, progress, self.executor)
        return Indexed(len(files), facts.made, (*self.diagnostics, *facts.diagnostics, *store.diagnostics))

    def _models(self) -> dict[Path, str]:
        """Return the tables of library models that the trace names, each with the digest of its content."""
        from chaintrace.errors import SourceError
        from chaintrace.sources.source import blob_id

        digests: dict[Path, str] = {}
        for number, path in enumerate(self.trace.model_files):
            try:
                digests[path] = blob_id(path.read_bytes())
            except OSError as error:
                where = self.trace.locate("models", number)
                raise SourceError(f"{where}: models: {path}: cannot be read ({error.strerror})") from error
        return digests


class Indexed(NamedTuple):
    """Count the files of an index and those whose facts had to be made, with what could not be read."""

    files: int
    made: int
    diagnostics: tuple[Diagnostic, ...]


def _shown(root: str) -> str:
    """Return a directory relative to the current one if it is below that: two checkouts give one answer."""
    here = Path.cwd()
    path = Path(root)
    return path.relative_to(here).as_posix() if root and path.is_relative_to(here) else root


def bare_names(entries: Sequence[str] | None) -> frozenset[str] | None:
    """Return the last parts of dotted names, None (everything) for a pattern or a place."""
    if not entries or any(character in entry for entry in entries for character in "*?[:"):
        return None
    return frozenset(entry.rpartition(".")[2] for entry in entries)


@dataclass(frozen=True)
class _Reading:
    """Give the lines of a file of a source, none where it cannot be read."""

    files: "Mapping[tuple[str, str], SourceFile]"

    def __call__(self, source: str, path: str) -> list[str]:
        from chaintrace.ir.text import lines_of

        data = self.data(source, path)
        return [] if data is None else lines_of(data)

    def data(self, source: str, path: str) -> bytes | None:
        """Return the bytes of a file, None where it cannot be read."""
        from chaintrace.errors import SourceError

        try:
            return self.files[source, path].read()
        except (KeyError, SourceError):
            return None


@dataclass(frozen=True)
class _Locating:
    """Give the path of a file from the top of its source, below the import root where it has none."""

    files: "Mapping[tuple[str, str], SourceFile]"
    roots: "Mapping[str, str]"

    def __call__(self, source: str, path: str) -> str:
        file, root = self.files.get((source, path)), self.roots.get(source, "")
        if file is not None and file.place:
            return file.place
        if file is None or not file.location or not root or not Path(file.location).is_relative_to(root):
            return path
        below = Path(file.location).relative_to(root).as_posix()
        return path if below == "." else below  # the source is this file


def open_project(
    arguments: Sequence[str] = (),
    *,
    demo: bool = False,
    profile: str | None = None,
    revisions: Mapping[str, str] | None = None,
    say: Say = _silent,
    progress: Progress | None = None,
) -> Project:
    """Return the project that some sources, a trace file, the work directory or a profile describe.

    `revisions` are commits, branches or tags by the name of a source, read from the objects of its repository
    while its files stay as they are. `progress` hears of what is fetched.

    Raises `SourceError` where nothing can be read, and for the demo pair together with other sources.
    """
    from chaintrace.demo import demo_directory
    from chaintrace.errors import SourceError
    from chaintrace.sources.choose import choose_sources
    from chaintrace.sources.place import Manner

    if demo and (arguments or profile):
        raise SourceError("the demo pair is read alone; leave out --demo, or the sources and --profile")
    cwd = demo_directory() if demo else Path.cwd()
    manner = Manner(revisions=revisions or {}, report=progress)
    chosen = choose_sources(list(arguments), cwd, profile, say, manner)
    return _project(chosen)


def open(place: str | Path = ".") -> Project:  # noqa: A001 - reads as `chaintrace.open(…)`
    """Return the project of a trace file, or of the directory that holds one.

    Raises `SourceError` where there is none: no other directory is looked into, and no profile is used.
    """
    from chaintrace.errors import SourceError
    from chaintrace.sources.choose import open_trace
    from chaintrace.sources.config import TRACE_NAME, trace_file_in

    path = Path(place).expanduser().absolute()
    file = trace_file_in(path) if path.is_dir() else path
    if file is None:
        raise SourceError(f"{place}: holds no trace file; give a directory with a {TRACE_NAME}, or the file")
    if file.suffix != ".toml":
        raise SourceError(f"{place}: not a trace file; give a TOML file such as {TRACE_NAME}")
    return _project(open_trace(file))


def _project(chosen: "Chosen") -> Project:
    """Return the project of what was chosen; a trace whose assumptions or calls are none is refused."""
    from chaintrace.errors import QueryError, SourceError
    from chaintrace.project.beliefs import parse_assumptions
    from chaintrace.project.supposed import parse_supposed

    trace = chosen.trace
    for key, texts in (("assumptions", trace.assumptions), ("calls", trace.calls)):
        for number, text in enumerate(texts):
            try:
                (parse_assumptions if key == "assumptions" else parse_supposed)([text])
            except QueryError as error:
                raise SourceError(f"{trace.locate(key, number)}: {error}") from error
    return Project(chosen.sources, chosen.trace, diagnostics=chosen.diagnostics)


def init(directory: str | Path = ".", *, profile: str | None = None) -> Path:
    """Write a trace file into `directory`, from a profile or from what lies there, and return its path.

    Raises `SourceError` where there is one already.
    """
    from chaintrace.sources.draft import init as write

    return write(Path(directory).expanduser().absolute(), profile)


def read_trace(file: Path) -> "TraceFile":
    """Return what a trace file says; raise `SourceError` for a mistake in it."""
    from chaintrace.sources.config import read_trace_file

    return read_trace_file(file)


def clone(  # noqa: PLR0913 - settings, each by its name
    arguments: Sequence[str] = (),
    *,
    profile: str | None = None,
    revisions: Mapping[str, str] | None = None,
    depth: int | None = None,
    update: bool = False,
    locked: bool = False,
    force: bool = False,
    say: Say = _silent,
    progress: Progress | None = None,
) -> "list[SourceInfo]":
    """Fetch the sources of the trace file or profile into `workdir/` and record them in `chaintrace.lock`.

    With `revisions`, by name of source, these are checked out; `depth` is how many commits of history are
    fetched (0: all). With `update`, clones move to what is asked for as it is upstream now. With `locked`,
    what `chaintrace.lock` records is fetched and anything else refused. With `force`, what is in the place of
    a clone, or was changed in it, is set aside.

    Raises `SourceError` where a source cannot be had; the others are fetched and recorded all the same.
    """
    from chaintrace.errors import SourceError
    from chaintrace.graph.graph import SourceInfo
    from chaintrace.sources.choose import clone_sources
    from chaintrace.sources.gather import LOST
    from chaintrace.sources.place import Manner

    if locked and (update or revisions):
        raise SourceError("--locked takes what the lock file records; leave out --update and --rev")
    manner = Manner(
        strict=True,
        update=update,
        locked=locked,
        force=force,
        depth=depth,
        revisions=revisions or {},
        report=progress,
    )
    chosen = clone_sources(list(arguments), Path.cwd(), profile, say, manner)
    lost = [f"{one.path}: {one.message}" for one in chosen.diagnostics if one.code == LOST]
    if lost:
        raise SourceError(f"not fetched: {'; '.join(lost)}")
    return [SourceInfo(s.name, s.origin, s.revision, s.root) for s in chosen.sources]
