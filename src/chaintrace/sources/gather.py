"""Fetch all sources side by side, and keep the lock file."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from chaintrace.errors import SourceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.lock import LOCK_NAME, write_lock
from chaintrace.sources.place import Fetched, Place, Say
from chaintrace.sources.source import Source

Task = tuple[str, Callable[[], Fetched]]
LOST = "source-lost"  # the code of the diagnostic of a source that cannot be had
_NAMED = 3  # files that an error names


def fetch_all(tasks: list[Task], place: Place, say: Say) -> tuple[list[Source], list[str], list[Diagnostic]]:
    """Fetch the sources side by side; return them, one reason for each, and what was lost.

    What happened is told in order. The lock file records what was cloned or read in a clone's place, and
    everything where the place is strict. Raises SourceError where a revision asked for cannot be read.
    """
    with ThreadPoolExecutor(max_workers=4) as pool:
        futures = [(name, pool.submit(task)) for name, task in tasks]
    found: list[Fetched] = []
    lost = list(place.diagnostics)
    for name, future in futures:
        try:
            found.append(future.result())
        except SourceError as error:
            if name in place.manner.revisions and not place.manner.strict:
                raise SourceError(f"--rev {name}: {error}") from error  # another answer was asked for
            lost.append(Diagnostic(name, 0, LOST, str(error)))
            continue
        if found[-1].is_told:
            say(found[-1].reason)
    sources = [fetched.source for fetched in found]
    _check_left(sources, lost)
    manner = place.manner
    if not manner.locked and (manner.strict or any(fetched.recorded for fetched in found)):
        kept = {fetched.kept: fetched.asked for fetched in found if fetched.kept is not None}
        write_lock(place.directory / LOCK_NAME, kept)
    for diagnostic in lost:
        if not (manner.strict and diagnostic.code == LOST):  # then it is an error of its own
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
