"""Walk a directory for Python files without ever leaving it."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.origin import printable
from chaintrace.sources.probe import exists
from chaintrace.sources.roots import PROJECT_FILES

SIZE_LIMIT = 5_000_000  # bytes of one Python file
COUNT_LIMIT = 200_000  # Python files of one source
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "venv"})
BUILT = frozenset({"build", "dist"})  # skipped unless they are packages


@dataclass(slots=True)
class Found:
    """Hold what a walk found.

    All paths are relative to the import root's side of the walk, with forward slashes.
    """

    contents: dict[str, bytes] = field(default_factory=dict)
    project_files: dict[str, bytes] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def skip(self, path: str, code: str, message: str) -> None:
        """Record that `path` was skipped."""
        self.diagnostics.append(Diagnostic(path, 0, code, message))


def scan(base: Path, prefix: str = "") -> Found:
    """Read all Python files below `base`, a resolved directory; `prefix` is put before their paths.

    Hidden directories, virtual environments, build output and, in a project, nested repositories are skipped.
    Directory links are not followed: what they name inside `base` is read where it lies.
    """
    found = Found()
    is_project = any(exists(base / name) for name in (".git", *PROJECT_FILES))
    pending = [(base, prefix)]
    while pending and len(found.contents) < COUNT_LIMIT:
        directory, path = pending.pop()
        try:
            entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
        except OSError as error:
            found.skip(path or ".", "unreadable", f"the directory cannot be read ({error.strerror}); skipped")
            continue
        names = {entry.name for entry in entries}
        if directory != base and _is_foreign(names, is_project, found, path):
            continue
        for entry in entries[: COUNT_LIMIT - len(found.contents) + 1]:
            below = f"{path}/{entry.name}" if path else entry.name
            if printable(entry.name) != entry.name:
                found.skip(printable(below), "not-utf8", "the name is not UTF-8; skipped")
            elif entry.is_dir(follow_symlinks=False):
                if _is_wanted(entry):
                    pending.append((Path(entry.path), below))
            elif entry.name.endswith(".py") or entry.name in PROJECT_FILES:
                read_into(found, Path(entry.path), below, base)
            elif entry.is_symlink():
                _note_link(Path(entry.path), below, base, found)
    _note_count(found)
    return found


def _note_count(found: Found) -> None:
    """Say so where there are more files than one source may have."""
    if len(found.contents) >= COUNT_LIMIT:
        found.skip(".", "too-many", f"{COUNT_LIMIT} files or more; further ones are skipped")


def _is_foreign(names: set[str], is_project: bool, found: Found, path: str) -> bool:
    """Tell whether a directory with these entries is a virtual environment or another repository."""
    if is_project and ".git" in names:
        found.skip(path, "nested-repository", "a repository of its own; name it as a source to read it")
        return True
    return "pyvenv.cfg" in names


def is_foreign_name(name: str) -> bool:
    """Tell whether a directory of this name never holds code of the project it lies in."""
    return name.startswith(".") or name in _SKIPPED or name.endswith("-stubs")


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    if is_foreign_name(entry.name):
        return False
    return entry.name not in BUILT or Path(entry.path, "__init__.py").exists()


def _note_link(link: Path, path: str, base: Path, found: Found) -> None:
    """Say so when a directory link leads out of `base`."""
    try:
        if link.is_dir() and not link.resolve().is_relative_to(base):
            found.skip(path, "outside-root", "the link leads out of the source; not followed")
    except (OSError, RuntimeError):
        found.skip(path, "unreadable", "the link leads nowhere; skipped")


def read_into(found: Found, file: Path, path: str, base: Path) -> None:
    """Read `file` into `found` as `path`, or record why not.

    A link out of `base`, a file that is too large, and what is no regular file are skipped.
    """
    try:
        if file.is_symlink() and not file.resolve(strict=True).is_relative_to(base):
            found.skip(path, "outside-root", "the link leads out of the source; not followed")
            return
        info = file.stat()
        if not stat.S_ISREG(info.st_mode):
            if not (file.is_symlink() and file.is_dir()):
                found.skip(path, "unreadable", "not a regular file; skipped")
        elif info.st_size > SIZE_LIMIT:
            found.skip(path, "too-large", f"{info.st_size} bytes, the limit is {SIZE_LIMIT}; skipped")
        elif file.name.endswith(".py"):
            found.contents[path] = file.read_bytes()
        if file.name in PROJECT_FILES and stat.S_ISREG(info.st_mode) and info.st_size <= SIZE_LIMIT:
            found.project_files[path] = found.contents.get(path) or file.read_bytes()
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        found.skip(path, "unreadable", f"cannot be read ({reason}); skipped")
