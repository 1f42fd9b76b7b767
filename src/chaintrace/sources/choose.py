"""Decide which sources a run reads.

The command line, a trace file, the work directory, or a built-in profile.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chaintrace.errors import SourceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.config import SourceSpec, TraceFile, find_trace_file, read_profile, read_trace_file
from chaintrace.sources.directory import Directory
from chaintrace.sources.git import Git
from chaintrace.sources.lock import LOCK_NAME, write_lock
from chaintrace.sources.origin import remote_url, same_origin
from chaintrace.sources.package import PyPI
from chaintrace.sources.parse import parse_source
from chaintrace.sources.source import Source

Say = Callable[[str], None]


def _silent(_: str) -> None:
    """Say nothing."""


SAID = frozenset({"source-lost", "damaged-lock"})  # codes of the diagnostics that `say` got while choosing
WORKDIR = "workdir"  # where clones go, beside the trace file or in the current directory


@dataclass(frozen=True, slots=True)
class Chosen:
    """Hold the choice.

    The trace, its sources (fetched, names unique), one reason for each, and what was lost.
    """

    trace: TraceFile
    sources: tuple[Source, ...]
    reasons: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fetched:
    source: Source
    reason: str
    cloned: bool


Task = tuple[str, Callable[[], _Fetched]]


def choose_sources(
    arguments: Sequence[str], cwd: Path, profile: str | None = None, say: Say = _silent
) -> Chosen:
    """Return the sources to read, fetched where need be, and the trace that goes with them.

    `arguments` win; else the trace file found from `cwd` upward (unless `profile` is given); else the
    profile, reading clones in `cwd`/workdir where they are. `say` gets one line per source: what is used, and
    why. With `arguments` and `profile`, the profile's entry points and targets are kept.

    Raises SourceError for a mistake in `arguments` or a trace file, and when not one source can be had.
    """
    trace, place = _trace(arguments, cwd, profile)
    return _fetch_all(trace, _tasks(trace, arguments, place, strict=False), place, say, locked=False)


def clone_sources(
    arguments: Sequence[str], cwd: Path, profile: str | None = None, say: Say = _silent
) -> Chosen:
    """Fetch the sources as `choose_sources` finds them and record all of them in `chaintrace.lock`."""
    trace, place = _trace(arguments, cwd, profile)
    return _fetch_all(trace, _tasks(trace, arguments, place, strict=True), place, say, locked=True)


def _trace(arguments: Sequence[str], cwd: Path, profile: str | None) -> tuple[TraceFile, Path]:
    """Return the trace and the directory that `workdir` and the lock file go to."""
    if arguments:
        return (read_profile(profile) if profile else TraceFile("arguments")), cwd
    file = None if profile else find_trace_file(cwd)
    if file is not None:
        trace = read_trace_file(file)
        if trace.sources:
            return trace, file.parent
        raise SourceError(f"{file}: names no sources; add [[sources]], or give them on the command line")
    return read_profile(profile), cwd


def _tasks(trace: TraceFile, arguments: Sequence[str], place: Path, *, strict: bool) -> list[Task]:
    """Return the name of each source and what fetches it; `strict` refuses a clone of another URL."""
    if not arguments:
        return [(spec.name, partial(_fetch_spec, spec, place, strict)) for spec in trace.sources]
    sources = [parse_source(text, place / WORKDIR) for text in arguments]
    for source, name in zip(sources, _unique([source.name for source in sources]), strict=True):
        source.name = name
    return [(source.name, partial(_fetch, source, "named on the command line")) for source in sources]


def _unique(names: Sequence[str]) -> list[str]:
    """Return `names` with `-2`, `-3` … put behind those that were taken before."""
    unique: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in unique:
            number += 1
            candidate = f"{name}-{number}"
        unique.append(candidate)
    return unique


def _fetch(source: Source, why: str) -> _Fetched:
    """Fetch and list `source`; raise SourceError when it cannot be had."""
    is_new = isinstance(source, Git) and not source.path.exists()
    source.files()
    revision = "" if source.origin.endswith(source.revision) else f" at {source.revision}"
    return _Fetched(source, f"{source.name}: {source.origin}{revision} ({why})", is_new)


def _fetch_spec(spec: SourceSpec, place: Path, strict: bool) -> _Fetched:
    """Fetch what a trace names; where its repository cannot be had, read the fallback release."""
    if spec.directory:
        path = place / spec.directory
        origin = remote_url(path) or spec.directory
        return _fetch(Directory(path, name=spec.name, origin=origin), "directory of the trace")
    if spec.pypi:
        return _fetch(PyPI(spec.pypi, name=spec.name), "release of the trace")
    try:
        return _fetch_git(spec, place, strict)
    except SourceError as error:
        if not spec.fallback:
            raise
        try:
            return _fetch(PyPI(spec.fallback, name=spec.name), f"the fallback release, because {error}")
        except SourceError as second:
            raise SourceError(f"{error}; nor can its fallback be had: {second}") from second


def _fetch_git(spec: SourceSpec, place: Path, strict: bool) -> _Fetched:
    workdir = place / WORKDIR
    there = workdir / spec.name
    if not (there / ".git").exists():
        return _fetch(Git(spec.git, spec.revision, name=spec.name, workdir=workdir), "cloned")
    origin = remote_url(there)
    if not (strict or spec.revision or same_origin(origin, spec.git)):
        return _fetch(Directory(there, name=spec.name), f"the clone found in {WORKDIR}; not of {spec.git}")
    return _fetch(Git(spec.git, spec.revision, name=spec.name, workdir=workdir), f"the clone in {WORKDIR}")


def _fetch_all(trace: TraceFile, tasks: list[Task], place: Path, say: Say, *, locked: bool) -> Chosen:
    """Fetch the sources side by side.

    What happened is told in order; the lock file records what was cloned, or everything if `locked`.
    """
    with ThreadPoolExecutor(max_workers=4) as pool:
        futures = [(name, pool.submit(task)) for name, task in tasks]
    sources: list[Source] = []
    reasons: list[str] = []
    lost: list[Diagnostic] = []
    cloned = False
    for name, future in futures:
        try:
            fetched = future.result()
        except SourceError as error:
            lost.append(Diagnostic(name, 0, "source-lost", str(error)))
            continue
        sources.append(fetched.source)
        reasons.append(fetched.reason)
        cloned = cloned or fetched.cloned
        say(fetched.reason)
    _check_left(sources, lost)
    if locked or cloned:
        lost += write_lock(place / LOCK_NAME, sources)
    for diagnostic in lost:
        say(str(diagnostic))
    return Chosen(trace, tuple(sources), tuple(reasons), tuple(lost))


def _check_left(sources: Sequence[Source], lost: Sequence[Diagnostic]) -> None:
    """Raise SourceError when there is nothing to analyse."""
    if not sources:
        raise SourceError("; ".join(f"{one.path}: {one.message}" for one in lost) or "no sources are named")
    if not any(source.files() for source in sources):
        names = ", ".join(source.root or source.name for source in sources)
        raise SourceError(f"{names}: no Python file was found; give a folder that holds Python code")
