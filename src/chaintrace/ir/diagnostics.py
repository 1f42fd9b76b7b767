"""What was skipped or doubted, where and why: input problems are results, not exceptions."""

from typing import NamedTuple


class Diagnostic(NamedTuple):
    """Say what happened to one input.

    `path` names the file (relative to its import root) or the source; `line` is 0 where no line applies;
    `code` is a short stable word such as `syntax-error`, `not-utf8`, `too-large`, `unreadable`.
    """

    path: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.code}: {self.message}"
