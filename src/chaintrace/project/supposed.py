"""Calls that a user supposes where the analysis sees none: `CALLER -> CALLEE`, or `CALLER:LINE -> CALLEE`."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chaintrace.errors import QueryError
from chaintrace.ir.facts import BlockKind
from chaintrace.project.modules import Code
from chaintrace.project.program import Program

_TEXT = re.compile(r"\s*(?P<caller>[^\s:]+)(?::(?P<line>\d+))?\s*->\s*(?P<callee>[^\s:]+)\s*")
_LEFT_OUT = (".<locals>", ".<module>")


class Supposed(NamedTuple):
    """Be a supposed call: names of both ends, or the ends of names, and the line of the call, 0 for any."""

    text: str
    caller: str
    line: int
    callee: str


class SupposedCodes(NamedTuple):
    """Be a supposed call between code of a program."""

    callers: tuple[Code, ...]
    line: int
    callees: tuple[Code, ...]


def parse_supposed(texts: Iterable[str]) -> tuple[Supposed, ...]:
    """Read supposed calls; raise `QueryError` for a text that is none."""
    found = []
    for text in texts:
        read = _TEXT.fullmatch(text)
        if read is None:
            raise QueryError(
                f"the supposed call {text!r} is none; write CALLER -> CALLEE, or CALLER:LINE -> CALLEE"
            )
        found.append(Supposed(text, read["caller"], int(read["line"] or 0), read["callee"]))
    return tuple(found)


def find_supposed(program: Program, texts: Sequence[str]) -> tuple[SupposedCodes, ...]:
    """Return the code that supposed calls name; raise `QueryError` where nothing has a name."""
    found = []
    for one in parse_supposed(texts):
        callers = _named(program, one.caller)
        callees = tuple(code for code in _named(program, one.callee) if code.block.kind != BlockKind.MODULE)
        for name, codes in ((one.caller, callers), (one.callee, callees)):
            if not codes:
                raise QueryError(f"the supposed call {one.text!r}: no code is called {name!r}")
        found.append(SupposedCodes(callers, one.line, callees))
    return tuple(found)


def _named(program: Program, name: str) -> tuple[Code, ...]:
    """Return the code called exactly so, else that whose names end so."""
    exact = tuple(code for code in program.codes if name in (code.name, _plain(code.name)))
    return exact or tuple(
        code for code in program.codes if f".{_plain(code.name)}".endswith(f".{_plain(name)}")
    )


def _plain(name: str) -> str:
    for part in _LEFT_OUT:
        name = name.replace(part, "")
    return name
