"""Walk a directory for Python files without ever leaving it."""

import os
import stat
from pathlib import Path

from chaintrace.sources.found import Found
from chaintrace.sources.origin import printable
from chaintrace.sources.probe import exists
from chaintrace.sources.roots import PROJECT_FILES

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "venv"})
BUILT = frozenset({"build", "dist"})  # skipped unless they are packages


def scan(base: Path, prefix: str = "") -> Found:
    """Read all Python files below `base`, a resolved directory; `prefix` is put before their paths.

    Hidden directories, virtual environments, build output and, in a project, nested repositories are skipped.
    Directory links are not followed: what they name inside `base` is read where it lies.
    """
    found = Found()
    for path, file in sorted(_walk(found, base, prefix).items()):
        read_into(found, file, path, base)
    return found


def _walk(found: Found, base: Path, prefix: str) -> dict[str, Path]:
    """Return the files to read by their paths."""
    files: dict[str, Path] = {}
    is_project = any(exists(base / name) for name in (".git", *PROJECT_FILES))
    pending = [(base, prefix)]
    while pending:
        directory, path = pending.pop()
        try:
            entries = list(os.scandir(directory))
        except OSError as error:
            found.skip(path or ".", "unreadable", f"the directory cannot be read ({error.strerror}); skipped")
            continue
        names = {entry.name for entry in entries}
        if directory != base and _is_foreign(names, is_project, found, path):
            continue
        for entry in entries:
            below = f"{path}/{entry.name}" if path else entry.name
            if printable(entry.name) != entry.name:
                found.skip(printable(below), "not-utf8", "the name is not UTF-8; skipped")
            elif entry.is_dir(follow_symlinks=False):
                if _is_wanted(entry):
                    pending.append((Path(entry.path), below))
            elif is_read(entry.name):
                files[below] = Path(entry.path)
            elif entry.is_symlink():
                _note_link(Path(entry.path), below, base, found)
    return files


def is_read(name: str) -> bool:
    """Tell whether a file of this name is read."""
    return name.endswith(".py") or name in PROJECT_FILES


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

    A link out of `base`, what is no regular file, and what is past a limit are skipped.
    """
    try:
        if file.is_symlink() and not file.resolve().is_relative_to(base):
            found.skip(path, "outside-root", "the link leads out of the source; not followed")
            return
        info = file.stat()
        if not stat.S_ISREG(info.st_mode):
            if not (file.is_symlink() and file.is_dir()):
                found.skip(path, "unreadable", "not a regular file; skipped")
        elif found.admit(path, info.st_size):
            found.put(path, file.read_bytes())
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        found.skip(path, "unreadable", f"cannot be read ({reason}); skipped")
