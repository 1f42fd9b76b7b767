"""What a clone has checked out: fetch a revision into it, and move it without losing anyone's work.

A commit that chaintrace checks out is recorded in the clone's own configuration, with what was asked for.
"""

import re
from pathlib import Path

from chaintrace.errors import SourceError
from chaintrace.sources.gitcommand import FETCH_SECONDS, run_git
from chaintrace.sources.origin import head_revision

_QUIET = ("--quiet", "--no-recurse-submodules")
_FULL = re.compile("[0-9a-f]{40}")
_SHORT = re.compile("[0-9a-f]{4,39}")


def fill(top: Path, url: str, asked: str) -> None:
    """Make the empty directory `top` a clone of `url` at `asked`, "" for the head."""
    run_git("ls-remote", "--quiet", "--", url, "HEAD", top=top)
    run_git("init", "--quiet", "--template=", top=top)
    run_git("remote", "add", "--", "origin", url, top=top)
    _check_out(top, _fetched(top, asked, shallow=True), asked)


def move(top: Path, asked: str) -> None:
    """Move the clone `top` to `asked` as it is upstream now, "" for the head.

    Raises SourceError where that could cost work of the user: changed or new files, or commits. What git
    ignores, stashes and branches stay as they are.
    """
    commit = _fetched(top, asked, shallow=(top / ".git/shallow").exists())
    head = head_revision(top)
    if commit != head:
        if asked_of(top, head) is None:
            raise SourceError(
                f"{top} is at a commit that chaintrace did not fetch ({head[:12]}); move it away"
            )
        if run_git("status", "--porcelain", top=top):
            raise SourceError(f"{top} has local changes and is at another revision; move it away")
    _check_out(top, commit, asked)


def asked_of(top: Path, commit: str) -> str | None:
    """Return what was asked for when chaintrace checked out `commit`, None where it never did."""
    try:
        return run_git("config", "--local", "--get", f"chaintrace.{commit}.asked", top=top)
    except SourceError:
        return None


def has_changed_code(top: Path) -> bool:
    """Tell whether Python files of the clone are new or differ from the commit checked out."""
    try:
        return bool(run_git("status", "--porcelain", "--", "*.py", top=top))
    except SourceError:
        return (
            False  # a clone git refuses to look into, of another user for instance, can be read all the same
        )


def is_commit(text: str) -> bool:
    """Tell whether `text` is the whole name of a commit."""
    return _FULL.fullmatch(text) is not None


def _fetched(top: Path, asked: str, *, shallow: bool) -> str:
    """Fetch `asked` and return its commit; the beginning of a commit's name takes the whole history."""
    if _SHORT.fullmatch(asked):
        run_git("fetch", *_QUIET, "origin", top=top, seconds=FETCH_SECONDS)
        return run_git("rev-parse", "--verify", f"{asked}^{{commit}}", top=top)
    depth = ["--depth=1"] if shallow else []
    run_git("fetch", *_QUIET, *depth, "origin", asked or "HEAD", top=top, seconds=FETCH_SECONDS)
    return run_git("rev-parse", "--verify", "FETCH_HEAD^{commit}", top=top)


def _check_out(top: Path, commit: str, asked: str) -> None:
    """Record the commit first, so that a run killed in between leaves a clone that can still be moved."""
    run_git("config", "--local", f"chaintrace.{commit}.asked", asked, top=top)
    run_git(
        "checkout", "--quiet", "--detach", "--no-recurse-submodules", "--no-overwrite-ignore", commit,
        top=top, seconds=FETCH_SECONDS,
    )  # fmt: skip
