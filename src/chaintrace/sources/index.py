"""Find and download one file of a release through the package indexes pip is configured with."""

import ast
import hashlib
import logging
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from chaintrace.errors import SourceError
from chaintrace.sources.origin import without_credentials

if TYPE_CHECKING:
    from unearth import Link, Package, PackageFinder
    from unearth.fetchers import Fetcher
    from unearth.fetchers.sync import PyPIClient

DOWNLOAD_LIMIT = 1_000_000_000  # bytes of one archive
_ATTEMPTS = 3
_CONFIG_SECONDS = 30
_ANSWER_SECONDS = 20.0
_SECTIONS = (":env:", "download", "install", "global")  # strongest first, as pip reads them


class IndexSettings(NamedTuple):
    """Hold pip's settings that say where packages come from; an empty `index_url` means the public index."""

    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    certificates: str = ""
    no_index: bool = False


Report = Callable[[int, int], None]  # how many bytes were read, and of how many


class Downloaded(NamedTuple):
    """Name a downloaded archive: its file, the SHA-256 of its bytes in hex."""

    path: Path
    sha256: str


def index_settings() -> IndexSettings:
    """Return pip's own settings for this interpreter, or those of the environment where there is no pip.

    pip is asked in isolated mode, so nothing in the current directory is imported.
    """
    command = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", "config", "list"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_CONFIG_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        lines = done.stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        lines = [f":env:.{_option(k)}={v!r}" for k, v in sorted(os.environ.items()) if k.startswith("PIP_")]
    return parse_settings(lines)


def _option(variable: str) -> str:
    return variable.removeprefix("PIP_").lower().replace("_", "-")


def parse_settings(lines: list[str]) -> IndexSettings:
    """Return the settings in the lines of `pip config list`, which look like `global.index-url='...'`."""
    values: dict[tuple[str, str], str] = {}
    for line in lines:
        key, mark, value = line.partition("=")
        section, dot, option = key.rpartition(".")
        if mark and dot:
            values[section, option] = _unquoted(value)

    def one(option: str) -> str:
        return next((values[s, option].strip() for s in _SECTIONS if (s, option) in values), "")

    return IndexSettings(
        one("index-url"),
        tuple(one("extra-index-url").split()),
        tuple(one("find-links").split()),
        tuple(one("trusted-host").split()),
        one("cert"),
        one("no-index").lower() in {"1", "true", "yes", "on"},
    )


def _unquoted(value: str) -> str:
    try:
        return str(ast.literal_eval(value))
    except (ValueError, SyntaxError):
        return value


def download(
    name: str, version: str, into: Path, *, source: bool = False, report: Report | None = None
) -> Downloaded:
    """Download the release `name`==`version` into the directory `into`: a wheel, else the source archive.

    With `source`, the source archive comes before the wheels. `report` hears of the bytes that come in.

    What interpreter or platform a file is for does not matter, as nothing of it is ever run; pure wheels come
    first, then by file name. The file's hash is checked against the index's.

    Raises SourceError when no index answers, none has the release, or the hash differs.
    """
    logging.getLogger("unearth").addHandler(logging.NullHandler())  # what it warns of comes back as our error
    settings = index_settings()
    with _client(settings) as client:
        return _fetched(client, _find(settings, client, name, version, source=source), into, report)


def _find(settings: IndexSettings, client: "PyPIClient", name: str, version: str, *, source: bool) -> "Link":
    try:
        found = list(_finder(settings, client).find_matches(f"{name}=={version}", allow_yanked=True))
    except _network_errors() as error:
        reason = without_credentials(str(error))
        raise SourceError(f"{name}=={version}: the package index cannot be read ({reason})") from error
    if not found:
        raise SourceError(f"{name}=={version}: not found; no package index that could be reached has it")
    return min(found, key=lambda package: _preference(package, version, source=source)).link


def _network_errors() -> tuple[type[Exception], ...]:
    from unearth.preparer import HTTPErrors

    return (*HTTPErrors, OSError, ValueError)


def _client(settings: IndexSettings) -> "PyPIClient":
    from unearth.auth import MultiDomainBasicAuth
    from unearth.fetchers.sync import PyPIClient

    verify = ssl.create_default_context(cafile=settings.certificates) if settings.certificates else True
    client = PyPIClient(
        trusted_hosts=settings.trusted_hosts, verify=verify, follow_redirects=True, timeout=_ANSWER_SECONDS
    )
    indexes = [url for url in (settings.index_url, *settings.extra_index_urls) if url]
    client.auth = MultiDomainBasicAuth(prompting=False, index_urls=indexes)
    return client


def _finder(settings: IndexSettings, client: "PyPIClient") -> "PackageFinder":
    from unearth import PackageFinder

    default = PackageFinder().sources[0]["url"]
    indexes = [] if settings.no_index else [settings.index_url or default, *settings.extra_index_urls]
    links = [link for link in settings.find_links if "://" in link or Path(link).exists()]
    finder = PackageFinder(
        cast("Fetcher", client), index_urls=indexes, find_links=links, ignore_compatibility=True
    )
    if not (indexes or links):
        finder.sources.clear()  # without an index named, the finder would take the public one
    return finder


def _preference(package: "Package", version: str, *, source: bool) -> tuple[object, ...]:
    filename = package.link.filename
    is_pure = filename.endswith("-none-any.whl")
    return (
        package.version != version,
        package.link.is_wheel is source,
        not is_pure,
        not filename.endswith(".gz"),
        filename,
    )


def _fetched(client: "PyPIClient", link: "Link", into: Path, report: Report | None) -> Downloaded:
    target = into / Path(link.filename).name
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return Downloaded(target, _stream(client, link, target, report))
        except _network_errors() as error:
            if attempt == _ATTEMPTS:
                reason = without_credentials(str(error))
                raise SourceError(f"{target.name}: the download failed ({reason})") from error
            time.sleep(attempt / 2)
    raise AssertionError("the loop returns or raises")


def _stream(client: "PyPIClient", link: "Link", target: Path, report: Report | None) -> str:
    """Write the link's content to `target`.

    Returns its SHA-256 in hex once the index's hashes are verified.
    """
    expected = {
        key: values for key, values in (link.hash_option or {}).items() if key in hashlib.algorithms_available
    }
    sums = {key: hashlib.new(key, usedforsecurity=False) for key in {"sha256", *expected}}
    size = 0
    with (
        client.get_stream(link.normalized, headers={"Accept-Encoding": "identity"}) as response,
        target.open("wb") as out,
    ):
        response.raise_for_status()
        length = response.headers.get("Content-Length", "")
        total_size = int(length) if length.isdigit() else 0
        for chunk in response.iter_bytes(1 << 16):
            size += len(chunk)
            if size > DOWNLOAD_LIMIT:
                raise SourceError(f"{target.name}: larger than {DOWNLOAD_LIMIT} bytes; refused")
            out.write(chunk)
            if report is not None:
                report(size, total_size)
            for total in sums.values():
                total.update(chunk)
    _verify(target.name, expected, {key: total.hexdigest() for key, total in sums.items()})
    return sums["sha256"].hexdigest()


def _verify(filename: str, expected: Mapping[str, list[str]], actual: Mapping[str, str]) -> None:
    for algorithm, values in sorted(expected.items()):
        if actual[algorithm] not in [value.lower() for value in values]:
            raise SourceError(f"{filename}: its {algorithm} is not the one the package index gives; refused")
