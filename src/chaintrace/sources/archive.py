"""Unpack wheels and source archives without trusting them."""

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from chaintrace.errors import SourceError
from chaintrace.sources.origin import printable

ENTRY_LIMIT = 100_000
BYTES_LIMIT = 2_000_000_000  # of all entries, as declared: what a tar archive makes us decompress
KEPT_LIMIT = 500_000_000  # of the entries we keep, as really read
_KEPT_NAMES = frozenset(
    {"pyproject.toml", "setup.cfg", "METADATA", "PKG-INFO", "entry_points.txt", "py.typed"}
)
_CHUNK = 1 << 20
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)  # all that the readers raise for an archive that is cut, changed, encrypted or made of something unknown


class Unpacked(NamedTuple):
    """Count the files written and name the entries that were links or devices and therefore left out."""

    files: int
    left_out: tuple[str, ...]


class _Entry(NamedTuple):
    name: str
    size: int
    is_file: bool
    is_directory: bool
    handle: zipfile.ZipInfo | tarfile.TarInfo


def unpack(archive: Path, into: Path) -> Unpacked:
    """Write the Python files and project metadata of `archive` below `into`, an existing empty directory.

    A source archive loses its one top directory; a wheel's `*.data/purelib` joins its root. Links and devices
    are left out. Raises SourceError, having written nothing outside `into`, when an entry is absolute or
    climbs with `..`, when a limit on size or count is passed, or when the archive is damaged.
    """
    count, kept, left_out = 0, 0, []
    try:
        with _entries(archive) as (entries, read):
            for entry in _limited(entries, archive.name):
                path = _safe(entry.name, archive.name)
                if not entry.is_file:
                    left_out += [] if entry.is_directory else [printable(entry.name)]
                    continue
                target = _placed(path, is_wheel=archive.suffix == ".whl")
                if target is not None:
                    kept += _write(read(entry), into / target, KEPT_LIMIT - kept, archive.name)
                    count += 1
    except _DAMAGE as error:
        raise SourceError(
            f"{archive.name}: the archive is damaged or cannot be unpacked ({error})"
        ) from error
    return Unpacked(count, tuple(sorted(left_out)))


class _Reader:
    def __init__(self, archive: zipfile.ZipFile | tarfile.TarFile) -> None:
        self._archive = archive

    def __call__(self, entry: _Entry) -> IO[bytes]:
        if isinstance(self._archive, zipfile.ZipFile) and isinstance(entry.handle, zipfile.ZipInfo):
            return self._archive.open(entry.handle)
        stream = self._archive.extractfile(entry.handle)  # type: ignore[union-attr,arg-type]
        if stream is None:
            raise tarfile.ReadError(f"{entry.name} has no content")
        return stream


@contextmanager
def _entries(archive: Path) -> Iterator[tuple[Iterator[_Entry], _Reader]]:
    if archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as zipped:
            yield map(_zip_entry, zipped.infolist()), _Reader(zipped)
    else:
        with tarfile.open(archive, "r:*") as tarred:
            yield map(_tar_entry, tarred), _Reader(tarred)


def _zip_entry(info: zipfile.ZipInfo) -> _Entry:
    mode = stat.S_IFMT(info.external_attr >> 16)
    is_file = not info.is_dir() and mode in {0, stat.S_IFREG}
    return _Entry(info.orig_filename, info.file_size, is_file, info.is_dir(), info)


def _tar_entry(info: tarfile.TarInfo) -> _Entry:
    return _Entry(info.name, info.size, info.isreg(), info.isdir(), info)


def _limited(entries: Iterator[_Entry], archive: str) -> Iterator[_Entry]:
    total = 0
    for count, entry in enumerate(entries, start=1):
        total += entry.size
        if count > ENTRY_LIMIT or total > BYTES_LIMIT:
            raise SourceError(f"{archive}: more than {ENTRY_LIMIT} entries or {BYTES_LIMIT} bytes; refused")
        yield entry


def _safe(name: str, archive: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or any(char in name for char in "\\\0:"):
        raise SourceError(f"{archive}: the entry {name!r} leads out of the archive; refused")
    return path


def _placed(path: PurePosixPath, *, is_wheel: bool) -> PurePosixPath | None:
    """Return where to write `path`, or None for what the analysis never reads."""
    if path.suffix != ".py" and path.name not in _KEPT_NAMES:
        return None
    parts = path.parts
    if is_wheel and parts[0].endswith(".data"):
        parts = parts[2:] if parts[1:2] in {("purelib",), ("platlib",)} else ()
    elif not is_wheel:
        parts = parts[1:]
    return PurePosixPath(*parts) if parts else None


def _write(stream: IO[bytes], target: Path, limit: int, archive: str) -> int:
    """Copy `stream` to `target`, which must be new; return the number of bytes."""
    if target.exists():
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with stream, target.open("xb") as out:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise SourceError(f"{archive}: unpacks to more than {KEPT_LIMIT} bytes; refused")
            out.write(chunk)
    return size
