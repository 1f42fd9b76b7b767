"""Where the data of a command goes: stdout and the files asked for."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chaintrace.errors import ExportError
from chaintrace.export.files import require_writable, write_file
from chaintrace.export.formats import FORMATS, format_of, render, require_format
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path as GraphPath


@dataclass(frozen=True)
class Plan:
    """Say what to write: the format of stdout, None for nothing, and that of each file.

    `explicit` says that the format of stdout was asked for.
    """

    stdout: str | None
    files: tuple[tuple[Path, str], ...]
    explicit: bool


def plan_output(name: str | None, json: bool, files: Sequence[Path]) -> Plan:
    """Decide the outputs before any work is done; raise `ExportError` for what cannot be written.

    A file has the format of its extension, or of -f where the extension stands for none. -f goes to stdout
    unless a file has its format; without -f, stdout has text.
    """
    if json and name not in {None, "json"}:
        raise ExportError(f"--json and -f {name} contradict each other; give one of them")
    wanted = require_format(name) if name else ("json" if json else None)
    planned = []
    for file in files:
        own = format_of(file) or wanted
        if own is None:
            raise ExportError(f"{file}: the extension is no format; add -f with one of {', '.join(FORMATS)}")
        require_writable(file)
        planned.append((file, own))
    taken = wanted is not None and any(own == wanted for _, own in planned)
    stdout = None if taken else wanted or "text"
    if stdout == "png" and sys.stdout.isatty():
        raise ExportError("a PNG cannot be shown on a terminal; name a file with -o")
    return Plan(stdout, tuple(planned), explicit=wanted is not None)


def write_files(plan: Plan, graph: Graph, paths: Sequence[GraphPath] | None) -> None:
    """Write every file of a plan."""
    for file, name in plan.files:
        write_file(file, render(graph, paths, name))
