"""Run a program under the recorder, and gather what its processes wrote into one file."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from chaintrace.errors import ChaintraceError

SCHEMA = "chaintrace-run/1"
_SITE = Path(__file__).parent / "site"


class Recorded(NamedTuple):
    """Hold the edges that a run made, as dictionaries, and the exit status of the program."""

    command: tuple[str, ...]
    edges: tuple[dict[str, Any], ...]
    processes: int
    status: int

    def to_json(self) -> str:
        """Return one JSON object, an edge a line."""
        rows = ",\n".join(json.dumps(edge) for edge in self.edges)
        head = json.dumps({"schema": SCHEMA, "command": self.command, "processes": self.processes})
        return f'{head[:-1]}, "edges": [\n{rows}\n]}}\n' if rows else f'{head[:-1]}, "edges": []}}\n'


def record(command: Sequence[str], roots: Sequence[str] = ()) -> Recorded:
    """Run a command and record the calls of every Python process in it.

    Code below `roots` counts; without them, all that is neither of the standard library nor installed. Raises
    `ChaintraceError` where the command cannot be started.
    """
    if not command:
        raise ChaintraceError("no program is named; put it after --, as in: observe -- python prog.py")
    with tempfile.TemporaryDirectory() as folder:
        path = os.pathsep.join(filter(None, (str(_SITE), os.environ.get("PYTHONPATH", ""))))
        found = os.pathsep.join(f"{Path(root).resolve()}{os.sep}" for root in roots)
        changed = {"PYTHONPATH": path, "CHAINTRACE_OBSERVE": folder, "CHAINTRACE_OBSERVE_ROOTS": found}
        try:
            done = subprocess.run(list(command), check=False, env={**os.environ, **changed})
        except OSError as error:
            raise ChaintraceError(f"{command[0]}: {error.strerror}") from error
        files = sorted(Path(folder).glob("*.json"))
        rows = [row for file in files for row in json.loads(file.read_text(encoding="utf-8"))]
    return Recorded(tuple(command), _merged(rows), len(files), done.returncode)


def _merged(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Join what several processes recorded: each edge once, direct where it was once."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("caller", "callee", "file", "line"))
        known = merged.setdefault(key, row)
        known["direct"] = known["direct"] or row["direct"]
    return tuple(merged[key] for key in sorted(merged))
