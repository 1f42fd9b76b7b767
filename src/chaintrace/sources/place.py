"""Where a run keeps what it fetches, how it fetches, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.checkout import is_commit
from chaintrace.sources.lock import LOCK_NAME, Locked, read_lock
from chaintrace.sources.origin import same_origin
from chaintrace.sources.source import Source
from chaintrace.sources.state import commit_of

WORKDIR = "workdir"  # where clones go, beside the trace file or in the current directory

Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """Hold a source, why it is read, and what the lock file is to know of it.

    `asked` is the revision asked for, `kept` what is recorded (None: nothing), and `recorded` says that it is
    even in passing. `is_told` is false where the user knows all that the reason says.
    """

    source: Source
    reason: str
    asked: str = ""
    kept: Source | None = None
    recorded: bool = False
    is_told: bool = True


@dataclass(frozen=True)
class Manner:
    """Say how sources are fetched.

    `strict` refuses a clone of another URL or with changed code and records every source; `update` moves
    clones to what is asked for as it is upstream now, whatever the lock file names; `locked` takes what the
    lock file names and nothing else; `force` moves aside what is in the way; `depth` is how many commits of
    history are fetched. `revisions` are asked for by name of source: checked out where strict, else read from
    the objects of repositories. `report` hears how far each transfer is.
    """

    strict: bool = False
    update: bool = False
    locked: bool = False
    force: bool = False
    depth: int | None = None
    revisions: Mapping[str, str] = field(default_factory=dict)
    report: Progress | None = None


@dataclass(frozen=True)
class Place:
    """Hold where `workdir` and the lock file are, what the lock file names, and how to fetch."""

    directory: Path
    locked: Mapping[str, Locked]
    diagnostics: tuple[Diagnostic, ...]
    manner: Manner

    @property
    def workdir(self) -> Path:
        """Return where clones go."""
        return self.directory / WORKDIR

    def commit_of(self, name: str, url: str) -> str:
        """Return the commit of `url` that the lock file names for this source, "" if none."""
        lock = self.locked.get(name)
        if lock is None or self.manner.update or not same_origin(lock.origin, url):
            return ""
        commit = commit_of(lock.revision)
        return commit if is_commit(commit) else ""


def place_at(directory: Path, manner: Manner) -> Place:
    """Return the place of a run, with its lock file read."""
    locked, diagnostics = read_lock(directory / LOCK_NAME)
    return Place(directory, locked, tuple(diagnostics), manner)


def fetched(source: Source, why: str, asked: str = "", *, recorded: bool = False) -> Fetched:
    """Return what came of fetching `source`, with the line that says so."""
    revision = "" if source.origin.endswith(source.revision) else f" at {source.revision}"
    reason = f"{source.name}: {source.origin}{revision} ({why})"
    return Fetched(source, reason, asked, source, recorded)
