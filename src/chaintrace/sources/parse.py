"""Turn what a user writes for a source into the source."""

from collections.abc import Sequence
from pathlib import Path

from chaintrace.errors import SourceError
from chaintrace.sources.directory import Directory
from chaintrace.sources.git import Git
from chaintrace.sources.gitcommand import is_git_url
from chaintrace.sources.origin import without_credentials
from chaintrace.sources.package import PyPI, is_release
from chaintrace.sources.probe import exists
from chaintrace.sources.source import Source

FORMS = "a directory, a .py file, a git URL or path with an optional @revision, or pypi:NAME==VERSION"


def parse_source(text: str, workdir: str | Path = "workdir") -> Source:
    """Return the source `text` names; nothing is fetched yet.

    `text` is a directory or `.py` file, a git URL or repository path with an optional `@revision` (cloned
    into `workdir`), or a release `pypi:NAME==VERSION`, where `pypi:` may be left out.

    Raises SourceError when it is none of these.
    """
    path = Path(text).expanduser()
    if text and not text.startswith("pypi:") and (exists(path) or path.is_symlink()):
        return Git(str(path), workdir=workdir) if is_bare(path) else Directory(path)
    if is_release(text):
        return PyPI(text)
    if text.startswith("pypi:"):
        raise SourceError(f"{text}: not a release; write pypi:NAME==VERSION")
    url, revision = split_revision(text.removeprefix("git+"))
    local = Path(url).expanduser()
    if revision and (exists(local / ".git") or is_bare(local)):
        return Git(str(local), revision, workdir=workdir)
    if is_git_url(url):
        return Git(url, revision, workdir=workdir)
    raise SourceError(f"{without_credentials(text)!r}: no such source; give {FORMS}")


def split_revision(text: str) -> tuple[str, str]:
    """Split `URL@REVISION`.

    An `@` in the host part is no revision's. Return the URL and "" where there is none.
    """
    if "://" in text:
        start = text.find("/", text.index("://") + 3)
    elif is_git_url(text):
        start = text.index(":")
    else:
        start = 0
    at = text.rfind("@")
    return (text[:at], text[at + 1 :]) if start >= 0 and at > start else (text, "")


def split_named(words: Sequence[str]) -> dict[str, str]:
    """Return the revisions in words `NAME=REV`; raise SourceError for another form or a name given twice."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, revision = word.partition("=")
        if not (name and equals and revision) or revision.startswith("="):
            raise SourceError(f"--rev {word}: write NAME=REV, with the name of a source")
        if found.setdefault(name, revision) != revision:
            raise SourceError(f"--rev {name}: given twice; read one revision of a source at a time")
    return found


def is_bare(path: Path) -> bool:
    """Tell whether `path` is a bare repository, which has to be cloned to be read."""
    return all(exists(path / name) for name in ("HEAD", "objects", "refs"))
