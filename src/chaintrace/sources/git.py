"""A git repository, cloned at depth 1 into a work directory."""

import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import count
from pathlib import Path

from chaintrace.errors import SourceError, TakenError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources import checkout
from chaintrace.sources.directory import Directory
from chaintrace.sources.gitcommand import Report, check_revision, check_url, run_git
from chaintrace.sources.origin import head_revision, raw_remote_url, same_origin, without_credentials
from chaintrace.sources.part import WHOLE, Part
from chaintrace.sources.source import SourceFile
from chaintrace.sources.state import DIRTY, changed_code, commit_of, unclean

_ATTEMPTS = 3
_NAMED = 3  # files that a diagnostic names
_ASIDE = "clone --force sets it aside, or move it away"
_STALE_SECONDS = 3600  # a clone this old that never got its name belongs to a run that was killed


class Git:
    """Clone a repository when it is first looked at, or reuse its clone.

    `url` is an https, ssh, git or file URL, or a local path; `revision` a commit, branch or tag, "" for the
    head. The clone is `workdir`/`name`; one that is there already is moved to `revision`, and stays as it is
    without one. `part` restricts what is read of it. Neither hooks, submodules nor filters of the repository
    are used.

    Raises SourceError for a URL or revision git should not be given.
    """

    def __init__(
        self,
        url: str,
        revision: str = "",
        *,
        name: str = "",
        workdir: str | Path = "workdir",
        part: Part = WHOLE,
    ) -> None:
        self.url = check_url(url)
        self.asked = check_revision(revision)
        self.name = name or repository_name(url)
        self.workdir = Path(workdir)
        self.part = part
        self.update = False  # set to look upstream again where there is a clone already
        self.strict = False  # set to refuse a clone with changed Python files
        self.force = False  # set to move aside what is in the place of the clone and cannot be used
        self.depth: int | None = None  # commits of history to fetch, 0 for all; at least one where not set
        self.report: Report | None = None  # set to hear how far a transfer is
        self.set_aside = ""  # what was moved aside is there now

    @property
    def path(self) -> Path:
        """Return where the clone is or will be."""
        return self.workdir.resolve() / self.name

    @property
    def is_there(self) -> bool:
        """Tell whether there is a clone already, or something else in its place."""
        return not _is_free(self.path)

    @cached_property
    def directory(self) -> Directory:
        """Return the clone, made or moved to the revision asked for if need be.

        Raises SourceError when it cannot be had, TakenError when its place is taken by something else and
        where moving it could cost work done in it.
        """
        if self.is_there:
            try:
                self._reuse()
            except TakenError:
                if not self.force:
                    raise
                self._set_aside()
        if not self.is_there:
            self._clone()
        return Directory(self.path, name=self.name, origin=self.origin, part=self.part)

    @property
    def at(self) -> str:
        """Return the branch, tag or abbreviation by which the commit checked out was fetched, "" if none."""
        asked = checkout.asked_of(self.path, head_revision(self.path)) or ""
        return "" if checkout.is_commit(asked) else re.sub("^refs/(heads|tags)/", "", asked)

    @property
    def origin(self) -> str:
        """Return the URL without credentials."""
        return without_credentials(self.url)

    @property
    def revision(self) -> str:
        """Return the commit checked out, with `+dirty` behind it where Python files were changed."""
        return self.directory.revision

    @property
    def root(self) -> str:
        """Return the directory of the clone."""
        return self.directory.root

    @property
    def hash(self) -> str:
        """Return the hash of the listing."""
        return self.directory.hash

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what was skipped, where and why."""
        notes, revision = self.directory.diagnostics, self.revision
        if revision.endswith(DIRTY):
            message = f"its Python files are not those of commit {revision[:12]}; they are read as they are"
            return (Diagnostic(self.name, 0, "changed-clone", message), *notes)
        if odd := sorted(unclean(self.path, commit_of(revision))):
            message = f"a checkout here cannot be as the commit is ({', '.join(odd[:_NAMED])}); it is read so"
            return (Diagnostic(self.name, 0, "unclean-clone", message), *notes)
        return notes

    def files(self) -> list[SourceFile]:
        """Return the Python files, sorted by path."""
        return self.directory.files()

    @property
    def tree(self) -> str:
        """Return git's name of all the files of the commit checked out."""
        return run_git("rev-parse", "--verify", "HEAD^{tree}", top=self.path)

    def _reuse(self) -> None:
        """Use the clone that is there, moved where need be."""
        self._check_existing()
        with self._naming_origin():
            if self.update or not self._has_asked():
                checkout.move(self.path, self.asked, self.depth, self.report)
            if self.depth is not None:
                checkout.deepen(self.path, self.depth, self.report)
        if self.update:
            checkout.forget(self.path)
        if self.strict and changed_code(self.path):
            raise TakenError(f"{self.path}: its Python files were changed; {checkout.ASIDE}")

    def _set_aside(self) -> None:
        """Rename what is in the place of the clone; nothing is ever deleted."""
        numbers = (self.path.with_name(f"{self.name}.aside-{number}") for number in count(1))
        aside = next(path for path in numbers if not path.exists() and not path.is_symlink())
        try:
            self.path.rename(aside)
        except OSError as error:
            raise SourceError(f"{self.path}: cannot be moved aside ({error.strerror})") from error
        self.set_aside = aside.name

    def _check_existing(self) -> None:
        if not (self.path / ".git").exists():
            raise TakenError(
                f"{self.path}: already there and not a clone; {checkout.ASIDE}, or choose another name"
            )
        there = raw_remote_url(self.path)
        if not same_origin(there, self.url):
            other = without_credentials(there) or "no known origin"
            raise TakenError(
                f"{self.path}: already a clone of {other}, not of {self.origin}; {checkout.ASIDE}"
            )

    def _has_asked(self) -> bool:
        """Tell whether the existing clone is at the revision asked for.

        Only what the clone itself knows counts, without the network.
        """
        head = head_revision(self.path)
        if not head:
            raise TakenError(f"{self.path}: has no commit checked out; {checkout.ASIDE}")
        if not self.asked or (re.fullmatch("[0-9a-f]{7,40}", self.asked) and head.startswith(self.asked)):
            return True
        if self.asked == checkout.asked_of(self.path, head):
            return True
        return not checkout.is_commit(self.asked) and head in self._known_as_asked()  # no tag called like it

    def _known_as_asked(self) -> Iterator[str]:
        """Yield the commits that a clone of the user's own making has under the name asked for."""
        for name in _full_names(self.asked):
            with suppress(SourceError):
                yield run_git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", top=self.path)

    def _clone(self) -> None:
        """Clone beside the final place and rename, so that a killed run leaves no half of a clone there."""
        workdir, is_new = self.path.parent, not self.path.parent.exists()
        try:
            _remove_stale(self.path)
            aside = _directory_aside(self.path)
        except OSError as error:
            raise SourceError(f"{workdir}: cannot be written ({error.strerror})") from error
        try:
            with self._naming_origin():
                checkout.fill(
                    aside, self.url, self.asked, 1 if self.depth is None else self.depth, self.report
                )
                self._give_name(aside)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            if is_new:
                with suppress(OSError):  # it holds something: this clone, or one that another thread makes
                    workdir.rmdir()

    @contextmanager
    def _naming_origin(self) -> Iterator[None]:
        try:
            yield
        except TakenError:
            raise
        except SourceError as error:
            raise SourceError(f"{self.origin}: {error}") from error

    def _give_name(self, aside: Path) -> None:
        """Give the finished clone its name."""
        try:
            aside.replace(self.path)
        except OSError as error:
            if _is_free(self.path):
                raise SourceError(f"{self.path}: cannot be written ({error.strerror})") from error
            self._check_existing()  # another run was quicker; its clone serves as well


def repository_name(url: str) -> str:
    """Return the last part of `url` without `.git`, fit to be a directory name."""
    last = re.split(r"[/:\\]", url.rstrip("/\\"))[-1].removesuffix(".git")
    return re.sub(r"[^\w.-]", "-", last).strip(".-") or "repository"


def _full_names(asked: str) -> list[str]:
    """Return the names that a clone of the user's own making may have for the branch or tag asked for."""
    if asked.startswith("refs/"):
        return [asked.replace("refs/heads/", "refs/remotes/origin/", 1), asked]
    return [f"{room}/{asked}" for room in ("refs/tags", "refs/heads", "refs/remotes/origin")]


def _is_free(path: Path) -> bool:
    return not path.exists() or (path.is_dir() and not any(path.iterdir()))


def _directory_aside(path: Path) -> Path:
    """Make a directory beside `path`, and the one around both."""
    for _ in range(_ATTEMPTS):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.partial-", dir=path.parent))
        except FileNotFoundError:
            continue  # a clone that failed has just removed the directory that it had made
        aside.chmod(0o755)
        return aside
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def _remove_stale(path: Path) -> None:
    for left in path.parent.glob(f".{path.name}.partial-*"):
        with suppress(OSError):  # another run is removing it
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left)
