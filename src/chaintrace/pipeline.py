"""From listed files to the graph: what is read, facts, program, points-to; or the graph that is stored."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.stats import Stats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor
    from pathlib import Path

    from chaintrace.graph.graph import Graph, SourceInfo
    from chaintrace.project.modules import Module
    from chaintrace.sources.source import SourceFile

Progress = Callable[[str, int, int], None]
_PASSING = ("no-cache", "damaged-cache", "changed-file", "unreadable")
"""The diagnostics of what may be otherwise in the next run, though its input is the same."""


class Asked(NamedTuple):
    """Hold all that a graph is made from.

    The files in order, what is said of their sources, the names of the functions to start (None: all), the
    assumptions, the tables of library models with their digests, the supposed calls, and the patterns of the
    ends of chains: with them, only files that these need are read.
    """

    files: "list[SourceFile]"
    infos: "list[SourceInfo]"
    said: list[Diagnostic]
    names: frozenset[str] | None
    assumed: tuple[str, ...]
    models: "Mapping[Path, str]"
    supposed: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return the digest of everything asked."""
        from chaintrace.store.graphs import graph_key

        asked = (self.names, self.assumed, self.supposed, tuple(self.models.values()), self.ends)
        return graph_key(self.files, self.infos, self.said, asked)

    def narrowed(self) -> "Asked":
        """Return the same with the files that the ends need, and no ends."""
        from chaintrace.sources.closure import needed_files

        return self._replace(files=needed_files(self.files, self.ends), ends=()) if self.ends else self


@dataclass(frozen=True)
class Means:
    """Say what the work is done with; `api.Project` explains each. `stats` are told what it costs."""

    cache: bool
    jobs: int | None
    executor: "Executor | None"
    store: str | None
    stats: Stats | None = None

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Measure what is done inside."""
        return self.stats.stage(name) if self.stats is not None else nullcontext()


def make_graph(asked: Asked, means: Means, progress: Progress | None) -> "Graph":
    """Return the graph of what is asked, from the store if that has it.

    A graph is stored under the digest of what it is made from, and the question that led to it under one of
    its own: so a file that the question does not need may change, and another target may have the same graph.
    """
    from chaintrace.graph.graph import UNREAD

    if not means.cache:
        with means.stage("choose"):
            narrowed = asked.narrowed()
        graph = solve(narrowed, means, progress)
        unread = len(asked.files) - len(narrowed.files)
    else:
        graph, unread = _stored(asked, means, progress)
    return replace(graph, summary={**graph.summary, UNREAD: unread}) if unread else graph


def _stored(asked: Asked, means: Means, progress: Progress | None) -> "tuple[Graph, int]":
    """Return the graph, and how many files were not needed for it; keep both where they are new."""
    from chaintrace.store.graphs import Note, graphs_version, load_graph, load_note, save_graph, save_note
    from chaintrace.store.store import Store

    with means.stage("load"):
        store = Store(graphs_version())
        question = asked.key
        note = load_note(store, question) if asked.ends else Note(question, 0)
        graph = load_graph(store, note.key) if note is not None else None
    if note is None or graph is None:
        with means.stage("choose"):
            narrowed = asked.narrowed()
            note = Note(narrowed.key, len(asked.files) - len(narrowed.files))
            graph = load_graph(store, note.key) if asked.ends else None
        if graph is None:
            graph = solve(narrowed, means, progress)
            with means.stage("save"):
                if {d.code for d in graph.diagnostics}.isdisjoint(_PASSING):
                    save_graph(store, note.key, graph)
        if asked.ends:
            save_note(store, question, note)
    said = tuple(sorted({*graph.diagnostics, *store.diagnostics}))
    return replace(graph, diagnostics=said), note.unread


def solve(asked: Asked, means: Means, progress: Progress | None) -> "Graph":
    """Run the stages from facts to graph, on all files that are named."""
    from chaintrace.extraction import default_jobs, facts_version, read_modules
    from chaintrace.plugins import default_models
    from chaintrace.pointsto import graphing, roots
    from chaintrace.pointsto.builtin.names import BUILTIN_NAMES
    from chaintrace.pointsto.census import census
    from chaintrace.project.assume import assume
    from chaintrace.project.program import link
    from chaintrace.project.supposed import find_supposed
    from chaintrace.store.shared import open_store

    with means.stage("read"):
        store = open_store(facts_version(), means.store) if means.cache else None
        extracted = read_modules(asked.files, store, means.jobs or default_jobs(), progress, means.executor)
    with means.stage("link"):
        program, clashes = link(extracted.modules)
        assumptions = assume(program, asked.assumed)
        models = default_models(tuple(asked.models))
    with means.stage("solve"):
        supposed = find_supposed(program, asked.supposed)
        analysis = roots.run(program, models, BUILTIN_NAMES, progress, asked.names, supposed)
    if means.stats is not None:
        means.stats.counts |= census(analysis)
    analysis.release()
    diagnostics = [*extracted.diagnostics, *clashes, *(store.diagnostics if store else ()), *asked.said]
    lines = _Lines(asked.files, diagnostics)
    with means.stage("graph"):
        is_limited = asked.names is not None
        graph = graphing.build(
            analysis, lines, asked.infos, diagnostics, limited=is_limited, progress=progress
        )
    return replace(graph, assumptions=assumptions)


@contextmanager
def without_collection() -> Iterator[None]:
    """Let cyclic garbage collection rest: an analysis makes millions of objects that stay until its end."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Lines:
    """Give the source lines of modules, read again from their files when asked.

    A file changed in the meantime has none, which becomes a diagnostic: the facts are of other lines.
    """

    def __init__(self, files: "Sequence[SourceFile]", diagnostics: list[Diagnostic]) -> None:
        self._files = {(file.source, file.path): file for file in files}
        self._diagnostics = diagnostics

    def __call__(self, module: "Module") -> list[str]:
        from chaintrace.errors import SourceError
        from chaintrace.ir.text import lines_of

        try:
            return lines_of(self._files[module.source, module.path].read())
        except SourceError as error:
            message = f"{str(error).removeprefix(f'{module.path}: ')}; its lines are not shown"
            self._diagnostics.append(Diagnostic(module.path, 0, "changed-file", message))
            return []
