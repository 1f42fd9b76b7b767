"""Fetch what was chosen, side by side; say what is used and why, and keep the lock file."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chaintrace.errors import SourceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.checkout import is_commit
from chaintrace.sources.directory import Directory
from chaintrace.sources.git import DIRTY, Git
from chaintrace.sources.gitcommand import is_git_url
from chaintrace.sources.lock import LOCK_NAME, Locked, read_lock, write_lock
from chaintrace.sources.origin import remote_url, same_origin
from chaintrace.sources.package import PyPI
from chaintrace.sources.source import Source
from chaintrace.sources.spec import SourceSpec

WORKDIR = "workdir"  # where clones go, beside the trace file or in the current directory
_NAMED = 3  # files that an error names

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """Hold a source, why it is read, and whether the lock file has to record it even in passing."""

    source: Source
    reason: str
    recorded: bool = False


@dataclass(frozen=True)
class Place:
    """Hold where `workdir` and the lock file are, what the lock file names, and how to fetch.

    `strict` refuses a clone of another URL and records every source; `update` moves clones to what is asked
    for as it is upstream now, whatever the lock file names.
    """

    directory: Path
    locked: Mapping[str, Locked]
    diagnostics: tuple[Diagnostic, ...]
    strict: bool = False
    update: bool = False

    @property
    def workdir(self) -> Path:
        """Return where clones go."""
        return self.directory / WORKDIR

    def commit_of(self, name: str, url: str) -> str:
        """Return the commit of `url` that the lock file names for this source, "" if none."""
        lock = self.locked.get(name)
        if lock is None or self.update or not same_origin(lock.origin, url):
            return ""
        commit = lock.revision.removesuffix(DIRTY)
        return commit if is_commit(commit) else ""


Task = tuple[str, Callable[[], Fetched]]


def place_at(directory: Path, *, strict: bool = False, update: bool = False) -> Place:
    """Return the place of a run, with its lock file read."""
    locked, diagnostics = read_lock(directory / LOCK_NAME)
    return Place(directory, locked, tuple(diagnostics), strict, update)


def tasks_for(specs: Sequence[SourceSpec], place: Place) -> list[Task]:
    """Return the name of each source of a trace and what fetches it."""
    return [(spec.name, partial(_fetch_spec, spec, place)) for spec in specs]


def fetch(source: Source, why: str, place: Place) -> Fetched:
    """Fetch and list `source`; raise SourceError when it cannot be had."""
    if isinstance(source, Git):
        return _fetch_git(source, place, f"{why}; ")
    source.files()
    return _fetched(source, why)


def _fetched(source: Source, why: str, *, recorded: bool = False) -> Fetched:
    revision = "" if source.origin.endswith(source.revision) else f" at {source.revision}"
    return Fetched(source, f"{source.name}: {source.origin}{revision} ({why})", recorded)


def _fetch_spec(spec: SourceSpec, place: Place) -> Fetched:
    """Fetch what a trace names; where its repository cannot be had, read the fallback release."""
    if spec.directory:
        path = place.directory / spec.directory
        origin = remote_url(path) or spec.directory
        source = Directory(path, name=spec.name, origin=origin, part=spec.part)
        return fetch(source, "directory of the trace", place)
    if spec.pypi:
        return fetch(PyPI(spec.pypi, name=spec.name, part=spec.part), "release of the trace", place)
    url = spec.git if is_git_url(spec.git) else (place.directory / spec.git).as_posix()
    there = place.workdir / spec.name
    origin = remote_url(there)
    if origin and not (place.strict or spec.asked or same_origin(origin, url)):
        why = f"the clone found in {WORKDIR}; not of {spec.git}"
        return fetch(Directory(there, name=spec.name, part=spec.part), why, place)
    try:
        return _fetch_git(Git(url, spec.asked, name=spec.name, workdir=place.workdir, part=spec.part), place)
    except SourceError as error:
        if not spec.fallback:
            raise
        release = PyPI(spec.fallback, name=spec.name, part=spec.part)
        try:
            release.files()
        except SourceError as second:
            raise SourceError(f"{error}; nor can its fallback be had: {second}") from second
        return _fetched(release, f"the fallback release, because {error}", recorded=True)


def _fetch_git(source: Git, place: Place, before: str = "") -> Fetched:
    """Reuse the clone of `source`, or clone it at the commit that the lock file names."""
    locked = place.commit_of(source.name, source.url)
    if source.is_there:
        source.update = place.update
        source.files()
        state = "updated" if place.update else f"the clone in {WORKDIR}"
        state += f", at {source.at}" if source.at else ""
        if locked and not place.strict and source.revision.removesuffix(DIRTY) != locked:
            state += f"; {LOCK_NAME} names {locked}"
        return _fetched(source, before + state)
    if source.asked or not locked:
        source.files()
        return _fetched(source, f"{before}cloned", recorded=True)
    source.asked = locked
    try:
        source.files()
    except SourceError as error:
        raise SourceError(f"{error} (at {locked}, as {LOCK_NAME} has it; clone --update moves on)") from error
    return _fetched(source, f"{before}cloned at the commit in {LOCK_NAME}", recorded=True)


def fetch_all(tasks: list[Task], place: Place, say: Say) -> tuple[list[Source], list[str], list[Diagnostic]]:
    """Fetch the sources side by side; return them, one reason for each, and what was lost.

    What happened is told in order. The lock file records what was cloned or read in a clone's place, and
    everything where the place is strict.
    """
    with ThreadPoolExecutor(max_workers=4) as pool:
        futures = [(name, pool.submit(task)) for name, task in tasks]
    found: list[Fetched] = []
    lost = list(place.diagnostics)
    for name, future in futures:
        try:
            found.append(future.result())
        except SourceError as error:
            lost.append(Diagnostic(name, 0, "source-lost", str(error)))
            continue
        say(found[-1].reason)
    sources = [fetched.source for fetched in found]
    _check_left(sources, lost)
    if place.strict or any(fetched.recorded for fetched in found):
        write_lock(place.directory / LOCK_NAME, sources)
    for diagnostic in lost:
        say(str(diagnostic))
    return sources, [fetched.reason for fetched in found], lost


def _check_left(sources: Sequence[Source], lost: Sequence[Diagnostic]) -> None:
    """Raise SourceError when there is nothing to analyse."""
    if not sources:
        raise SourceError("; ".join(f"{one.path}: {one.message}" for one in lost) or "no sources are named")
    if any(source.files() for source in sources):
        return
    skipped = [one for source in sources for one in source.diagnostics if one.code != "empty-source"]
    if skipped:
        raise SourceError("; ".join(f"{one.path}: {one.message}" for one in skipped[:_NAMED]))
    names = ", ".join(source.root or source.name for source in sources)
    raise SourceError(f"{names}: no Python file was found; give a folder that holds Python code")
