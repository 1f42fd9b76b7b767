"""Write the first trace file of a folder: from a profile, or from what lies there."""

import configparser
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaintrace.errors import SourceError
from chaintrace.sources.aside import write_aside
from chaintrace.sources.config import TRACE_NAME, profile_names, profile_text, trace_file_in
from chaintrace.sources.dotgit import text_of
from chaintrace.sources.git import repository_name
from chaintrace.sources.ignore import ignore
from chaintrace.sources.origin import printable, remote_url
from chaintrace.sources.place import WORKDIR
from chaintrace.sources.roots import hinted_roots
from chaintrace.sources.scan import is_foreign_name
from chaintrace.sources.schema import SCHEMA_NAME, schema_text

_SCHEMA = f"{WORKDIR}/.{SCHEMA_NAME}"  # no source can have this name
_TESTS = ("tests", "test")
_LOOKED_AT = 5000  # folders, in search of a Python file
_DEFAULT = re.compile(r"^default\s*=.*\n", re.MULTILINE)
_SCRIPT = re.compile(r"^([\w.]+)\s*:\s*([\w.]+)")


def init(directory: Path, profile: str | None = None) -> Path:
    """Write `chaintrace.toml` into `directory`, and beside it the schema by which editors check it.

    Raises SourceError where a trace file is there already, and where there is nothing to name in it.
    """
    there = trace_file_in(directory)
    if there is not None:
        raise SourceError(f"{there}: there is a trace file already; edit it, or move it away")
    text = _DEFAULT.sub("", profile_text(profile)) if profile else draft(directory)
    file = directory / TRACE_NAME
    try:
        write_aside(file, f"#:schema ./{_SCHEMA}\n{text}", anew=True)
    except FileExistsError as error:
        raise SourceError(f"{file}: already there, and no file; move it away") from error
    write_schema(directory)
    return file


def write_schema(directory: Path) -> None:
    """Put the schema of this version where the first line of a trace file says that it is.

    Nothing is written through a link, and nothing depends on it.
    """
    file = directory / _SCHEMA
    try:
        if file.parent.is_symlink() or file.is_symlink():
            return
        file.parent.mkdir(exist_ok=True)
        write_aside(file, schema_text())
    except (OSError, SourceError):
        return
    ignore(directory, WORKDIR)


def draft(directory: Path) -> str:
    """Return the text of a trace file for what lies in `directory`: its own code, and clones below.

    Raises SourceError where there is neither.
    """
    project = _toml(directory / "pyproject.toml")
    found = _Found(project, name=_project_name(project) or directory.resolve().name)
    clones = list(_clones(directory))
    if _has_code(directory, {path for path, _ in clones}):
        _add_own(found, directory, [path.name for path, _ in clones if path.parent == directory])
    for path, url in clones:
        is_kept = path.parent.name == WORKDIR and url
        where = f"git = {_quoted(url)}" if is_kept else f"directory = {_quoted(_below(path, directory))}"
        found.add(path.name, [where], "" if is_kept else f"a clone of {url}" if url else "a repository")
    if not found.sources:
        raise SourceError(
            f"{directory}: neither Python code nor clones of repositories; "
            f"give --profile with one of {', '.join(profile_names())}, or a folder that holds code"
        )
    return found.text(_entries(directory, project))


@dataclass
class _Found:
    project: Mapping[str, Any]
    name: str
    sources: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, name: str, lines: list[str], remark: str = "") -> None:
        """Add a source under a name of its own."""
        unique, number = repository_name(name), 1
        while unique in self.names:
            number += 1
            unique = f"{repository_name(name)}-{number}"
        self.names.append(unique)
        head = f"# {remark}\n" if remark else ""
        self.sources.append("\n".join([f"{head}[[sources]]", f"name = {_quoted(unique)}", *lines, ""]))

    def text(self, entries: Mapping[str, str]) -> str:
        """Return the trace file."""
        starts = "".join(f"    {_quoted(name)},  # {why}\n" for name, why in entries.items())
        head = [
            f"name = {_quoted(self.name)}",
            f"entries = [\n{starts}]"
            if starts
            else 'entries = []  # where execution starts: "module.function"',
            'targets = []  # where chains end: "function", "Class.attribute", "*.pattern", "file.py:20"',
        ]
        return "\n".join(["\n".join(head) + "\n", *self.sources])


def _add_own(found: _Found, directory: Path, clones: list[str]) -> None:
    """Add the folder itself: its import root where there is one, else all but its tests and clones."""
    lines = ['directory = "."']
    roots = [root for root in _roots(directory) if root]
    if len(roots) == 1:
        lines.append(f"subfolder = {_quoted(roots[0])}  # without this line its tests are read too")
    else:
        tests = [name for name in _TESTS if (directory / name).is_dir()]
        lines += [
            f"exclude = [{', '.join(map(_quoted, [*tests, *(f'/{name}' for name in (WORKDIR, *clones))]))}]"
        ]
    url = remote_url(directory)
    found.add(found.name, lines, f"this folder, of {url}" if url else "this folder")


def _roots(directory: Path) -> list[str]:
    """Return the folders that hold the code that a project installs, relative to it."""
    hinted = hinted_roots((text_of(directory / "pyproject.toml") or "").encode("utf-8", "surrogateescape"))
    named = hinted or ["src"]
    inside = [root for root in named if (directory / root).resolve().is_relative_to(directory.resolve())]
    return [root for root in inside if (directory / root).is_dir() and _has_code(directory / root, set())]


def _clones(directory: Path) -> Iterator[tuple[Path, str]]:
    """Yield the repositories below `directory` and in its `workdir`, with the URL each came from, if any."""
    for place in (directory / WORKDIR, directory):
        if place.is_dir() and not place.is_symlink():
            for path in sorted(place.iterdir()):
                if path.name.startswith(".") or path.is_symlink() or printable(path.name) != path.name:
                    continue
                if (path / ".git").exists():
                    yield path, remote_url(path)


def _below(path: Path, directory: Path) -> str:
    return path.relative_to(directory).as_posix()


def _has_code(directory: Path, left_out: set[Path]) -> bool:
    """Tell whether a Python file lies below `directory`, outside of tests and of what is left out."""
    for count, (top, folders, names) in enumerate(os.walk(directory)):
        if any(name.endswith(".py") and name != "setup.py" for name in names):
            return True
        if count > _LOOKED_AT:
            return False
        skipped = {name for name in folders if is_foreign_name(name) or Path(top, name) in left_out}
        folders[:] = sorted(set(folders) - skipped - {*_TESTS, WORKDIR})
    return False


def _project_name(project: Mapping[str, Any]) -> str:
    for table in (_table(project, "project"), _table(project, "tool", "poetry")):
        if isinstance(name := table.get("name"), str) and name:
            return name
    return ""


def _entries(directory: Path, project: Mapping[str, Any]) -> dict[str, str]:
    """Return the functions that console scripts run, each with the remark that says so."""
    scripts: dict[str, object] = {}
    for keys in (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts")):
        scripts |= _table(project, *keys)
    entries: dict[str, str] = {}
    for name, value in [*scripts.items(), *_configured_scripts(directory / "setup.cfg")]:
        if isinstance(value, str) and (match := _SCRIPT.match(value.strip())):
            entries.setdefault(f"{match[1]}.{match[2]}", f"the script {json.dumps(name)[1:-1]}")
    return entries or {
        f"{file.parent.name}.__main__.<module>": f"python -m {file.parent.name}"
        for root in _roots(directory) or [""]
        for file in sorted((directory / root).glob("*/__main__.py"))
        if file.parent.name.isidentifier()
    }


def _configured_scripts(file: Path) -> list[tuple[str, str]]:
    config = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        config.read_string(text_of(file) or "")
        text = config.get("options.entry_points", "console_scripts", fallback="")
    except (ValueError, configparser.Error):
        return []
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text_of(file) or "")
    except (ValueError, RecursionError):
        return {}


def _table(value: object, *keys: str) -> dict[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _quoted(text: str) -> str:
    """Return a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
