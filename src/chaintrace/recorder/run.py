"""Run a program under the recorder, and gather what its processes wrote into one file."""

import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from chaintrace.errors import ChaintraceError

SCHEMA = "chaintrace-run/1"
_SITE = Path(__file__).parent / "site"


class Recorded(NamedTuple):
    """Hold the edges that a run made, as dictionaries, and the exit status of the program.

    `started` are the functions that ran without it being known who started them. A negative status is the
    signal that ended the program.
    """

    command: tuple[str, ...]
    edges: tuple[dict[str, Any], ...]
    processes: int
    status: int
    started: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return one JSON object, an edge a line."""
        rows = ",\n".join(json.dumps(edge) for edge in self.edges)
        head = json.dumps(
            {
                "schema": SCHEMA,
                "command": self.command,
                "processes": self.processes,
                "started": self.started,
            }
        )
        return f'{head[:-1]}, "edges": [\n{rows}\n]}}\n' if rows else f'{head[:-1]}, "edges": []}}\n'


def record(command: Sequence[str], roots: Sequence[str] = ()) -> Recorded:
    """Run a command and record the calls of every Python process in it.

    Code below `roots` counts; without them, all that is neither of the standard library nor installed. An
    interrupt is left to the program, and a request to end is handed on to it: what it did until then is
    recorded. Raises `ChaintraceError` where the command cannot be started.
    """
    if not command:
        raise ChaintraceError("no program is named; put it after --, as in: observe -- python prog.py")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = os.pathsep.join(filter(None, (str(_SITE), os.environ.get("PYTHONPATH", ""))))
        found = os.pathsep.join(f"{Path(root).resolve()}{os.sep}" for root in roots)
        changed = {"PYTHONPATH": path, "CHAINTRACE_OBSERVE": folder, "CHAINTRACE_OBSERVE_ROOTS": found}
        status = _run(command, {**os.environ, **changed})
        written = list(_read(Path(folder)))
    edges = _merged([row for one in written for row in one["edges"]])
    started = sorted({name for one in written for name in one["started"]})
    return Recorded(tuple(command), edges, len(written), status, tuple(started))


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end, whatever signals come meanwhile, and return its status."""
    running: list[subprocess.Popen[bytes]] = []
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        # the keyboard's interrupt comes to the program too; were it ignored here, it would be there
        before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda *_: None)
        before[signal.SIGTERM] = signal.signal(signal.SIGTERM, lambda *_: _end(running))
    try:
        with subprocess.Popen(list(command), env=environment) as program:
            running.append(program)
            return program.wait()
    except OSError as error:
        raise ChaintraceError(f"{command[0]}: {error.strerror}") from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for program in running:
        program.terminate()


def _read(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Yield what each process wrote; what one did not write to its end is left aside."""
    for file in sorted(folder.glob("*.json")):
        try:
            yield json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue


def _merged(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Join what several processes recorded: each edge once, direct where it was once."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("caller", "callee", "file", "line"))
        known = merged.setdefault(key, row)
        known["direct"] = known["direct"] or row["direct"]
    return tuple(merged[key] for key in sorted(merged))
