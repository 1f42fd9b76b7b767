"""Read a recorded run, which may be any file at all."""

import os
import stat
from pathlib import Path

import msgspec

from chaintrace.errors import QueryError
from chaintrace.graph.observed import ObservedCall

SIZE_LIMIT = 256 * 1024**2  # bytes


class _Row(msgspec.Struct):
    caller: str
    callee: str
    file: str
    line: int
    direct: bool = True


class _Run(msgspec.Struct):
    edges: list[_Row]
    started: list[str] = []


def read_run(file: Path) -> list[ObservedCall]:
    """Return the edges of a recorded run; raise `QueryError` for a file that holds none.

    It is an object whose `edges` have `caller`, `callee`, `file` and `line`, as `chaintrace observe` writes;
    `started` are functions that nobody known started.
    """
    try:
        run = msgspec.json.decode(_content(file), type=_Run)
    except OSError as error:
        raise QueryError(f"{file}: {error.strerror}") from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        reason = f"{file}: holds no recorded run ({error}); write one with chaintrace observe"
        raise QueryError(reason) from error
    calls = [ObservedCall(row.caller, row.callee, row.file, row.line, row.direct) for row in run.edges]
    return calls + [ObservedCall("", name, "", 0) for name in run.started]


def _content(file: Path) -> bytes:
    """Return the bytes of a regular file that is not too large; nothing else is waited for."""
    with open(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as opened:  # noqa: PTH123
        about = os.fstat(opened.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise QueryError(f"{file}: no regular file; write one with chaintrace observe")
        if about.st_size > SIZE_LIMIT:
            raise QueryError(f"{file}: {about.st_size} bytes, the limit is {SIZE_LIMIT}; record less")
        return opened.read(SIZE_LIMIT)
