"""Fetch a revision to be read: from the objects of a repository, or as another release."""

from pathlib import Path

from chaintrace.errors import SourceError
from chaintrace.sources.directory import Directory
from chaintrace.sources.git import Git
from chaintrace.sources.objects import Revision
from chaintrace.sources.origin import raw_remote_url, same_origin
from chaintrace.sources.package import PyPI
from chaintrace.sources.part import Part
from chaintrace.sources.place import Fetched
from chaintrace.sources.probe import exists
from chaintrace.sources.source import Source


def fetch_revision(source: Source, asked: str) -> Fetched:
    """Read a revision of a repository from its objects, or another release.

    A repository to be cloned has its clone already, to which what it does not have is fetched.
    """
    if isinstance(source, PyPI):
        release = source.of_version(asked)
        release.files()
        return Fetched(release, f"{release.name}: {release.origin} (--rev)")
    if isinstance(source, Git):
        top, part, origin = source.path, source.part, source.origin
        is_ours, report = same_origin(raw_remote_url(top), source.url), source.report
    elif isinstance(source, Directory):
        (top, part), origin, is_ours, report = _repository_of(source), source.origin, False, None
    else:
        raise SourceError(f"{source.name}: has no revisions")
    found = Revision(top, asked, name=source.name, origin=origin, part=part, fetch=is_ours, report=report)
    found.files()
    shown = "" if found.revision == asked else f"{asked}, "
    reason = f"{found.name}: {origin} at {found.revision} ({shown}read from the objects of {top})"
    return Fetched(found, reason)


def _repository_of(source: Directory) -> tuple[Path, Part]:
    """Return the top of the repository that a directory or script lies in, and which part of it that is."""
    path = Path(source.root)
    top = next((place for place in (path, *path.parents) if exists(place / ".git")), None)
    if top is None:
        raise SourceError(f"{path}: is in no repository, so it has no revisions")
    part = source.part
    if not path.is_dir():
        return top, Part(path.parent.relative_to(top).as_posix(), (f"/{path.name}",))
    below = (path / part.subfolder).relative_to(top).as_posix()
    return top, Part("" if below == "." else below, part.include, part.exclude)
