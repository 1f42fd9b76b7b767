"""A git repository, cloned at depth 1 into a work directory."""

import re
import shutil
import tempfile
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from chaintrace.errors import SourceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.directory import Directory
from chaintrace.sources.gitcommand import FETCH_SECONDS, check_revision, check_url, run_git
from chaintrace.sources.origin import head_revision, raw_remote_url, same_origin, without_credentials
from chaintrace.sources.source import SourceFile

_STALE_SECONDS = 3600  # a clone this old that never got its name belongs to a run that was killed


class Git:
    """Clone a repository when it is first looked at, or reuse its clone.

    `url` is an https, ssh, git or file URL, or a local path; `revision` a commit, branch or tag, "" for the
    head. The clone is `workdir`/`name`. Neither hooks, submodules nor filters of the repository are used.

    Raises SourceError for a URL or revision git should not be given.
    """

    def __init__(
        self, url: str, revision: str = "", *, name: str = "", workdir: str | Path = "workdir"
    ) -> None:
        self.url = check_url(url)
        self.asked = check_revision(revision)
        self.name = name or repository_name(url)
        self.workdir = Path(workdir)

    @property
    def path(self) -> Path:
        """Return where the clone is or will be."""
        return self.workdir.resolve() / self.name

    @cached_property
    def directory(self) -> Directory:
        """Return the clone, made now if need be.

        Raises SourceError when it cannot be made, or when its place is taken by something else.
        """
        if not _is_free(self.path):
            self._check_existing()
        if _is_free(self.path) or not self._has_asked():
            self._clone()
        return Directory(self.path, name=self.name, origin=without_credentials(self.url))

    @property
    def origin(self) -> str:
        """Return the URL without credentials."""
        return without_credentials(self.url)

    @property
    def revision(self) -> str:
        """Return the commit checked out."""
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
        return self.directory.diagnostics

    def files(self) -> list[SourceFile]:
        """Return the Python files, sorted by path."""
        return self.directory.files()

    def _check_existing(self) -> None:
        if not (self.path / ".git").exists():
            raise SourceError(
                f"{self.path}: already there and not a clone; move it away, or choose another name"
            )
        there = raw_remote_url(self.path)
        if not same_origin(there, self.url):
            other = without_credentials(there) or "no known origin"
            raise SourceError(f"{self.path}: already a clone of {other}, not of {self.origin}; move it away")

    def _has_asked(self) -> bool:
        """Tell whether the existing clone is at the revision asked for.

        Only what the clone itself knows counts, without the network.
        """
        head = head_revision(self.path)
        if not head:
            raise SourceError(f"{self.path}: has no commit checked out; remove it to clone again")
        if not self.asked or (re.fullmatch("[0-9a-f]{7,40}", self.asked) and head.startswith(self.asked)):
            return True
        for ref in ("refs/tags", "refs/heads", "refs/remotes/origin"):
            try:
                commit = f"{ref}/{self.asked}^{{commit}}"
                return run_git("rev-parse", "--verify", "--quiet", commit, top=self.path) == head
            except SourceError:
                continue
        return False

    def _clone(self) -> None:
        """Clone beside the final place and rename, so that a killed run leaves no half of a clone there."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _remove_stale(self.path)
            aside = Path(tempfile.mkdtemp(prefix=f".{self.name}.partial-", dir=self.path.parent))
            aside.chmod(0o755)
        except OSError as error:
            raise SourceError(f"{self.path.parent}: cannot be written ({error.strerror})") from error
        try:
            self._fill(aside)
            self._move(aside)
        except SourceError as error:
            raise SourceError(f"{self.origin}: {error}") from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _fill(self, aside: Path) -> None:
        run_git("ls-remote", "--quiet", "--", self.url, "HEAD", top=aside)
        run_git("init", "--quiet", "--template=", top=aside)
        run_git("remote", "add", "--", "origin", self.url, top=aside)
        wanted = self.asked or "HEAD"
        depth = ["--depth=1"] if not re.fullmatch("[0-9a-f]{4,39}", wanted) else []
        refspecs = [] if not depth else [wanted]
        run_git(
            "fetch",
            "--quiet",
            "--no-recurse-submodules",
            *depth,
            "origin",
            *refspecs,
            top=aside,
            seconds=FETCH_SECONDS,
        )
        commit = run_git(
            "rev-parse", "--verify", f"{'FETCH_HEAD' if depth else wanted}^{{commit}}", top=aside
        )
        if depth and not re.fullmatch("[0-9a-f]{40}|HEAD", wanted):
            run_git("update-ref", f"refs/tags/{wanted}", commit, top=aside)
        run_git(
            "checkout",
            "--quiet",
            "--detach",
            "--no-recurse-submodules",
            commit,
            top=aside,
            seconds=FETCH_SECONDS,
        )

    def _move(self, aside: Path) -> None:
        """Give the finished clone its name.

        An older clone at another revision is replaced if it is unchanged.
        """
        if not _is_free(self.path):
            if run_git("status", "--porcelain", top=self.path):
                raise SourceError(f"{self.path} has local changes and is at another revision; move it away")
            old = Path(tempfile.mkdtemp(prefix=f".{self.name}.partial-", dir=self.path.parent))
            self.path.replace(old)
            aside.replace(self.path)
            shutil.rmtree(old, ignore_errors=True)
            return
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


def _is_free(path: Path) -> bool:
    return not path.exists() or (path.is_dir() and not any(path.iterdir()))


def _remove_stale(path: Path) -> None:
    for left in path.parent.glob(f".{path.name}.partial-*"):
        with suppress(OSError):  # another run is removing it
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left)
