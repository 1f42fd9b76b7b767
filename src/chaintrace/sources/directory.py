"""A source on disk: a folder, a package, or a single script."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from chaintrace.errors import SourceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.found import Found
from chaintrace.sources.origin import remote_url
from chaintrace.sources.part import WHOLE, Part
from chaintrace.sources.probe import exists
from chaintrace.sources.roots import Placement, Roots
from chaintrace.sources.scan import read_into, scan
from chaintrace.sources.source import SourceFile, blob_id, listing_hash
from chaintrace.sources.state import State, state_of


class Listing(NamedTuple):
    """Hold the files of a source, sorted by path, and what was skipped."""

    files: tuple[SourceFile, ...]
    diagnostics: tuple[Diagnostic, ...]


class Listed:
    """Be a source whose files are listed once, in `_listing`."""

    @cached_property
    def _listing(self) -> Listing:
        raise NotImplementedError

    @property
    def hash(self) -> str:
        """Return the hash of the listing."""
        return listing_hash(self.files())

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what was skipped, where and why."""
        return self._listing.diagnostics

    def files(self) -> list[SourceFile]:
        """Return the Python files, sorted by path."""
        return list(self._listing.files)


class Directory(Listed):
    """Read the Python files of a directory or of one `.py` file.

    A directory that is itself a package is rooted at its first ancestor that is none, but only the files
    below `path` are read. `origin`, `revision` and `hash` are found where they are not given: from the
    repository when `path` is the top of one. With `flat`, `path` is the only import root, as in an unpacked
    wheel. `part` restricts what is read of it.

    Raises SourceError when `path` is not there, or is a file but not a Python file.
    """

    def __init__(  # noqa: PLR0913 (all but the path are keywords)
        self,
        path: str | Path,
        *,
        name: str = "",
        origin: str = "",
        revision: str = "",
        hash: str = "",  # noqa: A002
        flat: bool = False,
        part: Part = WHOLE,
        diagnostics: Iterable[Diagnostic] = (),
    ) -> None:
        self._path = _existing(Path(path))
        self._given, self._flat, self.part = (origin, revision, hash), flat, part
        self._asked = str(path)
        self._before = tuple(diagnostics)
        self.name = name or (self._path.name if self._path.is_dir() else self._path.stem) or "root"

    @property
    def is_renamed(self) -> bool:
        """Tell whether the source is called otherwise than its folder or file."""
        return self.name not in {self._path.name, self._path.stem}

    @cached_property
    def origin(self) -> str:
        """Return the origin given, else the URL the clone was made from, else the path as it was given."""
        return self._given[0] or remote_url(self._path) or Path(self._asked).as_posix()

    @property
    def revision(self) -> str:
        """Return the revision given.

        Else it is the commit checked out, where the directory is the top of a repository: with `+dirty` where
        the files read are not those of it, with `+unchecked` where that cannot be told.
        """
        return self._given[1] or self._state.revision

    @property
    def root(self) -> str:
        """Return the absolute path of the source, the top of its parts."""
        return self._path.as_posix()

    @cached_property
    def hash(self) -> str:
        """Return the hash given, else that of the listing."""
        return self._given[2] or listing_hash(self.files())

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what was skipped, where and why."""
        if self._given[1] or not self._state.unchecked:
            return self._before + self._listing.diagnostics
        why = f"not compared with its commit ({self._state.unchecked}); its files are read as they are"
        note = Diagnostic(self.name, 0, "unchecked-clone", why)
        return (*self._before, note, *self._listing.diagnostics)

    @cached_property
    def _state(self) -> State:
        locations = (Path(file.location) for file in self.files())
        read = {at.relative_to(self._path).as_posix() for at in locations if at.is_relative_to(self._path)}
        return state_of(self._path, self.part, read)

    @cached_property
    def _listing(self) -> Listing:
        path = self.part.folder(self._path)
        container = path if path.is_dir() else path.parent
        root = container if self._flat or _is_project(container) else _import_root(container)
        prefix = container.relative_to(root).as_posix() if root != container else ""
        if path.is_dir():
            found = scan(path, prefix)
        else:
            found = Found()
            read_into(found, path, f"{prefix}/{path.name}" if prefix else path.name, container)
        above = [prefix, *(p.as_posix() for p in PurePosixPath(prefix).parents)]
        roots = Roots(found.contents, found.project_files, (p for p in above if p != "."), flat=self._flat)
        return list_files(self.name, found, roots, root, Kept(self.part, prefix))


class Kept(NamedTuple):
    """Say which files of a walk are listed: those of a part that starts at `prefix`."""

    part: Part = WHOLE
    prefix: str = ""

    def __contains__(self, path: object) -> bool:
        """Tell whether the file at `path`, relative to the import root's side of the walk, is listed."""
        text = str(path)
        return self.part.has(text.removeprefix(f"{self.prefix}/") if self.prefix else text)


def list_files(name: str, found: Found, roots: Roots, base: Path | str, kept: Kept = Kept()) -> Listing:  # noqa: B008
    """Return the listing of `found` for the source `name`.

    `base` is where the paths found start: a directory on disk, or the way to it from the top of a source that
    is none; then the files carry their content. Files that are not `kept` still say where import roots are.
    """
    placed = sorted((roots.place(path), path) for path in found.contents if path in kept)
    placed.sort(key=lambda pair: (pair[0].rank, pair[1]))
    modules: dict[str, str] = {}
    taken: set[str] = set()
    files, diagnostics = [], [one for one in found.diagnostics if not kept.part.drops(one.path, kept.prefix)]
    for placement, path in placed:
        first = modules.setdefault(placement.module, path)
        if first != path or placement.path in taken:
            message = f"module {placement.module} is already defined by {first}; this file is not read"
            diagnostics.append(Diagnostic(path, 0, "duplicate-module", message))
            continue
        taken.add(placement.path)
        files.append(_file(name, placement, path, found.contents, base))
    if not placed:
        diagnostics.append(Diagnostic(name, 0, "empty-source", "no Python file was found"))
    return Listing(tuple(sorted(files, key=lambda f: f.path)), tuple(sorted(diagnostics)))


def _file(
    name: str, placement: Placement, path: str, contents: Mapping[str, bytes], base: Path | str
) -> SourceFile:
    data = contents[path]
    on_disk = isinstance(base, Path)
    return SourceFile(
        placement.path,
        placement.module,
        placement.is_package,
        name,
        blob_id(data),
        (base / path).as_posix() if isinstance(base, Path) else "",
        None if on_disk else data,
        "" if on_disk else PurePosixPath(str(base), path).as_posix(),
    )


def _existing(path: Path) -> Path:
    try:
        found = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise SourceError(
            f"{path}: no such file or directory; give the path of a folder or a .py file"
        ) from error
    if not found.is_dir() and found.suffix != ".py":
        raise SourceError(f"{path}: not a Python file; give a folder or a .py file")
    return found


def _is_project(directory: Path) -> bool:
    """Tell whether a project starts here.

    An `__init__.py` there makes no package of it.
    """
    return any(exists(directory / name) for name in (".git", "pyproject.toml", "setup.py", "PKG-INFO"))


def _import_root(directory: Path) -> Path:
    while exists(directory / "__init__.py") and directory.parent != directory:
        directory = directory.parent
    return directory
