"""Trace files: which sources to read, where execution starts, what to look for."""

import tomllib
from importlib.resources import files
from pathlib import Path

import msgspec

from chaintrace.errors import SourceError
from chaintrace.sources.checks import check_trace
from chaintrace.sources.dotgit import text_of
from chaintrace.sources.spec import LinkSpec, SourceSpec, TraceTable
from chaintrace.sources.tomllines import Keys, line_of, mistake_in, not_toml

TRACE_NAME = "chaintrace.toml"
_PROJECT = "pyproject.toml"
_TABLE: Keys = ("tool", "chaintrace")
_KNOWN: dict[Keys, tuple[str, ...]] = {
    (): TraceTable.__struct_fields__[:-1],
    ("sources",): SourceSpec.__struct_fields__,
    ("links",): LinkSpec.__struct_fields__,
}  # all but `default`


class TraceFile(TraceTable, frozen=True, forbid_unknown_fields=True):
    """Hold a trace: what a trace file says, and where it lies.

    `place` is the directory that all relative paths start from and `file` the file itself; a built-in profile
    has neither.
    """

    place: str = ""
    file: str = ""

    def locate(self, *keys: str | int) -> str:
        """Return `FILE:LINE` of what `keys` lead to in the file, the name of the trace without one."""
        if not self.file:
            return self.name
        try:
            text = Path(self.file).read_text(encoding="utf-8-sig")
            return f"{self.file}:{line_of(text, (*_prefix(self.file), *keys))}"
        except (OSError, ValueError, IndexError):  # changed since it was read
            return self.file

    @property
    def model_files(self) -> list[Path]:
        """Return the tables of library models, which may not be there."""
        return [Path(self.place, model) for model in self.models]


def find_trace_file(start: Path) -> Path | None:
    """Return the nearest trace file from `start` upward.

    `chaintrace.toml`, or a pyproject.toml with its table.
    """
    places = (start.resolve(), *start.resolve().parents)
    return next((file for directory in places if (file := trace_file_in(directory))), None)


def trace_file_in(directory: Path) -> Path | None:
    """Return the trace file that lies in `directory` itself."""
    if (directory / TRACE_NAME).is_file():
        return directory / TRACE_NAME
    project = directory / _PROJECT
    return project if project.is_file() and _has_table(project) else None


def read_trace_file(path: Path) -> TraceFile:
    """Read `chaintrace.toml`, or `[tool.chaintrace]` of a pyproject.toml.

    Raises SourceError naming the file, the line and the key that is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'})"
        ) from error
    return _parse(text, path)


def profile_names() -> list[str]:
    """Return the names of the built-in profiles, sorted."""
    folder = files("chaintrace").joinpath("profiles")
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def profile_text(name: str) -> str:
    """Return the file of the built-in profile `name`.

    Raises SourceError, naming those there are, when there is no such profile.
    """
    names = profile_names()
    if name not in names:
        raise SourceError(f"{name}: no such profile; there is {', '.join(names)}")
    return files("chaintrace").joinpath("profiles", f"{name}.toml").read_text(encoding="utf-8")


def read_profile(name: str | None = None) -> TraceFile:
    """Return the built-in profile `name`, or the default one.

    Raises SourceError, naming those there are, when there is no such profile.
    """
    profiles = [
        _parse(profile_text(each), None, f"profile {each}") for each in ([name] if name else profile_names())
    ]
    return next((profile for profile in profiles if profile.default), profiles[0])


def _has_table(project: Path) -> bool:
    try:
        text = (text_of(project) or "").removeprefix("\ufeff")
        return "chaintrace" in tomllib.loads(text).get("tool", {})
    except (ValueError, AttributeError, RecursionError):
        return False  # not ours to complain about: no trace file, then


def _prefix(file: str | Path) -> Keys:
    """Return the keys that lead to the table of the trace in a file."""
    return _TABLE if Path(file).name == _PROJECT else ()


def _parse(text: str, file: Path | None, where: str = "") -> TraceFile:
    """Read the text of `file`, or of the profile that `where` names."""
    name, prefix = str(file or where), _prefix(file or "")

    def at(keys: Keys, message: str) -> SourceError:
        return SourceError(f"{name}:{line_of(text, (*prefix, *keys))}: {message}")

    try:
        table: object = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SourceError(not_toml(name, str(error))) from error
    for key in prefix:
        table = table.get(str(key)) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        raise SourceError(f"{name}: there is no table [tool.chaintrace]")
    try:
        told = msgspec.convert(table, type=TraceTable)
    except msgspec.ValidationError as error:
        raise at(*mistake_in(str(error), _KNOWN)) from error
    for keys, message in check_trace(told, is_profile=file is None):
        raise at(keys, message)
    place = file.resolve().parent if file else None
    values = msgspec.structs.asdict(told) | {"name": told.name or (place.name if place else "")}
    return TraceFile(**values, place=place.as_posix() if place else "", file=str(file or ""))
