"""A store that many machines share: one file an entry, at any place that fsspec reaches."""

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from chaintrace.errors import SourceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.store.store import Facts, Store, checksum

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = 4  # bytes of the checksum before a value
VARIABLE = "CHAINTRACE_STORE"


class SharedStore:
    """Keep bytes under (digest, `version`) below a URL: `file:///data/facts`, `s3://bucket/facts`, `memory://x`.

    A value is a file `version/ab/abcdef…` with its checksum in front, so machines that write one entry at the
    same time write the same bytes. Needs the extra `chaintrace[shared]`, and what fsspec asks for a scheme.
    Raises `SourceError` where the URL cannot be used at all; later failures are `diagnostics`.
    """

    def __init__(self, version: str, url: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            message = f"{url}: needs fsspec; install chaintrace[shared]"
            raise SourceError(message) from error
        try:
            # Only the local file system knows folders that may be missing, and the option to make them.
            options = {} if "://" in url and not url.startswith("file:") else {"auto_mkdir": True}
            self._files: Any = fsspec.get_mapper(f"{url.rstrip('/')}/{version}", create=True, **options)
        except Exception as error:  # each file system of fsspec raises its own
            raise SourceError(f"{url}: cannot be used as a store ({error})") from error
        self.url = url
        self.diagnostics: list[Diagnostic] = []

    def get_many(self, digests: Iterable[str]) -> dict[str, bytes]:
        """Return the values stored for `digests`, by digest; what is missing or damaged is left out."""
        names = {_name(digest): digest for digest in sorted(set(digests))}
        found: dict[str, bytes] = {}
        try:
            for name, data in self._files.getitems(list(names), on_error="omit").items():
                digest, value = names[name], data[_HEAD:]
                if data[:_HEAD] == _head(digest, value):
                    found[digest] = value
        except Exception as error:  # noqa: BLE001 - each file system of fsspec raises its own
            self._say(error)
        return found

    def put_many(self, values: Mapping[str, bytes]) -> None:
        """Store `values` by digest, in place of what was there."""
        try:
            self._files.setitems({_name(d): _head(d, value) + value for d, value in sorted(values.items())})
        except Exception as error:  # noqa: BLE001 - each file system of fsspec raises its own
            self._say(error)

    def _say(self, error: Exception) -> None:
        message = f"cannot be used now ({error}); the run goes on without it"
        self.diagnostics.append(Diagnostic(self.url, 0, "no-cache", message))


def open_store(version: str, url: str | None = None, directory: "Path | None" = None) -> Facts:
    """Return the store at `url`, else at the one in `CHAINTRACE_STORE`, else that in the cache directory."""
    url = url or os.environ.get(VARIABLE) or None
    return Store(version, directory) if url is None else SharedStore(version, url)


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def _head(digest: str, value: bytes) -> bytes:
    return checksum(digest, value).to_bytes(_HEAD, "big")
