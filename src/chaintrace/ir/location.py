"""Places in source text."""

from typing import NamedTuple


class Span(NamedTuple):
    """Locate a stretch of source text in one file.

    `path` is relative to the import root of its source and uses forward slashes. Lines count from 1,
    columns from 0 in characters, as in `ast`. The end is exclusive.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"
