"""What the files of a repository say of it, read without git and whatever they are."""

import os
import re
import stat
from pathlib import Path

from chaintrace.errors import SourceError

_SMALL = 1 << 20  # bytes of a file of names or settings
_LARGE = 1 << 27  # of one that lists all branches and tags
_HOPS = 5
_COMMIT = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BELOW = re.compile(r'"((?:[^"\\]|\\.)*+)"\s*+\]')
_ESCAPED = {"n": "\n", "t": "\t", "b": "\b"}


def bytes_of(file: Path, limit: int) -> bytes | None:
    """Return the bytes of a regular file, None where it is none, larger than `limit`, or cannot be read.

    Nothing is waited for, as opening a pipe would.
    """
    try:
        with open(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as opened:  # noqa: PTH123
            about = os.fstat(opened.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_size > limit:
                return None
            return opened.read(limit)
    except OSError:
        return None


def text_of(file: Path, limit: int = _SMALL) -> str | None:
    """Return the text of such a file."""
    data = bytes_of(file, limit)
    return None if data is None else data.decode("utf-8", "surrogateescape")


def git_directories(top: Path) -> tuple[Path, Path]:
    """Return the directory that holds HEAD and index of the work tree at `top`, and the one with its objects.

    They differ where the work tree is one of several of a repository.
    """
    inside = top / ".git"
    if inside.is_dir():
        return inside, inside
    named = (text_of(inside) or "").partition("gitdir:")[2].strip()
    try:
        own = (top / named).resolve() if named else inside
        shared = (text_of(own / "commondir") or "").strip()
        return own, (own / shared).resolve() if shared else own
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(f"{inside}: does not say where the repository is") from error


def head_commit(top: Path) -> str:
    """Return the commit checked out in the work tree at `top`, "" where there is none."""
    own, common = git_directories(top)
    said = (text_of(own / "HEAD") or "").strip()
    for _ in range(_HOPS):
        if not said.startswith("ref:"):
            break
        name = said.removeprefix("ref:").strip()
        if not name.startswith("refs/") or ".." in name or "\0" in name:
            return ""
        said = (text_of(own / name) or text_of(common / name) or _packed(common, name)).strip()
    return said if _COMMIT.fullmatch(said) else ""


def origin_url(top: Path) -> str:
    """Return the URL of the remote called origin in the work tree at `top`, "" where there is none."""
    _, common = git_directories(top)
    url, is_origin = "", False
    for line in (text_of(common / "config") or "").splitlines():
        if line.lstrip().startswith("["):
            name, below, line = _section(line)  # noqa: PLW2901 - a setting may follow
            is_origin = name.lower() == "remote" and below == "origin"
        key, equals, value = line.partition("=")
        if is_origin and equals and key.strip().lower() == "url":
            url = _value(value)
    return url


def _packed(common: Path, name: str) -> str:
    """Return the commit that a branch or tag has among the packed ones, "" if none."""
    for line in (text_of(common / "packed-refs", _LARGE) or "").splitlines():
        commit, _, packed = line.partition(" ")
        if packed == name:
            return commit
    return ""


def _section(line: str) -> tuple[str, str, str]:
    """Return the two names of a section, and what stands behind it; in time that grows as the line."""
    inside = line.partition("[")[2]
    name = re.match(r'[^\]"]*+', inside)
    assert name is not None
    rest = inside[name.end() :]
    if rest.startswith("]"):
        return name[0].strip(), "", rest[1:]
    below = _BELOW.match(rest)
    return (name[0].strip(), below[1], rest[below.end() :]) if below else ("", "", "")


def _value(text: str) -> str:
    """Return a value as git reads it: quotes and escapes undone, without a remark."""
    value, quoted, kept = "", False, 0
    letters = iter(text.strip())
    for letter in letters:
        if letter == '"':
            quoted = not quoted
        elif letter == "\\":
            following = next(letters, "")
            value += _ESCAPED.get(following, following)
        elif letter in "#;" and not quoted:
            break
        else:
            value += letter
            if letter.isspace() and not quoted:
                continue
        kept = len(value)
    return value[:kept]
