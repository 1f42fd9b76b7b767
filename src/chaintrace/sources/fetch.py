"""Fetch one source that was chosen."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from chaintrace.errors import SourceError, TakenError
from chaintrace.sources.directory import Directory
from chaintrace.sources.gather import Task
from chaintrace.sources.git import Git
from chaintrace.sources.gitcommand import is_git_url
from chaintrace.sources.lock import LOCK_NAME, Locked
from chaintrace.sources.locked import fetch_locked
from chaintrace.sources.origin import remote_url, same_origin
from chaintrace.sources.package import PyPI
from chaintrace.sources.parse import split_revision
from chaintrace.sources.place import WORKDIR, Fetched, Manner, Place, fetched
from chaintrace.sources.revisions import fetch_revision
from chaintrace.sources.source import Source
from chaintrace.sources.spec import SourceSpec
from chaintrace.sources.state import commit_of

NAMED = "named on the command line"
_OF_TRACE = "directory of the trace"


def tasks_for(specs: Sequence[SourceSpec], place: Place) -> list[Task]:
    """Return the name of each source of a trace and what fetches it."""
    return [(spec.name, partial(_fetch_spec, spec, place)) for spec in specs]


def fetch(source: Source, why: str, place: Place, fallback: PyPI | None = None) -> Fetched:
    """Fetch and list `source`, as its place says; raise SourceError when it cannot be had."""
    asked = source.asked if isinstance(source, Git) else ""
    _prepare(source, place.manner)
    if place.manner.locked:
        return fetch_locked(source, fallback, place.locked.get(source.name))
    revision = place.manner.revisions.get(source.name)
    if revision is not None and not place.manner.strict:
        made = _fetch_git(source, place, asked) if isinstance(source, Git) and not source.is_there else None
        found = fetch_revision(source, revision)
        return replace(found, asked=made.asked, kept=made.kept, recorded=True) if made else found
    if isinstance(source, Git):
        return _fetch_git(source, place, asked, f"{why}; " if why else "")
    source.files()
    is_known = why == _OF_TRACE or (why == NAMED and isinstance(source, Directory) and not source.is_renamed)
    return replace(fetched(source, why, asked), is_told=not is_known)


def _prepare(source: Source, manner: Manner) -> None:
    """Tell a source how it is fetched."""
    revision = manner.revisions.get(source.name) if manner.strict else None
    report = manner.report
    if isinstance(source, Git):
        source.update, source.strict, source.force = manner.update, manner.strict, manner.force
        source.depth = manner.depth
        source.asked = revision or source.asked
    elif revision is not None:
        raise SourceError(
            "--rev goes with repositories here; directories and releases are read as they are named"
        )
    if report is not None and isinstance(source, Git | PyPI):
        source.report = partial(report, source.name)


def _fetch_spec(spec: SourceSpec, place: Place) -> Fetched:
    """Fetch what a trace names; where its repository cannot be had, read the fallback release."""
    if spec.directory:
        path = place.directory / spec.directory
        origin = remote_url(path) or spec.directory
        source = Directory(path, name=spec.name, origin=origin, part=spec.part)
        return fetch(source, _OF_TRACE, place)
    if spec.pypi:
        return fetch(PyPI(spec.pypi, name=spec.name, part=spec.part), "release of the trace", place)
    url = spec.git if is_git_url(spec.git) else (place.directory / spec.git).as_posix()
    fallback = PyPI(spec.fallback, name=spec.name, part=spec.part) if spec.fallback else None
    there = place.workdir / spec.name
    is_free = not (place.manner.strict or spec.name in place.manner.revisions)
    origin = remote_url(there)
    if origin and is_free and not spec.asked and not same_origin(origin, url):
        why = f"the clone found in {WORKDIR}; not of {spec.git}"
        return fetch(Directory(there, name=spec.name, part=spec.part), why, place)
    if fallback is not None and is_free and not origin and _names(place.locked.get(spec.name), fallback):
        return fetched(fallback, f"the fallback release, as {LOCK_NAME} has it", spec.asked)
    try:
        git = Git(url, spec.asked, name=spec.name, workdir=place.workdir, part=spec.part)
        return fetch(git, "", place, fallback)
    except SourceError as error:
        is_refused = place.manner.strict and isinstance(error, TakenError)
        if fallback is None or is_refused or place.manner.locked or spec.name in place.manner.revisions:
            url, revision = split_revision(spec.git)
            if revision and not isinstance(error, TakenError):
                raise SourceError(f'{error}; for {revision} of {url}, add revision = "{revision}"') from error
            raise
        _prepare(fallback, place.manner)
        try:
            fallback.files()
        except SourceError as second:
            raise SourceError(f"{error}; nor can its fallback be had: {second}") from second
        return fetched(fallback, f"the fallback release, because {error}", spec.asked, recorded=True)


def _names(lock: Locked | None, release: PyPI) -> bool:
    """Tell whether the lock file names `release`, and it can be read without the network."""
    return lock is not None and lock.origin == release.origin and release.is_cached


def _fetch_git(source: Git, place: Place, asked: str, before: str = "") -> Fetched:
    """Reuse the clone of `source`, or clone it at the commit that the lock file names.

    The lock file is to know `asked`, what was asked for before any --rev.
    """
    locked = place.commit_of(source.name, source.url)
    if source.is_there:
        source.files()
        state = "updated" if place.manner.update else f"the clone in {WORKDIR}"
        state += f", at {source.at}" if source.at else ""
        if any(note.code == "unchecked-clone" for note in source.diagnostics):
            state += ", not compared with its commit"
        if source.set_aside:
            state = f"cloned; what was there is now {WORKDIR}/{source.set_aside}"
        if locked and not place.manner.strict and commit_of(source.revision) != locked:
            state += f"; {LOCK_NAME} names {locked}"
        return fetched(source, before + state, asked)
    if source.asked or not locked:
        source.files()
        return fetched(source, f"{before}cloned", asked, recorded=True)
    source.asked = locked
    try:
        source.files()
    except SourceError as error:
        raise SourceError(f"{error} (at {locked}, as {LOCK_NAME} has it; clone --update moves on)") from error
    return fetched(source, f"{before}cloned at the commit in {LOCK_NAME}", asked, recorded=True)
