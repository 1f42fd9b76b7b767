"""A store on disk for bytes that can be made again, addressed by content digest and extractor version."""

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.cache import cache_directory

FILE_NAME = "facts.sqlite3"
_BUSY_SECONDS = 20.0
_BATCH = 500  # keys per statement; SQLite allows 999
_TABLE = (
    "CREATE TABLE IF NOT EXISTS entries (digest TEXT, version TEXT, checksum INTEGER NOT NULL,"
    " value BLOB NOT NULL, PRIMARY KEY (digest, version)) WITHOUT ROWID"
)


class FactsStore:
    """Keep bytes under (digest, `version`) in one SQLite file; processes may share it.

    `version` names what made the values: values of another version are misses. A file that is damaged is set
    aside and made again; where the directory cannot be read or written, the store holds nothing. Neither is
    an error: `diagnostics` says so, and get and put never raise because of it.
    """

    def __init__(self, version: str, directory: Path | None = None) -> None:
        self.version = version
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
            (digest, self.version, _checksum(digest, data), data) for digest, data in sorted(values.items())
        ]
        with self._guarded():
            if self._usable and rows:
                with closing(self._connect()) as connection, connection:
                    connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", rows)

    def _select(self, connection: sqlite3.Connection, digests: list[str]) -> Iterator[tuple[str, bytes]]:
        marks = "(" + ",".join("?" * len(digests)) + ")"
        query = "SELECT digest, checksum, value FROM entries WHERE version = ? AND digest IN " + marks  # noqa: S608
        for digest, checksum, value in connection.execute(query, (self.version, *digests)):
            if isinstance(value, bytes) and checksum == _checksum(digest, value):
                yield digest, value

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
            connection.execute("SELECT digest, version, checksum, value FROM entries LIMIT 1").fetchall()
            connection.execute("INSERT OR REPLACE INTO entries VALUES ('', '', 0, x'')")

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


def _checksum(digest: str, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(digest.encode()))


def _is_damage(error: sqlite3.OperationalError) -> bool:
    """Tell a table of another shape from a file that is locked, read-only or full."""
    return "no such" in str(error) or "has no column" in str(error) or "malformed" in str(error)
