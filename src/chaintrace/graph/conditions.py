"""Conditions: under which circumstances a site runs, as a table that the edges point into."""

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
    """Hold all conditions of a graph, and for each edge the row of its innermost one, -1 for none."""

    rows: list[Condition] = field(default_factory=list)
    of_edges: tuple[int, ...] = ()

    def of(self, edge: int) -> tuple[Condition, ...]:
        """Return the conditions of the edge with an index, the outermost first."""
        found: list[Condition] = []
        row = self.of_edges[edge] if edge < len(self.of_edges) else -1
        while row >= 0:
            found.append(self.rows[row])
            row = self.rows[row].parent
        return tuple(reversed(found))
