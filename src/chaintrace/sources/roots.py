"""Find the import root of every Python file below a directory.

The layout decides, and where it is ambiguous, what the code imports.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
_CONVENTIONAL = ("lib", "python", "src")
_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+([A-Za-z_][\w.]*)", re.MULTILINE)


class Placement(NamedTuple):
    """Place one file.

    Its import root (relative to the directory read, "" for itself), path, module, and rank.

    Of two files that define one module, the one of the lower `rank` is the one an import finds.
    """

    root: str
    path: str
    module: str
    is_package: bool
    rank: tuple[int, int, int, str]


def module_name(path: str) -> str:
    """Return the dotted module name of `path`, a `.py` file relative to its import root."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def hinted_roots(pyproject: bytes) -> list[str]:
    """Return the import roots a `pyproject.toml` declares, relative to it.

    Nothing for a file that cannot be read.
    """
    try:
        tool = tomllib.loads(pyproject.decode()).get("tool", {})
    except (ValueError, RecursionError):
        return []
    setuptools, hatch = _table(tool, "setuptools"), _table(tool, "hatch", "build", "targets", "wheel")
    found: list[object] = list(_items(_table(setuptools, "packages", "find").get("where")))
    found += _table(setuptools, "package-dir").values() if "" in _table(setuptools, "package-dir") else []
    found += [str(PurePosixPath(p).parent) for p in _items(hatch.get("packages")) if isinstance(p, str)]
    found += _items(hatch.get("sources"))
    found += [p.get("from") for p in _items(_table(tool, "poetry").get("packages")) if isinstance(p, dict)]
    clean = {_normal(root) for root in found if isinstance(root, str)}
    return sorted(root for root in clean if not root.startswith(("..", "/")))


def _table(value: object, *keys: str) -> dict[str, object]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _normal(path: str) -> str:
    text = PurePosixPath(path.replace("\\", "/")).as_posix()
    return "" if text == "." else text


def _join(base: str, tail: str) -> str:
    return f"{base}/{tail}" if base and tail else base or tail


def _parent(directory: str) -> str:
    return directory.rpartition("/")[0]


def _chain(directory: str) -> list[str]:
    """Return the directories from "" down to `directory`, both included."""
    parts = directory.split("/") if directory else []
    return ["/".join(parts[:count]) for count in range(len(parts) + 1)]


class Roots:
    """Assign import roots below one directory.

    `contents` maps each `.py` path (relative to the directory, forward slashes) to its bytes; `project_files`
    maps the paths of `pyproject.toml`, `setup.cfg` and `setup.py` to theirs; `packages` names directories
    that are packages although their `__init__.py` is not among `contents`. With `flat`, the directory is the
    only root, as in an unpacked wheel.
    """

    def __init__(
        self,
        contents: Mapping[str, bytes],
        project_files: Mapping[str, bytes] | None = None,
        packages: Iterable[str] = (),
        *,
        flat: bool = False,
    ) -> None:
        self._contents = contents
        self._flat = flat
        inits = (_parent(path) for path in contents if path.rpartition("/")[2] == "__init__.py")
        self._packages = {directory for directory in (*inits, *packages) if directory}
        projects = {} if flat else project_files or {}
        self._projects = {_parent(path) for path in projects} - self._packages | {""}
        self._hinted = {
            _join(_parent(path), root)
            for path, data in projects.items()
            if path.rpartition("/")[2] == "pyproject.toml"
            for root in hinted_roots(data)
        } - self._packages
        self._loose = {""} | self._hinted | {name for name in _CONVENTIONAL if self._is_conventional(name)}
        self._known: dict[str, str] = {}

    def place(self, path: str) -> Placement:
        """Return the placement of `path`, one of the keys of `contents`."""
        directory = _parent(path)
        if directory not in self._known:
            self._known[directory] = "" if self._flat else self._root_of(directory)
        root = self._known[directory]
        below = path[len(root) + 1 :] if root else path
        is_package = path.endswith("/__init__.py")
        strong = root in self._projects or root in self._loose
        loose = not is_package and directory not in self._packages
        rank = (0 if strong else 1, 2 if loose else 0 if is_package else 1, len(root), root)
        return Placement(root, below, module_name(below), is_package, rank)

    def _root_of(self, directory: str) -> str:
        chain = _chain(directory)
        anchor = max((d for d in chain if d in self._projects or d in self._loose), key=len)
        below = [d for d in chain if len(d) > len(anchor) or d == anchor == directory]
        topmost = next((d for d in below if d in self._packages), None)
        if topmost is None:
            return max((d for d in chain if d in self._loose), key=len)
        return self._package_root(topmost, anchor)

    def _package_root(self, topmost: str, anchor: str) -> str:
        """Return the directory above `topmost`.

        Where the code imports the package by a longer name, the root lies further up.
        """
        above = [d for d in _chain(_parent(topmost)) if len(d) >= len(anchor)]
        if len(above) == 1:
            return anchor
        nearest_first = above[::-1]
        return max(nearest_first, key=lambda d: self._imported[_dotted(topmost, d)])

    def _is_conventional(self, name: str) -> bool:
        """Tell whether `src` (or the like) is an import root: it holds code, and nobody imports `src.x`."""
        if self._flat or name in self._packages:
            return False
        if name in self._projects:
            return True
        holds = any(_parent(package) == name for package in self._packages)
        if not holds and not any(_parent(path) == name for path in self._contents):
            return False
        return not self._imported[name]

    @cached_property
    def _imported(self) -> Counter[str]:
        """Count the import statements of all files by each dotted prefix of what they import."""
        whole: Counter[bytes] = Counter()
        for data in self._contents.values():
            whole.update(_IMPORT.findall(data))
        counts: Counter[str] = Counter()
        for name, count in whole.items():
            parts = name.decode("ascii").split(".")
            for length in range(1, len(parts) + 1):
                counts[".".join(parts[:length])] += count
        return counts


def _dotted(directory: str, root: str) -> str:
    return (directory[len(root) + 1 :] if root else directory).replace("/", ".")
