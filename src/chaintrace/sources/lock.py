"""`chaintrace.lock`: which revision of each source was fetched, and when."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from chaintrace.errors import SourceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.aside import write_aside
from chaintrace.sources.git import Git
from chaintrace.sources.source import Source
from chaintrace.sources.state import commit_of

LOCK_NAME = "chaintrace.lock"
_SCHEMA = "chaintrace-lock/1"


class Locked(msgspec.Struct, frozen=True):
    """Record one source.

    Where from, which revision (for a repository with what was asked for and the name of its tree), its hash,
    when (UTC, ISO 8601) and how many Python files.
    """

    origin: str
    revision: str
    hash: str
    fetched: str
    files: int
    asked: str = ""
    tree: str = ""


class _Lock(msgspec.Struct, frozen=True):
    schema: str
    sources: dict[str, Locked]


def read_lock(path: Path) -> tuple[dict[str, Locked], list[Diagnostic]]:
    """Return what `path` records by source name, and a diagnostic if it is damaged.

    A missing file records nothing.
    """
    try:
        lock = msgspec.json.decode(path.read_bytes(), type=_Lock)
    except FileNotFoundError:
        return {}, []
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return {}, [
            Diagnostic(
                path.name, 0, "damaged-lock", f"cannot be read ({reason}); `chaintrace clone` writes it anew"
            )
        ]
    if lock.schema != _SCHEMA:
        message = f"its schema is {lock.schema!r}, not {_SCHEMA!r}; `chaintrace clone` writes it anew"
        return {}, [Diagnostic(path.name, 0, "damaged-lock", message)]
    return lock.sources, []


def write_lock(path: Path, sources: Mapping[Source, str], now: datetime | None = None) -> list[Diagnostic]:
    """Record `sources`, each with the revision asked for; other entries and the dates of the same stay.

    Returns the diagnostics of reading the old file. Raises SourceError when the file cannot be written.
    """
    entries, diagnostics = read_lock(path)
    date = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for source, asked in sources.items():
        fresh = _entry(source, date, asked)
        old = entries.get(source.name)
        if old is None or msgspec.structs.replace(old, fetched=date) != fresh:
            entries[source.name] = fresh
    value = {"schema": _SCHEMA, "sources": msgspec.to_builtins(entries)}
    write_aside(path, json.dumps(value, indent=2, sort_keys=True) + "\n")
    return diagnostics


def is_recorded(place: Path, sources: Iterable[Source]) -> bool:
    """Say whether the lock file in `place` has all of `sources` as they are."""
    entries, _ = read_lock(place / LOCK_NAME)
    return all(
        (entry := entries.get(source.name)) is not None
        and commit_of(source.revision) == source.revision
        and entry == _entry(source, entry.fetched, entry.asked)
        for source in sources
    )


def check_locked(source: Source, entry: Locked) -> None:
    """Raise SourceError where `source` is not what `entry` records."""
    found = _entry(source, entry.fetched, entry.asked)
    for key in ("origin", "revision", "tree", "files", "hash"):
        there, recorded = getattr(found, key), getattr(entry, key)
        if there != recorded:
            message = f"its {key} is {there}, and {LOCK_NAME} has {recorded or 'none'}"
            raise SourceError(f"{message}; run chaintrace clone without --locked")


def _entry(source: Source, date: str, asked: str) -> Locked:
    tree = source.tree if isinstance(source, Git) else ""
    return Locked(source.origin, source.revision, source.hash, date, len(source.files()), asked, tree)
