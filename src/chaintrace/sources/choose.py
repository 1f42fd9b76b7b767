"""Decide which sources a run reads.

The command line, a trace file, the work directory, or a built-in profile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chaintrace.errors import SourceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.config import TraceFile, find_trace_file, read_profile, read_trace_file
from chaintrace.sources.draft import write_schema
from chaintrace.sources.fetch import NAMED, fetch, tasks_for
from chaintrace.sources.gather import LOST, Task, fetch_all
from chaintrace.sources.ignore import ignore
from chaintrace.sources.parse import parse_source
from chaintrace.sources.place import WORKDIR, Manner, Place, Say, place_at
from chaintrace.sources.source import Source


def _silent(_: str) -> None:
    """Say nothing."""


READING = Manner()
CLONING = Manner(strict=True)
SAID = frozenset({LOST, "damaged-lock"})  # codes of the diagnostics that `say` got while choosing


@dataclass(frozen=True, slots=True)
class Chosen:
    """Hold the choice.

    The trace, its sources (fetched, names unique), one reason for each, and what was lost.
    """

    trace: TraceFile
    sources: tuple[Source, ...]
    reasons: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def choose_sources(
    arguments: Sequence[str],
    cwd: Path,
    profile: str | None = None,
    say: Say = _silent,
    manner: Manner = READING,
) -> Chosen:
    """Return the sources to read, fetched where need be, and the trace that goes with them.

    `arguments` win; else the trace file found from `cwd` upward (unless `profile` is given); else the
    profile, reading clones in `cwd`/workdir where they are. A repository cloned without a revision gets the
    commit that `chaintrace.lock` names. `say` gets one line per source: what is used, and why. With
    `arguments` and `profile`, the profile's entry points and targets are kept.

    Raises SourceError for a mistake in `arguments` or a trace file, and when not one source can be had.
    """
    trace, directory = _trace(arguments, cwd, profile)
    return _chosen(trace, arguments, place_at(directory, manner), say)


def clone_sources(
    arguments: Sequence[str],
    cwd: Path,
    profile: str | None = None,
    say: Say = _silent,
    manner: Manner = CLONING,
) -> Chosen:
    """Fetch the sources as `choose_sources` finds them and record all of them in `chaintrace.lock`."""
    trace, directory = _trace(arguments, cwd, profile)
    if ignore(directory, WORKDIR):
        say(f"added /{WORKDIR}/ to {directory / '.gitignore'}")
    if trace.file:
        write_schema(directory)
    return _chosen(trace, arguments, place_at(directory, manner), say)


def open_trace(file: Path, say: Say = _silent) -> Chosen:
    """Return the sources of one trace file.

    Raises SourceError for a mistake in it, and when not one source can be had.
    """
    return _chosen(_read(file), (), place_at(file.parent, READING), say)


def _chosen(trace: TraceFile, arguments: Sequence[str], place: Place, say: Say) -> Chosen:
    tasks = _named(arguments, place) if arguments else tasks_for(trace.sources, place)
    names = [name for name, _ in tasks]
    for name in place.manner.revisions:
        if name not in names:
            raise SourceError(f"--rev {name}: there is no such source; there is {', '.join(names)}")
    sources, reasons, lost = fetch_all(tasks, place, say)
    return Chosen(trace, tuple(sources), tuple(reasons), tuple(lost))


def _trace(arguments: Sequence[str], cwd: Path, profile: str | None) -> tuple[TraceFile, Path]:
    """Return the trace and the directory that `workdir` and the lock file go to."""
    if arguments:
        return (read_profile(profile) if profile else TraceFile()), cwd
    file = None if profile else find_trace_file(cwd)
    return (read_profile(profile), cwd) if file is None else (_read(file), file.parent)


def _read(file: Path) -> TraceFile:
    trace = read_trace_file(file)
    if not trace.sources:
        raise SourceError(f"{file}: names no sources; add [[sources]], or give them on the command line")
    return trace


def _named(arguments: Sequence[str], place: Place) -> list[Task]:
    """Return the name of each source of the command line and what fetches it."""
    sources = [parse_source(text, place.workdir) for text in arguments]
    for source, name in zip(sources, _unique([source.name for source in sources]), strict=True):
        source.name = name
    return [(source.name, partial(fetch, source, NAMED, place)) for source in sources]


def _unique(names: Sequence[str]) -> list[str]:
    """Return `names` with `-2`, `-3` … put behind those that were taken before."""
    unique: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in unique:
            number += 1
            candidate = f"{name}-{number}"
        unique.append(candidate)
    return unique
