"""What a source of code is: a name, where it came from, and the Python files in it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chaintrace.errors import SourceError
from chaintrace.ir.diagnostics import Diagnostic


def blob_id(data: bytes) -> str:
    """Return the digest of file content in git's blob form.

    The SHA-1 of "blob", a space, the length, a zero byte and `data`, in hex.
    """
    head = f"blob {len(data)}\0".encode()
    return hashlib.sha1(head + data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Name one Python file of a source.

    `path` is relative to the import root, with forward slashes; `module` is the dotted name the file is
    imported by (a package's `__init__.py` has the package's name); `source` is the name of the source;
    `digest` is the content's git blob id in hex. `location` is the absolute path on disk, or "" where `data`
    holds the content; then `place` is the path from the top of the source.
    """

    path: str
    module: str
    is_package: bool
    source: str
    digest: str
    location: str = ""
    data: bytes | None = None
    place: str = ""

    def read(self) -> bytes:
        """Return the bytes that `digest` names.

        Raises SourceError when the file has vanished, cannot be read, or was changed since it was listed.
        """
        if self.data is not None:
            return self.data
        try:
            data = Path(self.location).read_bytes()
        except OSError as error:
            raise SourceError(f"{self.path}: cannot be read ({error.strerror}); run again") from error
        if blob_id(data) != self.digest:
            raise SourceError(f"{self.path}: changed while it was being analysed; run again")
        return data


class Source(Protocol):
    """Give the Python files of one origin.

    `name` is the short name by which output refers to it; it may be set until the files are first asked for.
    Reading any other attribute may fetch the source, and so may raise SourceError.
    """

    name: str

    @property
    def origin(self) -> str:
        """Return where the code came from: a URL without credentials, `pypi:name==version`, or a path."""

    @property
    def revision(self) -> str:
        """Return the commit, version, or "" where there is none."""

    @property
    def root(self) -> str:
        """Return the absolute directory on disk, or "" for a source in memory."""

    @property
    def hash(self) -> str:
        """Return `algorithm:hex` over the content: a release's archive, else the listing of files."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what was skipped, where and why."""

    def files(self) -> list[SourceFile]:
        """Return the Python files, sorted by path; paths and module names are unique."""


def listing_hash(files: Iterable[SourceFile]) -> str:
    """Return `listing:<sha256 hex>` over the paths and digests of `files`, in their order."""
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.path}\0{file.digest}\n".encode("utf-8", "surrogateescape"))
    return f"listing:{total.hexdigest()}"
