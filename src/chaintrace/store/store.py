"""A store on disk for bytes that can be made again, addressed by digest and the version of their maker."""

import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.cache import cache_directory

FILE_NAME = "store.sqlite3"
LIMIT_BYTES = 2 * 1024**3
_FRESH = 3600  # seconds; how late the time of last use may be, so that most reads write nothing
_KEPT = 0.8  # of the limit, once it was passed
_BUSY_SECONDS = 20.0
_BATCH = 500  # keys per statement; SQLite allows 999
_TABLE = (
    "CREATE TABLE IF NOT EXISTS entries (digest TEXT, version TEXT, used INTEGER NOT NULL,"
    " checksum INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (digest, version))"
)


class Facts(Protocol):
    """Keep bytes by digest; where that fails, `diagnostics` says so, and nothing is raised."""

    diagnostics: list[Diagnostic]

    def get_many(self, digests: Iterable[str]) -> dict[str, bytes]:
        """Return the values stored for `digests`, by digest; what is missing or damaged is left out."""

    def put_many(self, values: Mapping[str, bytes]) -> None:
        """Store `values` by digest."""


class Holding(NamedTuple):
    """Count the entries of one version, and the bytes of their values."""

    version: str
    entries: int
    size: int


class Store:
    """Keep bytes under (digest, `version`) in one SQLite file; processes may share it.

    `version` names what made the values: values of another version are misses. A file that is damaged is set
    aside and made again; where the directory cannot be read or written, the store holds nothing. Neither is
    an error: `diagnostics` says so, and get and put never raise because of it. Past `limit` bytes, those used
    longest ago are dropped.
    """

    def __init__(self, version: str, directory: Path | None = None, limit: int | None = None) -> None:
        self.version = version
        self.limit = limit if limit is not None else _limit()
        self.path = (directory or cache_directory()) / FILE_NAME
        self.diagnostics: list[Diagnostic] = []
        self._usable = self._open()

    def get_many(self, digests: Iterable[str]) -> dict[str, bytes]:
        """Return the values stored for `digests`, by digest; what is missing or damaged is left out."""
        wanted = sorted(set(digests))
        found: dict[str, bytes] = {}
        with self._guarded():
            if self._usable:
                with closing(self._connect()) as connection:
                    for start in range(0, len(wanted), _BATCH):
                        found.update(self._select(connection, wanted[start : start + _BATCH]))
        return found

    def put_many(self, values: Mapping[str, bytes]) -> None:
        """Store `values` by digest, all or none, in place of what was there."""
        rows = [
            (digest, self.version, int(time.time()), checksum(digest, data), data)
            for digest, data in sorted(values.items())
        ]
        with self._guarded():
            if self._usable and rows:
                with closing(self._connect()) as connection:
                    with connection:
                        connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", rows)
                    self._evict(connection)

    def holdings(self) -> list[Holding]:
        """Return what is stored, by version."""
        query = "SELECT version, COUNT(*), SUM(LENGTH(value)) FROM entries GROUP BY version ORDER BY version"
        held: list[Holding] = []
        with self._guarded():
            if self._usable:
                with closing(self._connect()) as connection:
                    held = [Holding(*row) for row in connection.execute(query) if row[0]]
        return held

    def verify(self) -> int:
        """Drop the entries whose checksum does not fit their value, and return how many they were."""
        damaged: list[tuple[str, str]] = []
        with self._guarded():
            if self._usable:
                with closing(self._connect()) as connection, connection:
                    for digest, version, kept, value in connection.execute(
                        "SELECT digest, version, checksum, value FROM entries"
                    ):
                        if version and (not isinstance(value, bytes) or kept != checksum(digest, value)):
                            damaged.append((digest, version))
                    connection.executemany("DELETE FROM entries WHERE digest = ? AND version = ?", damaged)
        return len(damaged)

    def clear(self) -> None:
        """Drop every entry and give the space back."""
        with self._guarded():
            if self._usable:
                with closing(self._connect()) as connection:
                    with connection:
                        connection.execute("DELETE FROM entries")
                    connection.execute("VACUUM")

    def _evict(self, connection: sqlite3.Connection) -> None:
        """Drop what was used longest ago until the file holds `_KEPT` of the limit, where it holds more."""
        over = _held(connection) - self.limit
        if over <= 0:
            return
        over += int(self.limit * (1 - _KEPT))
        oldest = "SELECT digest, version, LENGTH(value) FROM entries ORDER BY used, version, digest"
        dropped: list[tuple[str, str]] = []
        for digest, version, size in connection.execute(oldest):
            if over <= 0:
                break
            dropped.append((digest, version))
            over -= size
        with connection:
            connection.executemany("DELETE FROM entries WHERE digest = ? AND version = ?", dropped)

    def _select(self, connection: sqlite3.Connection, digests: list[str]) -> Iterator[tuple[str, bytes]]:
        where = "WHERE version = ? AND digest IN (" + ",".join("?" * len(digests)) + ")"
        query = "SELECT digest, used, checksum, value FROM entries " + where  # noqa: S608
        now = int(time.time())
        stale = False
        for digest, used, kept, value in connection.execute(query, (self.version, *digests)):
            if isinstance(value, bytes) and kept == checksum(digest, value):
                stale = stale or used < now - _FRESH
                yield digest, value
        if stale:
            with connection:
                update = "UPDATE entries SET used = ? " + where  # noqa: S608
                connection.execute(update, (now, self.version, *digests))

    def _open(self) -> bool:
        """Make the file and table where needed; tell whether the store can be used."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._prepare()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
                    raise
                self._set_aside(error)
                self._prepare()
        except (OSError, sqlite3.Error) as error:
            self._say("no-cache", f"cannot be used ({error}); the run goes on without it")
            return False
        return True

    def _prepare(self) -> None:
        with closing(self._connect()) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(_TABLE)
            connection.execute("SELECT used, checksum, value FROM entries LIMIT 1").fetchall()
            connection.execute("INSERT OR REPLACE INTO entries VALUES ('', '', 0, 0, x'')")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn a failure of the database into a diagnostic; a damaged file is set aside and made again."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if not isinstance(error, sqlite3.OperationalError) or _is_damage(error):
                self._set_aside(error)
                self._usable = self._open()
            else:
                self._say("no-cache", f"cannot be used now ({error}); the run goes on without it")

    def _set_aside(self, error: Exception) -> None:
        for suffix in ("", "-wal", "-shm"):
            file = self.path.with_name(self.path.name + suffix)
            try:
                file.replace(file.with_name(f"{self.path.name}.damaged{suffix}"))
            except OSError:  # never there, or another process was quicker
                continue
        self._say("damaged-cache", f"damaged ({error}); set aside as {self.path.name}.damaged and made again")

    def _say(self, code: str, message: str) -> None:
        self.diagnostics.append(Diagnostic(self.path.name, 0, code, message))


def _limit() -> int:
    """Return the size in bytes that `CHAINTRACE_CACHE_LIMIT` names in MiB, else the usual one."""
    named = os.environ.get("CHAINTRACE_CACHE_LIMIT", "")
    return int(named) * 1024**2 if named.isdecimal() else LIMIT_BYTES


def _held(connection: sqlite3.Connection) -> int:
    """Return the bytes in use in the file."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def checksum(digest: str, value: bytes) -> int:
    """Return a number that changes when a value or its digest does: 32 bits."""
    return zlib.crc32(value, zlib.crc32(digest.encode()))


def _is_damage(error: sqlite3.OperationalError) -> bool:
    """Tell a table of another shape from a file that is locked, read-only or full."""
    return "no such" in str(error) or "has no column" in str(error) or "malformed" in str(error)
