"""What a clone has checked out: fetch a revision into it, and move it without losing anyone's work.

A commit that chaintrace checks out is recorded in the clone's own configuration, with what was asked for.
"""

import re
from pathlib import Path

from chaintrace.errors import SourceError, TakenError
from chaintrace.sources.gitcommand import FETCH_SECONDS, Report, run_git
from chaintrace.sources.origin import head_revision
from chaintrace.sources.state import changed, record_unclean

_AS_IT_IS = "* -text -filter -ident !working-tree-encoding\n"  # files are as the commit has them, to the byte
_QUIET = ("--quiet", "--no-recurse-submodules")
_FULL = re.compile("[0-9a-f]{40}")
_SHORT = re.compile("[0-9a-f]{4,39}")
ASIDE = "clone --force sets it aside, or move it away"
_BROKEN_OFF = re.compile("early EOF|unexpected disconnect|RPC failed|Connection reset|hung up")
WHOLE_HISTORY = 0  # as a depth
OWN_REFS = "refs/chaintrace"  # what was fetched to be read only is kept under these names


def fill(top: Path, url: str, asked: str, depth: int = 1, report: Report | None = None) -> None:
    """Make the empty directory `top` a clone of `url` at `asked`, "" for the head.

    `depth` commits of its history are fetched, or all of it.
    """
    run_git("ls-remote", "--quiet", "--", url, "HEAD", top=top)
    run_git("init", "--quiet", "--template=", top=top)
    (top / ".git/info").mkdir(exist_ok=True)
    (top / ".git/info/attributes").write_text(_AS_IT_IS, encoding="utf-8")
    run_git("remote", "add", "--", "origin", url, top=top)
    commit = fetched(top, asked, depth, report)
    _check_out(top, commit, asked)
    record_unclean(top, commit)


def move(top: Path, asked: str, depth: int | None = None, report: Report | None = None) -> None:
    """Move the clone `top` to `asked` as it is upstream now, "" for the head.

    Raises TakenError where that could cost work of the user: changed or new files, or commits. What git
    ignores, stashes and branches stay as they are.
    """
    commit = fetched(top, asked, depth_of(top) if depth is None else depth, report)
    head = head_revision(top)
    if commit != head:
        if asked_of(top, head) is None:
            raise TakenError(f"{top} is at a commit that chaintrace did not fetch ({head[:12]}); {ASIDE}")
        if changed(top):
            raise TakenError(f"{top} has local changes and is at another revision; {ASIDE}")
    _check_out(top, commit, asked)
    if commit != head:
        record_unclean(top, commit)


def deepen(top: Path, depth: int, report: Report | None = None) -> None:
    """Fetch more of the history of a shallow clone, where it has less than `depth` commits (0: not all)."""
    if depth_of(top) == WHOLE_HISTORY:
        return
    if depth == WHOLE_HISTORY:
        run_git("fetch", *_QUIET, "--unshallow", "origin", top=top, seconds=FETCH_SECONDS, report=report)
    elif int(run_git("rev-list", "--count", "HEAD", top=top)) < depth:
        fetched(top, head_revision(top), depth, report)


def forget(top: Path) -> None:
    """Forget what was fetched to be read only, so that branches are looked up again."""
    for name in run_git("for-each-ref", "--format=%(refname)", OWN_REFS, top=top).splitlines():
        run_git("update-ref", "-d", name, top=top)


def depth_of(top: Path) -> int:
    """Return 1 for a shallow clone, else that it has the whole history."""
    return 1 if (top / ".git/shallow").exists() else WHOLE_HISTORY


def asked_of(top: Path, commit: str) -> str | None:
    """Return what was asked for when chaintrace checked out `commit`, None where it never did."""
    try:
        return run_git("config", "--local", "--get", f"chaintrace.{commit}.asked", top=top)
    except SourceError:
        return None


def is_commit(text: str) -> bool:
    """Tell whether `text` is the whole name of a commit."""
    return _FULL.fullmatch(text) is not None


def fetched(top: Path, asked: str, depth: int, report: Report | None = None) -> str:
    """Fetch `asked` and return its commit; the beginning of a commit's name takes the whole history.

    A transfer that breaks off is begun once more.
    """
    is_short = _SHORT.fullmatch(asked) is not None
    refs = [] if is_short else [asked or "HEAD"]
    limit = [f"--depth={depth}"] if depth != WHOLE_HISTORY and not is_short else []
    if depth == WHOLE_HISTORY and depth_of(top) != WHOLE_HISTORY:
        limit = ["--unshallow"]
    quiet = [word for word in _QUIET if report is None or word != "--quiet"]
    words = ["fetch", *quiet, *(["--progress"] if report else []), *limit, "origin", *refs]
    try:
        run_git(*words, top=top, seconds=FETCH_SECONDS, report=report)
    except SourceError as error:
        if not _BROKEN_OFF.search(str(error)):
            raise
        run_git(*words, top=top, seconds=FETCH_SECONDS, report=report)
    name = asked if is_short or is_commit(asked) else "FETCH_HEAD"
    return run_git("rev-parse", "--verify", f"{name}^{{commit}}", top=top)


def _check_out(top: Path, commit: str, asked: str) -> None:
    """Record the commit first, so that a run killed in between leaves a clone that can still be moved."""
    run_git("config", "--local", f"chaintrace.{commit}.asked", asked, top=top)
    run_git(
        "checkout", "--quiet", "--detach", "--no-recurse-submodules", "--no-overwrite-ignore", commit,
        top=top, seconds=FETCH_SECONDS,
    )  # fmt: skip
