"""Which part of a source is read: a folder in it, and the files that its globs keep."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import normpath

from chaintrace.errors import SourceError


@dataclass(frozen=True, slots=True)
class Part:
    """Name a part of a source.

    `subfolder` is a folder below its top. `include` and `exclude` are globs over paths from there: `*` stays
    within a name, `**` crosses folders, a pattern without a slash matches a name at any depth, and what
    matches a folder matches all below it. Without `include` everything is kept that `exclude` does not match.
    """

    subfolder: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """Tell whether the file `path`, from the subfolder on, is read."""
        return (not self.include or _any(self.include, path)) and not _any(self.exclude, path)

    def covers(self, path: str) -> bool:
        """Tell whether the file `path`, from the top on, is read."""
        folder = normpath(self.subfolder.replace("\\", "/")) if self.subfolder else "."
        inside = "" if folder == "." else f"{folder}/"
        return path.startswith(inside) and self.has(path.removeprefix(inside))

    def drops(self, path: str, prefix: str = "") -> bool:
        """Tell whether what is said of `path` is of no interest, since `exclude` matches it."""
        return _any(self.exclude, path.removeprefix(f"{prefix}/") if prefix else path)

    def folder(self, top: Path) -> Path:
        """Return the subfolder of `top`, which may not lead out of it.

        Raises SourceError where it is not there, or a link leads elsewhere.
        """
        if not self.subfolder:
            return top
        try:
            found = (top / self.subfolder).resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise SourceError(f"{top}: has no folder {self.subfolder!r}") from error
        if not found.is_relative_to(top.resolve()) or not found.is_dir():
            raise SourceError(f"{top}: {self.subfolder!r} is no folder inside of it")
        return found


WHOLE = Part()


def is_inside(path: str) -> bool:
    """Tell whether `path`, as a user wrote it, is relative and stays where it starts."""
    parts = path.replace("\\", "/").split("/")
    return bool(path) and parts[0] != "" and ".." not in parts and ":" not in path


def _any(globs: Sequence[str], path: str) -> bool:
    return any(_pattern(glob).fullmatch(path) for glob in globs)


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    """Return the expression a glob stands for; it also matches all below what the glob matches."""
    text = re.sub(r"(?:\*\*/)+", "**/", glob.removeprefix("./").rstrip("/"))
    if "/" not in text:
        text = f"**/{text}"
    wild = {"**/": "(?:[^/]+/)*", "/**": "/.+", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    words = re.split(r"(^/?\*\*/|(?<=/)\*\*/|/\*\*$|\*\*|\*|\?)", text.removeprefix("/"))
    return re.compile("".join(wild.get(word, re.escape(word)) for word in words) + "(?:/.*)?", re.DOTALL)
