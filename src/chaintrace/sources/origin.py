"""Where code came from: URLs made fit to print, and what a clone says about itself."""

import re
from contextlib import suppress
from pathlib import Path

from chaintrace.errors import SourceError
from chaintrace.sources.dotgit import head_commit, origin_url
from chaintrace.sources.probe import exists

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


def without_credentials(text: str) -> str:
    """Return `text` with the user and password of every URL in it removed."""
    return _CREDENTIALS.sub("", text)


def same_origin(first: str, second: str) -> bool:
    """Tell whether two git URLs or paths name one repository.

    `.git`, a trailing slash and credentials make no difference.
    """
    return _canonical(first) == _canonical(second)


def _canonical(url: str) -> str:
    text = without_credentials(url).removeprefix("file://")
    if "://" not in text and Path(text).exists():
        text = Path(text).resolve().as_posix()
    scheme, mark, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    text = f"{scheme.lower()}{mark}{host.lower()}{slash}{path}" if mark else text
    return text.rstrip("/").removesuffix(".git")


def head_revision(path: Path) -> str:
    """Return the commit checked out in the repository whose top is `path`, or "" where there is none."""
    with suppress(SourceError):
        return head_commit(path) if exists(path / ".git") else ""
    return ""


def remote_url(path: Path) -> str:
    """Return the URL the repository at `path` was cloned from, without credentials, or ""."""
    return without_credentials(raw_remote_url(path))


def raw_remote_url(path: Path) -> str:
    """Return the URL the repository at `path` was cloned from, as recorded there, or ""."""
    with suppress(SourceError):
        return origin_url(path) if exists(path / ".git") else ""
    return ""


def printable(name: str) -> str:
    """Return `name`, with the bytes that are not UTF-8 written as escapes."""
    return name.encode("utf-8", "backslashreplace").decode()
