"""Which commit a work tree is at, and whether the files that are read there are those of it."""

import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from chaintrace.errors import SourceError
from chaintrace.sources.dotgit import bytes_of
from chaintrace.sources.found import SIZE_LIMIT
from chaintrace.sources.gitcommand import read_objects, run_git
from chaintrace.sources.origin import head_revision
from chaintrace.sources.part import Part
from chaintrace.sources.source import blob_id

DIRTY = "+dirty"  # ends a revision where Python files were changed since the commit
UNCHECKED = "+unchecked"  # ends one where git cannot be asked about that
ALONE = ("--ignore-submodules=all",)  # else git runs in those too, by their own configuration
_SECONDS = 30
_LONGEST = 100_000  # bytes of an argument; an operating system may refuse more


class State(NamedTuple):
    """Hold a revision, with its mark where it has one, and why it could not be compared with the files."""

    revision: str
    unchecked: str = ""


def state_of(top: Path, part: Part, read: Collection[str]) -> State:
    """Return the state of the work tree at `top`, "" for what is none.

    The files `read`, by their paths from there, count, and what of `part` was deleted.
    """
    commit = head_revision(top)
    if not commit:
        return State("")
    try:
        changed = changed_code(top)
    except SourceError as error:
        return State(commit + UNCHECKED, str(error))
    is_dirty = any(path in read or ("D" in word and part.covers(path)) for path, word in changed.items())
    return State(commit + DIRTY if is_dirty else commit)


def changed_code(top: Path) -> dict[str, str]:
    """Return what `changed` does of the Python files."""
    return changed(top, "*.py")


def changed(top: Path, *patterns: str) -> dict[str, str]:
    """Map the files of a work tree that are new or differ from its commit to git's word for how.

    What no checkout of the commit could make otherwise here does not count. Raises SourceError for a work
    tree that git is not run in, or refuses to look into.
    """
    words = _words_of(top, *patterns)
    known = unclean(top, head_revision(top)) if words else {}
    return {
        path: word for path, word in words.items() if path not in known or known[path] != _content(top / path)
    }


def record_unclean(top: Path, commit: str) -> None:
    """Record what differs from `commit` right after it was checked out.

    Names that differ in case alone are one file on some file systems.
    """
    now = {path: _content(top / path) for path in sorted(_words_of(top))}
    text = json.dumps(now)
    if now and len(text) <= _LONGEST:
        run_git("config", "--local", f"chaintrace.{commit}.unclean", text, top=top)


def unclean(top: Path, commit: str) -> dict[str, str]:
    """Return what was recorded so: paths with the blob ids of what was there."""
    try:
        known = json.loads(run_git("config", "--local", "--get", f"chaintrace.{commit}.unclean", top=top))
    except (SourceError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _words_of(top: Path, *patterns: str) -> dict[str, str]:
    words = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", *ALONE, "--", *patterns)
    listed = read_objects(*words, top=top, seconds=_SECONDS).decode("utf-8", "surrogateescape")
    return {line[3:]: line[:2] for line in listed.split("\0") if line}


def _content(path: Path) -> str:
    """Return the blob id of a file or of the text of a link, "" where there is none."""
    try:
        data = os.fsencode(path.readlink()) if path.is_symlink() else bytes_of(path, SIZE_LIMIT)
    except OSError:
        return ""
    return "" if data is None else blob_id(data)


def commit_of(revision: str) -> str:
    """Return a revision without its mark."""
    return revision.removesuffix(DIRTY).removesuffix(UNCHECKED)
