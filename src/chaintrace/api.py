"""The whole pipeline, top to bottom: sources → facts → program → points-to → graph → answer."""

import builtins
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chaintrace.ir.diagnostics import Diagnostic

if TYPE_CHECKING:
    from chaintrace.answer import Answer
    from chaintrace.graph.graph import SourceInfo
    from chaintrace.project.modules import Module
    from chaintrace.sources.config import TraceFile
    from chaintrace.sources.source import Source, SourceFile

Progress = Callable[[str, int, int], None]
Say = Callable[[str], None]

BUILTIN_NAMES = frozenset(name for name in dir(builtins) if not name.startswith("_") or name == "__import__")


def _silent(_: str) -> None:
    """Say nothing."""


class Project:
    """Hold the sources to analyse together, and the questions that go with them.

    `trace` names entry points and targets; `cache` is whether facts are kept on disk between runs; `jobs` is
    the number of processes that read files (None: one a core).
    """

    def __init__(
        self,
        sources: "Sequence[Source]",
        trace: "TraceFile | None" = None,
        *,
        diagnostics: Sequence[Diagnostic] = (),
        cache: bool = True,
        jobs: int | None = None,
    ) -> None:
        from chaintrace.sources.config import TraceFile

        self.sources = tuple(sources)
        self.trace = trace or TraceFile(name="")
        self.diagnostics = tuple(diagnostics)
        self.cache = cache
        self.jobs = jobs

    def analyze(self, progress: Progress | None = None, *, entries: Sequence[str] | None = None) -> "Answer":
        """Read the sources, solve, and return the graph to ask questions of.

        Module bodies and all that they lead to are always analysed. Of the functions that nothing calls, all
        are started as entry points of a library, or with `entries` (dotted names) only those of these names:
        much less work where only what they lead to is asked for.
        """
        with _without_collection():
            return self._analyze(progress, entries)

    def _analyze(self, progress: Progress | None, entries: Sequence[str] | None) -> "Answer":
        from chaintrace.answer import Answer
        from chaintrace.extraction import default_jobs, facts_version, read_modules
        from chaintrace.graph.graph import SourceInfo
        from chaintrace.plugins import default_models
        from chaintrace.pointsto import graphing, roots
        from chaintrace.project.program import link
        from chaintrace.store.facts import FactsStore

        files = sorted(
            (file for source in self.sources for file in source.files()), key=lambda f: (f.path, f.source)
        )
        store = FactsStore(facts_version()) if self.cache else None
        extracted = read_modules(files, store, self.jobs or default_jobs(), progress)
        program, clashes = link(extracted.modules)
        analysis = roots.run(program, default_models(), BUILTIN_NAMES, progress, bare_names(entries))
        diagnostics = [
            *self.diagnostics,
            *extracted.diagnostics,
            *clashes,
            *(store.diagnostics if store else ()),
        ]
        for source in self.sources:
            diagnostics += source.diagnostics
        infos = [SourceInfo(s.name, s.origin, s.revision, s.root) for s in self.sources]
        graph = graphing.build(analysis, _Lines(files), sorted(infos), diagnostics)
        return Answer(graph, self.trace.entries)


def bare_names(entries: Sequence[str] | None) -> frozenset[str] | None:
    """Return the last parts of dotted names, None (everything) for a pattern or a place."""
    if not entries or any(character in entry for entry in entries for character in "*?[:"):
        return None
    return frozenset(entry.rpartition(".")[2] for entry in entries)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Let cyclic garbage collection rest: an analysis makes millions of objects that stay until its end."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Lines:
    """Give the source lines of modules, read again from their files when asked."""

    def __init__(self, files: "Sequence[SourceFile]") -> None:
        self._files = {(file.source, file.path): file for file in files}

    def __call__(self, module: "Module") -> list[str]:
        from chaintrace.ir.text import lines_of

        return lines_of(self._files[module.source, module.path].read())


def open_project(
    arguments: Sequence[str] = (), *, demo: bool = False, profile: str | None = None, say: Say = _silent
) -> Project:
    """Return the project that some sources, a trace file, the work directory or a profile describe.

    Raises `SourceError` where nothing can be read.
    """
    from chaintrace.demo import demo_directory
    from chaintrace.sources.choose import choose_sources

    cwd = demo_directory() if demo else Path.cwd()
    chosen = choose_sources(list(arguments), cwd, profile, say)
    return Project(chosen.sources, chosen.trace, diagnostics=chosen.diagnostics)


def open(place: str | Path = ".") -> Project:  # noqa: A001 - reads as `chaintrace.open(…)`
    """Return the project of a trace file, or of the directory that holds one."""
    from chaintrace.sources.choose import choose_sources

    path = Path(place)
    chosen = choose_sources([], path.parent if path.is_file() else path)
    return Project(chosen.sources, chosen.trace, diagnostics=chosen.diagnostics)


def clone(
    arguments: Sequence[str] = (), *, profile: str | None = None, update: bool = False, say: Say = _silent
) -> "list[SourceInfo]":
    """Fetch the sources of the trace file or profile into `workdir/` and record them in `chaintrace.lock`.

    With `update`, clones move to what is asked for as it is upstream now.
    """
    from chaintrace.graph.graph import SourceInfo
    from chaintrace.sources.choose import clone_sources

    chosen = clone_sources(list(arguments), Path.cwd(), profile, say, update=update)
    return [SourceInfo(s.name, s.origin, s.revision, s.root) for s in chosen.sources]
