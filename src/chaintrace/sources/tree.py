"""The files of a commit: what is read of them, as `scan` chooses it in a directory."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from posixpath import join, normpath
from typing import NamedTuple

from chaintrace.errors import SourceError
from chaintrace.sources.archive import ENTRY_LIMIT, KEPT_LIMIT
from chaintrace.sources.roots import PROJECT_FILES
from chaintrace.sources.scan import BUILT, SIZE_LIMIT, Found, is_foreign_name

_LINK, _REPOSITORY = "120000", "160000"
_PROJECTS = ("pyproject.toml", "setup.py", "PKG-INFO")


class Entry(NamedTuple):
    """Hold one file of a commit: its mode, the name of its blob, and its size."""

    mode: str
    digest: str
    size: int


Blobs = Callable[[Iterable[Entry]], Mapping[str, bytes]]


class Tree:
    """Hold the files of a commit, as `git ls-tree -r -z -l --full-tree` lists them.

    What is read lies below `folder`; `root` is the import root it belongs to, as in a directory, and `prefix`
    the way from there to `folder`.

    Raises SourceError where there is no such folder, and past a limit.
    """

    def __init__(self, listing: bytes, folder: str = "") -> None:
        self._found = Found()
        self._entries: dict[str, Entry] = {}
        for line in listing.split(b"\0"):
            self._add(line)
        if len(self._entries) > ENTRY_LIMIT:
            raise SourceError(f"more than {ENTRY_LIMIT} files; refused")
        self._folder = "" if normpath(folder or ".") == "." else normpath(folder)
        self._folders: dict[str, bool] = {self._folder: True}  # whether what is in them is read
        if self._folder and not any(path.startswith(f"{self._folder}/") for path in self._entries):
            raise SourceError(f"there is no folder {folder!r}")
        self.root = self._import_root()
        self.prefix = self._below(self._folder)

    @property
    def packages_above(self) -> list[str]:
        """Return the folders from `prefix` up to the import root, which are packages."""
        return [path for path in _chain(self.prefix) if path]

    def found(self, blobs: Blobs) -> Found:
        """Read the Python files and what tells where import roots are; `blobs` gives contents."""
        inside = {path: entry for path, entry in sorted(self._entries.items()) if self._is_read(path)}
        for path, entry in inside.items():
            if entry.mode == _REPOSITORY:
                self._skip(
                    path, "nested-repository", "a repository of its own; name it as a source to read it"
                )
        named = {
            path: entry for path, entry in inside.items() if _is_wanted(path) and entry.mode != _REPOSITORY
        }
        links = {path: entry for path, entry in named.items() if entry.mode == _LINK}
        targets = blobs(links.values())
        for path, entry in links.items():
            named.pop(path)
            real = self._real(path, targets.get(entry.digest, b""))
            if real is not None:
                named[path] = real
        kept = self._limited(dict(sorted(named.items())))
        contents = blobs(kept.values())
        for path, entry in kept.items():
            self._put(path, contents.get(entry.digest))
        return self._found

    def _add(self, line: bytes) -> None:
        head, tab, name = line.partition(b"\t")
        if not tab:
            return
        mode, _, digest, size = head.decode("ascii").split()
        try:
            self._entries[name.decode("utf-8")] = Entry(mode, digest, int(size) if size.isdigit() else 0)
        except UnicodeDecodeError:
            self._found.skip(
                name.decode("utf-8", "backslashreplace"), "not-utf8", "the name is not UTF-8; skipped"
            )

    def _put(self, path: str, data: bytes | None) -> None:
        if data is None:
            self._skip(path, "unreadable", "the repository does not have its content; skipped")
            return
        if path.endswith(".py"):
            self._found.contents[self._below(path)] = data
        if PurePosixPath(path).name in PROJECT_FILES:
            self._found.project_files[self._below(path)] = data

    def _limited(self, entries: Mapping[str, Entry]) -> dict[str, Entry]:
        """Leave out what is too large, and what comes when all of it is."""
        kept, total = {}, 0
        for path, entry in entries.items():
            limit = SIZE_LIMIT if entry.size > SIZE_LIMIT else KEPT_LIMIT
            if entry.size > SIZE_LIMIT or total + entry.size > KEPT_LIMIT:
                self._skip(path, "too-large", f"{entry.size} bytes, the limit is {limit}; skipped")
                continue
            total += entry.size
            kept[path] = entry
        return kept

    def _real(self, path: str, target: bytes) -> Entry | None:
        """Return the file that a link leads to, None where it leads out or nowhere."""
        text = target.decode("utf-8", "replace")
        real = normpath(join(PurePosixPath(path).parent.as_posix(), text))
        inside = f"{self._folder}/" if self._folder else ""
        if text.startswith("/") or real.startswith("../") or not real.startswith(inside):
            self._skip(path, "outside-root", "the link leads out of the source; not followed")
            return None
        entry = self._entries.get(real)
        if entry is None or not entry.mode.startswith("100"):
            self._skip(path, "unreadable", "the link leads to no file; skipped")
            return None
        return entry

    def _is_read(self, path: str) -> bool:
        if self._folder and not path.startswith(f"{self._folder}/"):
            return False
        return self._is_entered(path.rpartition("/")[0])

    def _is_entered(self, folder: str) -> bool:
        """Tell whether the walk of a directory would come to what lies in `folder`."""
        if folder not in self._folders:
            above, _, name = folder.rpartition("/")
            self._folders[folder] = (
                self._is_entered(above)
                and not is_foreign_name(name)
                and (name not in BUILT or f"{folder}/__init__.py" in self._entries)
                and f"{folder}/pyvenv.cfg" not in self._entries
            )
        return self._folders[folder]

    def _import_root(self) -> str:
        folder = self._folder
        if any(f"{folder}/{name}" in self._entries for name in _PROJECTS):
            return folder
        while folder and f"{folder}/__init__.py" in self._entries:
            folder = folder.rpartition("/")[0]
        return folder

    def _below(self, path: str) -> str:
        return path[len(self.root) + 1 :] if self.root else path

    def _skip(self, path: str, code: str, message: str) -> None:
        self._found.skip(self._below(path), code, message)


def _is_wanted(path: str) -> bool:
    return path.endswith(".py") or PurePosixPath(path).name in PROJECT_FILES


def _chain(path: str) -> list[str]:
    return (
        [path, *(parent.as_posix() for parent in PurePosixPath(path).parents if parent.name)] if path else []
    )
