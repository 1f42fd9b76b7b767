"""The files of a commit: what is read of them, as `scan` chooses it in a directory."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import normpath
from typing import NamedTuple

from chaintrace.errors import SourceError
from chaintrace.sources.found import Found
from chaintrace.sources.links import Links
from chaintrace.sources.scan import BUILT, is_foreign_name, is_read

LISTED_LIMIT = 2_000_000  # entries of a listing
LISTED_BYTES = 400_000_000
_LINK, _REPOSITORY = "120000", "160000"
_PROJECTS = ("pyproject.toml", "setup.py", "PKG-INFO")
_MARKS = frozenset({*_PROJECTS, "pyvenv.cfg"})


class Entry(NamedTuple):
    """Hold one file of a commit: its mode, the name of its blob, and its size."""

    mode: str
    digest: str
    size: int


Lines = Callable[[], Iterable[bytes]]
Blobs = Callable[[Iterable[Entry]], Mapping[str, bytes]]


class Tree:
    """Hold the files of a commit.

    `listing` gives the lines of `git ls-tree -r -z -l --full-tree`, as often as it is asked. What is read
    lies below `folder`; `root` is the import root it belongs to, as in a directory, and `prefix` the way from
    there to `folder`.

    Raises SourceError where there is no such folder, and past a limit.
    """

    def __init__(self, listing: Lines, folder: str = "") -> None:
        self._found = Found()
        self._listing = listing
        self._folder = "" if normpath(folder or ".") == "." else normpath(folder)
        self._folders: dict[str, bool] = {self._folder: True}  # whether what is in them is read
        self._entries: dict[str, Entry] = {}
        self._odd: dict[bytes, None] = {}  # names that are not UTF-8
        is_there = not self._folder
        for path, entry in self._lines():
            is_there = is_there or path.startswith(f"{self._folder}/")
            name = path.rpartition("/")[2]
            if entry.mode in {_LINK, _REPOSITORY} or name in _MARKS or is_read(name):
                self._entries[path] = entry
        if not is_there:
            raise SourceError(f"there is no folder {folder!r}")
        self.root = self._import_root()
        self.prefix = self._below(self._folder)

    @property
    def packages_above(self) -> list[str]:
        """Return the folders from `prefix` up to the import root, which are packages."""
        return [path for path in _chain(self.prefix) if path]

    def found(self, blobs: Blobs) -> Found:
        """Read the Python files and what tells where import roots are; `blobs` gives contents."""
        for name in self._odd:
            self._skip_odd(name)
        inside = {path: entry for path, entry in self._entries.items() if self._is_entered(_parent(path))}
        named = {path: entry for path, entry in inside.items() if is_read(path.rpartition("/")[2])}
        links = [path for path, entry in named.items() if entry.mode == _LINK]
        named |= self._followed(links, blobs) if links else {}
        kept = {}
        for path, entry in sorted({**inside, **named}.items()):
            if entry.mode == _REPOSITORY:
                message = "a repository of its own; name it as a source to read it"
                self._skip(path, "nested-repository", message)
            elif path in named and entry.mode != _LINK and self._found.admit(self._below(path), entry.size):
                kept[path] = entry
        contents = blobs(kept.values())
        for path, entry in kept.items():
            if entry.digest in contents:
                self._found.put(self._below(path), contents[entry.digest])
            else:
                self._skip(path, "unreadable", "the repository does not have its content; skipped")
        return self._found

    def _lines(self) -> Iterator[tuple[str, Entry]]:
        """Yield the paths and entries of the listing; a path that is not UTF-8 is put aside."""
        size = 0
        for count, line in enumerate(self._listing()):
            size += len(line)
            if count >= LISTED_LIMIT or size > LISTED_BYTES:
                raise SourceError(f"more than {LISTED_LIMIT} files, or names too long; refused")
            head, _, name = line.partition(b"\t")
            mode, _, digest, length = head.decode("ascii").split()
            try:
                yield name.decode("utf-8"), Entry(mode, digest, int(length) if length.isdigit() else 0)
            except UnicodeDecodeError:
                self._odd[_odd_part(name)] = None

    def _skip_odd(self, name: bytes) -> None:
        """Say that the file or folder of a name that is not UTF-8 is not read, where its folder is."""
        above = name.rpartition(b"/")[0].decode("utf-8")
        if self._is_entered(above):
            path = name.decode("utf-8", "backslashreplace")
            self._skip(path, "not-utf8", "the name is not UTF-8; skipped")

    def _followed(self, paths: list[str], blobs: Blobs) -> dict[str, Entry]:
        """Return the files that links lead to, by the paths of the links."""
        links = {path: entry for path, entry in self._entries.items() if entry.mode == _LINK}
        follow = Links({path: (entry.digest, entry.size) for path, entry in links.items()})
        follow.read(blobs(links[path] for path in follow.short))
        reals = {path: follow.real(path) for path in paths}
        inside = f"{self._folder}/" if self._folder else ""
        wanted = {real for real in reals.values() if real is not None and real.startswith(inside)}
        files: dict[str, Entry] = {}
        folders: set[str] = set()
        for path, entry in self._lines():
            if path in wanted:
                files[path] = entry
            folders.update(above for above in _chain(_parent(path)) if above in wanted)
        followed = {}
        for path, real in reals.items():
            if real is not None and real in files and files[real].mode not in {_LINK, _REPOSITORY}:
                followed[path] = files[real]
            elif real is None or real not in wanted:
                self._skip(path, "outside-root", "the link leads out of the source; not followed")
            elif real not in folders:
                self._skip(path, "unreadable", "the link leads to no file; skipped")
        return followed

    def _is_entered(self, folder: str) -> bool:
        """Tell whether the walk of a directory would come to what lies in `folder`."""
        if folder not in self._folders:
            above, _, name = folder.rpartition("/")
            self._folders[folder] = bool(folder) and (
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
            folder = _parent(folder)
        return folder

    def _below(self, path: str) -> str:
        return path[len(self.root) + 1 :] if self.root else path

    def _skip(self, path: str, code: str, message: str) -> None:
        self._found.skip(self._below(path), code, message)


def _odd_part(name: bytes) -> bytes:
    """Return a path up to its first part that is not UTF-8."""
    parts = name.split(b"/")
    for count in range(1, len(parts)):
        try:
            parts[count - 1].decode("utf-8")
        except UnicodeDecodeError:
            return b"/".join(parts[:count])
    return name


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _chain(path: str) -> list[str]:
    return (
        [path, *(parent.as_posix() for parent in PurePosixPath(path).parents if parent.name)] if path else []
    )
