"""Pieces of Markdown that hold text of other people's code, whatever is in it."""

import re
from collections.abc import Sequence

from chaintrace.export.view import clean, clean_code

_READ = re.compile(r"[\\`*{}\[\]<>#|&~@$]|(?<![^\W_])_|_(?![^\W_])|:(?=\S)")
"""What Markdown, as forges have it, may read as its own inside a line."""


def span(text: str) -> str:
    """Return code inside a line; a table may hold it."""
    plain = clean(text).strip().replace("|", "\\|") or " "
    ticks = "`" * (_longest(plain) + 1)
    gap = " " if "`" in plain else ""
    return f"{ticks}{gap}{plain}{gap}{ticks}"


def plain(text: str) -> str:
    """Return text that is no code, with nothing in it that Markdown reads as its own."""
    return _READ.sub(r"\\\g<0>", clean(text).strip()) or " "


def fence(lines: Sequence[str], language: str = "python") -> str:
    """Return a block of code."""
    text = "\n".join(clean_code(line) for line in lines)
    ticks = "`" * max(3, _longest(text) + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def link(text: str, address: str) -> str:
    """Return a link from code, or the code alone where there is no address."""
    return f"[{span(text)}]({address})" if address else span(text)


def _longest(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max((len(run) for run in re.findall("`+", text)), default=0)
