"""Trace files: which sources to read, where execution starts, what to look for."""

import tomllib
from importlib.resources import files
from pathlib import Path

import msgspec

from chaintrace.errors import SourceError

TRACE_NAME = "chaintrace.toml"


class SourceSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name one source.

    Exactly one of `git` (a URL), `pypi` (`name==version`) and `directory` (relative to the file).

    `revision` goes with `git`; `fallback` is the release to read where the repository cannot be reached.
    """

    name: str
    git: str = ""
    revision: str = ""
    pypi: str = ""
    directory: str = ""
    fallback: str = ""


class TraceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold a trace.

    Sources, entry points and targets (symbol patterns), expected waypoints, assumptions (conditions taken
    for granted), models.

    `models` are paths of library model files and `place` the directory all relative paths start from; a
    built-in profile has no `place`. `default` marks the profile used where nothing else is named.
    """

    name: str
    sources: tuple[SourceSpec, ...] = ()
    entries: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    waypoints: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    place: str = ""
    default: bool = False

    @property
    def without_effect(self) -> tuple[str, ...]:
        """Return the settings given that nothing heeds yet."""
        return tuple(word for word in ("models",) if getattr(self, word))


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
    project = directory / "pyproject.toml"
    return project if project.is_file() and _has_table(project) else None


def read_trace_file(path: Path) -> TraceFile:
    """Read `chaintrace.toml`, or `[tool.chaintrace]` of a pyproject.toml.

    Raises SourceError naming the file and the key that is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'})"
        ) from error
    return _parse(text, str(path), place=path.resolve().parent, is_project=path.name == "pyproject.toml")


def profile_names() -> list[str]:
    """Return the names of the built-in profiles, sorted."""
    folder = files("chaintrace").joinpath("profiles")
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def read_profile(name: str | None = None) -> TraceFile:
    """Return the built-in profile `name`, or the default one.

    Raises SourceError, naming those there are, when there is no such profile.
    """
    names = profile_names()
    if name is not None and name not in names:
        raise SourceError(f"{name}: no such profile; there is {', '.join(names)}")
    folder = files("chaintrace").joinpath("profiles")
    profiles = [
        _parse(folder.joinpath(f"{each}.toml").read_text(encoding="utf-8"), f"profile {each}", place=None)
        for each in ([name] if name else names)
    ]
    return next((profile for profile in profiles if profile.default), profiles[0])


def _has_table(project: Path) -> bool:
    try:
        return "chaintrace" in tomllib.loads(project.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError, AttributeError):
        return False  # not ours to complain about: no trace file, then


def _parse(text: str, where: str, *, place: Path | None, is_project: bool = False) -> TraceFile:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{where}: not TOML ({error})") from error
    if is_project:
        table = table.get("tool", {}).get("chaintrace")
    if not isinstance(table, dict):
        raise SourceError(f"{where}: there is no table [tool.chaintrace]")
    values = {"name": place.name if place else ""} | table | {"place": place.as_posix() if place else ""}
    try:
        trace = msgspec.convert(values, type=TraceFile)
    except msgspec.ValidationError as error:
        raise SourceError(f"{where}: {str(error).replace('`$.', '`').replace(' - at', ', at')}") from error
    _check_sources(trace, where)
    return trace


def _check_sources(trace: TraceFile, where: str) -> None:
    seen: set[str] = set()
    for number, spec in enumerate(trace.sources):
        key = f"{where}: sources[{number}]"
        if sum(map(bool, (spec.git, spec.pypi, spec.directory))) != 1:
            raise SourceError(f"{key}: give exactly one of `git`, `pypi` and `directory`")
        if spec.revision and not spec.git:
            raise SourceError(f"{key}: `revision` goes with `git` only")
        if not spec.name or spec.name in seen or set(spec.name) & set("/\\:\0") or spec.name.startswith("."):
            raise SourceError(
                f"{key}: `name` must be unique and fit to be a directory name, not {spec.name!r}"
            )
        seen.add(spec.name)
