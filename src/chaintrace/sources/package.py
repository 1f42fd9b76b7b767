"""A release from a package index, unpacked once into the cache.

Nothing of it is ever built, run or installed.
"""

import json
import re
import shutil
import tempfile
from functools import cached_property
from pathlib import Path

from chaintrace.errors import SourceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.archive import unpack
from chaintrace.sources.cache import cache_directory
from chaintrace.sources.directory import Directory
from chaintrace.sources.index import Downloaded, Report, download
from chaintrace.sources.part import WHOLE, Part
from chaintrace.sources.source import SourceFile

_SPEC = re.compile(
    r"(?:pypi:)?([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*==\s*([A-Za-z0-9][A-Za-z0-9.+!_-]*)"
)
_RECORD = "release.json"
_LAYOUT = 1  # raise when what is kept of an archive changes


def is_release(text: str) -> bool:
    """Tell whether `text` names a release: `name==version`, with or without `pypi:` before it."""
    return _SPEC.fullmatch(text.strip()) is not None


class PyPI:
    """Fetch a release when it is first looked at.

    The wheel where there is one, else the source archive itself; with `source` the other way round, since a
    source archive often holds the tests too.

    `spec` is `name==version`. What was fetched once is read from `cache` (by default the user's cache
    directory, or `CHAINTRACE_CACHE`) from then on, without the network.

    Raises SourceError for a spec that does not name one version.
    """

    def __init__(
        self,
        spec: str,
        *,
        name: str = "",
        cache: Path | None = None,
        source: bool = False,
        part: Part = WHOLE,
    ) -> None:
        match = _SPEC.fullmatch(spec.strip())
        if match is None:
            raise SourceError(f"{spec}: not a release; write name==version")
        self.package, self.version = re.sub(r"[-_.]+", "-", match[1]).lower(), match[2]
        self.name = name or self.package
        self._cache = cache
        self._source = source
        self._part = part
        self.report: Report | None = None  # set to hear how far a download is

    def of_version(self, version: str) -> "PyPI":
        """Return another release of the same package, under the same name."""
        spec = f"{self.package}=={version}"
        found = PyPI(spec, name=self.name, cache=self._cache, source=self._source, part=self._part)
        found.report = self.report
        return found

    @property
    def origin(self) -> str:
        """Return `pypi:name==version`."""
        return f"pypi:{self.package}=={self.version}"

    @property
    def revision(self) -> str:
        """Return the version."""
        return self.version

    @property
    def root(self) -> str:
        """Return the directory of the unpacked release."""
        return self.directory.root

    @property
    def hash(self) -> str:
        """Return `sha256:<hex>` of the archive."""
        return self.directory.hash

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what was skipped, where and why."""
        return self.directory.diagnostics

    def files(self) -> list[SourceFile]:
        """Return the Python files, sorted by path."""
        return self.directory.files()

    @property
    def is_cached(self) -> bool:
        """Tell whether the release is in the cache, so that no network is needed."""
        return _record(self._place) is not None

    @property
    def _place(self) -> Path:
        folder = f"{self.package}-{self.version}".replace("!", "_") + ("-source" if self._source else "")
        return (self._cache or cache_directory()) / "releases" / f"v{_LAYOUT}" / folder

    @cached_property
    def directory(self) -> Directory:
        """Return the unpacked release, fetched now if need be.

        Raises SourceError when it cannot be fetched, is not safe to unpack, or the cache cannot be written.
        """
        record = _record(self._place) or self._fetch()
        left_out = record.get("left_out")
        return Directory(
            self._place / "files",
            name=self.name,
            origin=self.origin,
            revision=self.version,
            hash=f"sha256:{record['sha256']}",
            flat=str(record["filename"]).endswith(".whl"),
            part=self._part,
            diagnostics=[
                Diagnostic(
                    str(entry), 0, "link-skipped", f"a link or device in {record['filename']}; left out"
                )
                for entry in (left_out if isinstance(left_out, list) else [])
            ],
        )

    def _fetch(self) -> dict[str, object]:
        """Download and unpack beside the final place, then rename; return the record."""
        try:
            self._place.parent.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=".partial-", dir=self._place.parent))
        except OSError as error:
            place = self._place.parent
            raise SourceError(
                f"{place}: cannot be written ({error.strerror}); set CHAINTRACE_CACHE"
            ) from error
        try:
            record = _unpacked(
                download(self.package, self.version, aside, source=self._source, report=self.report), aside
            )
            self._move(aside)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return record

    def _move(self, aside: Path) -> None:
        if self._place.exists() and _record(self._place) is None:
            shutil.rmtree(self._place, ignore_errors=True)
        try:
            aside.replace(self._place)
        except OSError as error:
            if _record(self._place) is None:  # else another run was quicker, with the same release
                raise SourceError(f"{self._place}: cannot be written ({error.strerror})") from error


def _unpacked(archive: Downloaded, aside: Path) -> dict[str, object]:
    files = aside / "files"
    files.mkdir()
    unpacked = unpack(archive.path, files)
    archive.path.unlink()
    record: dict[str, object] = {
        "filename": archive.path.name,
        "sha256": archive.sha256,
        "files": unpacked.files,
        "left_out": list(unpacked.left_out),
    }
    (aside / _RECORD).write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return record


def _record(place: Path) -> dict[str, object] | None:
    """Return the record of the release unpacked at `place`, or None where there is no whole one."""
    try:
        record = json.loads((place / _RECORD).read_bytes())
    except (OSError, ValueError):
        return None
    is_whole = (
        isinstance(record, dict) and {"filename", "sha256"} <= record.keys() and (place / "files").is_dir()
    )
    return record if is_whole else None
