"""Conditions: under which circumstances a site runs, as a table that the edges point into."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Condition(NamedTuple):
    """State one condition: it holds, or fails (`negated`), where the code runs that stands below it.

    `text` is the positive condition; `form`, `subject` and `value` are its simple form (see
    `chaintrace.ir.facts.Test`). `path` and `line` place it, `code` is its source line, `parent` the row of
    the condition around it, -1 for none.
    """

    text: str
    negated: bool
    form: str
    subject: str
    value: str
    path: str
    line: int
    code: str
    parent: int = -1

    def __str__(self) -> str:
        return f"not ({self.text})" if self.negated else self.text


@dataclass
class Conditions:
    """Hold all conditions of a graph, and for each edge the row of its innermost one, -1 for none.

    `on_self` says of each edge whether it calls a method of the very object that its caller is a method of.
    """

    rows: list[Condition] = field(default_factory=list)
    of_edges: tuple[int, ...] = ()
    on_self: tuple[bool, ...] = ()

    def of(self, edge: int) -> tuple[Condition, ...]:
        """Return the conditions of the edge with an index, the outermost first."""
        found: list[Condition] = []
        row = self.of_edges[edge] if edge < len(self.of_edges) else -1
        while row >= 0:
            found.append(self.rows[row])
            row = self.rows[row].parent
        return tuple(reversed(found))

    def restricted(self, kept: Sequence[int]) -> "Conditions":
        """Return the conditions of the edges with these indexes."""
        if not self.of_edges:
            return self
        return Conditions(
            self.rows, tuple(self.of_edges[at] for at in kept), tuple(self.on_self[at] for at in kept)
        )
