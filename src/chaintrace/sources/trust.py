"""What git would run on behalf of a repository's configuration, and how that is kept from happening.

A folder of strangers may hold a `.git` whose configuration names programs: filters, transports, helpers.
"""

import os
import re
import stat
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from chaintrace.errors import TakenError
from chaintrace.sources.dotgit import text_of
from chaintrace.sources.probe import exists

Run = Callable[..., str]

# Keys whose values are names, numbers and addresses. Whatever else a repository sets may run something.
_HARMLESS = re.compile(
    r"core\.(?:repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks"
    r"|autocrlf|eol|safecrlf|abbrev|quotepath|compression|bigfilethreshold|sparsecheckout(?:cone)?|splitindex"
    r"|untrackedcache|sharedrepository|hidedotfiles|protecthfs|protectntfs|worktree|excludesfile|attributesfile"
    r"|hookspath|fsmonitor|commitgraph|multipackindex|preloadindex|longpaths)"  # two of them are overridden
    r"|remote\..+\.(?:url|fetch|push|pushurl|tagopt|prune|prunetags|mirror|promisor|partialclonefilter)"
    r"|submodule\..+\.(?:url|active|branch|ignore|fetchrecursesubmodules)|submodule\.(?:active|recurse)"
    r"|fetch\.(?:prune|prunetags|unpacklimit|parallel|writecommitgraph)"
    r"|extensions\.(?:objectformat|partialclone|worktreeconfig|refstorage|noop|preciousobjects)"
    r"|(?:branch|chaintrace|user|author|committer|alias|color|gui|commit|tag|lfs|rebase|pull|push|gc|maintenance"
    r"|rerere|advice|index|merge|pack|init|log|format)\..+",
    re.DOTALL,
)
# What matters only where git talks to other machines or people, or shows something.
_ELSEWHERE = re.compile(
    r"core\.(?:sshcommand|gitproxy|askpass|editor|pager)|(?:credential|http|url|remote)\..+", re.DOTALL
)
_FILTERED = frozenset({"checkout", "status"})  # the commands that put files through filters


def require_harmless(directories: tuple[Path, Path], run: Run, *, only_reads: bool = False) -> None:
    """Raise TakenError where the configuration of a repository may make git run a program.

    `directories` are those of the work tree and of the repository; `run` runs git without a repository.
    With `only_reads`, git talks to nobody.
    """
    own, common = directories
    for folder in dict.fromkeys((own, common, own / "info", common / "info", common / "objects/info")):
        if odd := _odd_file(folder):
            raise TakenError(f"{odd}: no regular file, so git is not run there")
    for file in dict.fromkeys((common / "config", own / "config", own / "config.worktree")):
        if exists(file):
            of = file.stat()
            key = _doubtful_key(
                file, (of.st_mtime_ns, of.st_ctime_ns, of.st_size, of.st_ino), run, only_reads
            )
            if key:
                raise TakenError(
                    f"{file} sets {key}, by which git may run a program, so git is not run there; "
                    "remove the setting if you know it, or move the repository away"
                )


def _odd_file(folder: Path) -> Path | None:
    """Return something in a folder that git may read without end or wait for: a pipe, a device."""
    try:
        with os.scandir(folder) as entries:
            return next((Path(entry.path) for entry in entries if _is_endless(entry)), None)
    except OSError:
        return None


def _is_endless(entry: "os.DirEntry[str]") -> bool:
    """Tell whether reading what has this name may never end; a link is what it leads to."""
    try:
        mode = entry.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISBLK(mode)


@lru_cache(maxsize=256)
def _doubtful_key(file: Path, _stamp: tuple[int, ...], run: Run, only_reads: bool) -> str:
    """Return a key of a configuration file that is not known to be harmless, "" where there is none."""
    text = text_of(file)
    if text is None:
        return "what cannot be read"
    is_empty = not text.strip()
    listed = run("config", "--file", str(file), "--no-includes", "--name-only", "--null", "--list")
    keys = [key for key in listed.split("\0") if key]
    known = (_HARMLESS, _ELSEWHERE) if only_reads else (_HARMLESS,)
    doubtful = next((key for key in keys if not any(one.fullmatch(key.lower()) for one in known)), "")
    return doubtful if keys or is_empty else "what git cannot read"


def filters_off(command: str, run: Run) -> list[str]:
    """Return the options that keep `command` from running the filters of the user's own configuration."""
    if command not in _FILTERED:
        return []
    names: dict[str, None] = {}
    listed = run("config", "--name-only", "--null", "--get-regexp", r"^filter\.")
    for key in filter(None, listed.split("\0")):
        names[key.removeprefix("filter.").rpartition(".")[0]] = None
    settings = [
        f"filter.{name}.{key}"
        for name in names
        if "=" not in name
        for key in ("smudge=", "clean=", "process=", "required=false")
    ]
    return [word for setting in settings for word in ("-c", setting)]
