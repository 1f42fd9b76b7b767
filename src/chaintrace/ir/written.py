"""What is written at a place of a file: the arguments of calls, and values that are stored."""

from typing import NamedTuple, Protocol


class Value(NamedTuple):
    """Quote an expression: its source text on one line, its first line, and the names and paths it reads.

    `reads` are the names, and the paths of attributes that begin with a name, from which the value is made.
    `arguments` are those of the call that the expression is, `end` where that ends; None for others.
    """

    text: str
    line: int
    reads: tuple[str, ...] = ()
    arguments: "tuple[Passed, ...] | None" = None
    end: tuple[int, int] | None = None


class Passed(NamedTuple):
    """Quote an argument: `kind` is `` (positional), `=` (keyword `name`), `*` or `**`."""

    kind: str
    name: str
    value: Value


class Written(Protocol):
    """Answer what is written at places of one file; lines from 1, columns from 0."""

    def arguments(self, end: tuple[int, int]) -> tuple[Passed, ...]:
        """Return the arguments of the call that ends at a place, none where there is no such call."""

    def stored(self, end: tuple[int, int], key: str) -> Value | None:
        """Return the value that is put in under a key: by what ends at a place.

        That is the target of an assignment, a display with that key, or a call with that keyword.
        """

    def parameters(self, line: int) -> tuple[str, ...]:
        """Return the names of the parameters of the function defined at a line, none where there is none."""
