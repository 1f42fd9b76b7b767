"""Fetch what the lock file names, and nothing else."""

from chaintrace.errors import SourceError
from chaintrace.sources.checkout import is_commit
from chaintrace.sources.git import Git
from chaintrace.sources.lock import LOCK_NAME, Locked, check_locked
from chaintrace.sources.origin import same_origin
from chaintrace.sources.package import PyPI
from chaintrace.sources.place import WORKDIR, Fetched, fetched
from chaintrace.sources.source import Source


def fetch_locked(source: Source, fallback: PyPI | None, entry: Locked | None) -> Fetched:
    """Fetch exactly what the lock file names for `source`; raise SourceError where that cannot be had."""
    asked = source.asked if isinstance(source, Git) else ""
    anew = "run chaintrace clone without --locked"
    if entry is None:
        raise SourceError(f"{LOCK_NAME} does not name it; {anew}")
    if entry.asked != asked:
        raise SourceError(
            f"{LOCK_NAME} was made for {entry.asked or 'the head'}, not {asked or 'the head'}; {anew}"
        )
    if isinstance(source, Git) and same_origin(entry.origin, source.url):
        if not is_commit(entry.revision):
            raise SourceError(f"{LOCK_NAME} records changed files; {anew}")
        source.asked = entry.revision
    elif fallback is not None and entry.origin == fallback.origin:
        source = fallback
    elif entry.origin != source.origin:
        raise SourceError(f"{LOCK_NAME} was made for {entry.origin}; {anew}")
    source.files()
    check_locked(source, entry)
    aside = source.set_aside if isinstance(source, Git) else ""
    note = f"; what was there is now {WORKDIR}/{aside}" if aside else ""
    return fetched(source, f"as {LOCK_NAME} has it{note}", asked)
