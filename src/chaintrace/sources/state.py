"""Which commit a work tree is at, and whether the files that are read there are those of it."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from chaintrace.errors import SourceError
from chaintrace.sources.gitcommand import read_objects
from chaintrace.sources.origin import head_revision
from chaintrace.sources.part import Part

DIRTY = "+dirty"  # ends a revision where Python files were changed since the commit
UNCHECKED = "+unchecked"  # ends one where git cannot be asked about that
ALONE = ("--ignore-submodules=all",)  # else git runs in those too, by their own configuration
_SECONDS = 120


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
    """Map the Python files of a work tree that are new or differ from its commit to git's word for how.

    Raises SourceError for one that git is not run in, or refuses to look into.
    """
    words = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", *ALONE, "--", "*.py")
    listed = read_objects(*words, top=top, seconds=_SECONDS).decode("utf-8", "surrogateescape")
    return {line[3:]: line[:2] for line in listed.split("\0") if line}


def commit_of(revision: str) -> str:
    """Return a revision without its mark."""
    return revision.removesuffix(DIRTY).removesuffix(UNCHECKED)
