"""Run git with nothing left to chance.

No prompts, hooks, submodules, filters or programs named by a repository.
"""

import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Timer
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote

from chaintrace.errors import SourceError
from chaintrace.sources.dotgit import git_directories
from chaintrace.sources.origin import without_credentials
from chaintrace.sources.trust import filters_off, require_harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

Report = Callable[[int, int], None]  # how many objects were received, and of how many

PROBE_SECONDS = 20  # to learn whether the other side answers at all
FETCH_SECONDS = 900
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    f"core.attributesFile={os.devnull}",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "filter.lfs.smudge=",
    "filter.lfs.clean=",
    "filter.lfs.process=",
    "filter.lfs.required=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=20",
    "fetch.unpackLimit=1",  # always receive a pack, whose progress is told
    "gc.auto=0",
    "maintenance.auto=false",
    "advice.detachedHead=false",
)
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GCM_INTERACTIVE": "never",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_ALLOW_PROTOCOL": "https:http:ssh:git:file",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",  # looking at a repository writes nothing into it
    "LC_ALL": "C",
}
_URL = re.compile(r"(?:https?|ssh|git|file)://[^\s]+|[A-Za-z0-9_][\w.-]*@[\w.-]+:[^\s:][^\s]*")
_BAD_REVISION = re.compile(r"^[-/]|[\s:^~?*\[\\\x00-\x1f\x7f\ud800-\udfff]|\.\.|@\{|/$")


def is_git_url(text: str) -> bool:
    """Tell whether `text` is a URL git may be given: https, http, ssh, git, file, or `user@host:path`."""
    return _URL.fullmatch(text) is not None and not _looks_like_option(text)


def _looks_like_option(url: str) -> bool:
    """Tell whether a program that git starts could take a part of `url` for an option."""
    rest = unquote(url.partition("://")[2] or url)
    host, _, path = rest.partition("/" if "://" in url else ":")
    return any(part.startswith("-") for part in (*host.split("@"), path))


def check_url(url: str) -> str:
    """Return `url` made absolute when it is a local path.

    Raises SourceError for anything but a known transport or an existing path: `ext::`, options, unknown
    schemes.
    """
    if is_git_url(url):
        return url
    if not url.startswith("-") and "::" not in url and Path(url).exists():
        return Path(url).resolve().as_posix()
    raise SourceError(f"{without_credentials(url)}: not a git URL or an existing repository")


def check_revision(revision: str) -> str:
    """Return `revision`, or raise SourceError for what is no plain commit, branch or tag name."""
    if revision and _BAD_REVISION.search(revision):
        raise SourceError(f"{revision!r}: not a revision; give a commit, a branch or a tag")
    return revision


def run_git(*arguments: str, top: Path, seconds: int = PROBE_SECONDS, report: Report | None = None) -> str:
    """Run `git ARGUMENTS` on the repository whose work tree is `top`; return its output, stripped.

    `report` hears how far a transfer is. Raises SourceError with git's own last line when it fails or takes
    longer than `seconds`.
    """
    import git

    if report is not None:
        from chaintrace.sources.transfer import run_reporting

        command = _command(arguments, top)
        with _translated(seconds):
            run_reporting(command, top, _environment(top), seconds, report)
        return ""
    with _translated(seconds):
        return str(
            git.Git(top).execute(
                _command(arguments, top),
                env=_environment(top),
                kill_after_timeout=_limit(seconds),
                strip_newline_in_stdout=True,
            )
        ).strip()


@contextmanager
def reading(
    *arguments: str, top: Path, asked: bytes = b"", seconds: int = FETCH_SECONDS
) -> "Iterator[IO[bytes]]":
    """Run `git ARGUMENTS`, which only reads the repository at `top`, on the input `asked`; give its output.

    Git ends where not all of that is read. No transport is allowed: what is not there is not fetched unasked.
    Raises SourceError as `run_git`.
    """
    environment = os.environ | _environment(top) | {"GIT_ALLOW_PROTOCOL": "none"}
    command = _command(arguments, top, only_reads=True)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(asked)
        given.seek(0)
        try:
            process = Popen(command, stdin=given, stdout=PIPE, stderr=said, env=environment, cwd=top)
        except OSError as error:
            raise SourceError(f"git cannot be run ({error.strerror})") from error
        timer = Timer(seconds, process.kill)
        timer.start()
        assert process.stdout is not None
        try:
            yield process.stdout
            code = process.wait()
        finally:
            is_late = not timer.is_alive()
            timer.cancel()
            process.kill()
            process.stdout.close()
            process.wait()
        if code != 0:
            said.seek(0)
            stderr = "Timeout: the command" if is_late else said.read().decode("utf-8", "replace")
            raise SourceError(_reason(stderr, seconds))


def read_objects(*arguments: str, top: Path, asked: bytes = b"", seconds: int = FETCH_SECONDS) -> bytes:
    """Return all that `reading` gives."""
    with reading(*arguments, top=top, asked=asked, seconds=seconds) as output:
        return output.read()


def _command(arguments: Sequence[str], top: Path, *, only_reads: bool = False) -> list[str]:
    """Return the command; raise SourceError where the configuration of the repository may run another."""
    require_harmless(git_directories(top), _outside, only_reads=only_reads)
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    return ["git", *settings, *filters_off(arguments[0], _outside), *arguments]


def _outside(*arguments: str) -> str:
    """Run `git ARGUMENTS` in no repository and return its output, "" where it fails."""
    import git

    nowhere = {"GIT_DIR": os.devnull, "GIT_CEILING_DIRECTORIES": os.sep}
    try:
        return str(git.Git(os.sep).execute(["git", *arguments], env=nowhere))
    except git.GitCommandNotFound as error:
        raise SourceError("git is not installed; install it, or give a directory or a release") from error
    except git.CommandError:
        return ""


def _limit(seconds: int) -> int | None:
    return None if sys.platform == "win32" else seconds


@contextmanager
def _translated(seconds: int) -> "Iterator[None]":
    """Turn what GitPython raises into our error."""
    import git

    try:
        yield
    except git.GitCommandNotFound as error:
        raise SourceError("git is not installed; install it, or give a directory or a release") from error
    except git.CommandError as error:
        raise SourceError(_reason(str(error.stderr), seconds)) from error


def _environment(top: Path) -> dict[str, str]:
    """Return what git gets on top of our own environment; a calling git's own variables are overridden."""
    own, common = git_directories(top)
    ssh = os.environ.get("GIT_SSH_COMMAND", "ssh") + f" -oBatchMode=yes -oConnectTimeout={PROBE_SECONDS}"
    return _ENVIRONMENT | {
        "GIT_SSH_COMMAND": ssh,
        "GIT_DIR": str(own),
        "GIT_WORK_TREE": str(top),
        "GIT_INDEX_FILE": str(own / "index"),
        "GIT_OBJECT_DIRECTORY": str(common / "objects"),
    }


def _reason(stderr: str, seconds: int) -> str:
    """Return the line of git's complaint that says why."""
    if "Timeout: the command" in stderr or "because it timed out" in stderr:
        return f"no answer within {seconds} s"
    text = stderr.strip().removeprefix("stderr:").strip().strip("'").strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = next(
        (line for line in lines if line.startswith(("fatal:", "error:"))),
        lines[-1] if lines else "git failed",
    )
    return without_credentials(re.sub(r"^(fatal|error): (unable to access '[^']*': )?", "", first))
