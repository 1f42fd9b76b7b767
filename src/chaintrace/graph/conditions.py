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

    `on_self` says of each edge whether it calls a method of the very object that its caller is a method of,
    or gives a message back to one.
    `received` has, by `send` edge, under which conditions its message is got: the row of the innermost one in
    each method that takes part, all of the object that consumes it, with the name of that method.
    `consumed` has, by `send` edge, the row of the condition under which alone its consumer is called.
    `changing` are, sorted, the attributes whose truth may change unwritten, as that of a list does;
    `rewritten` those of objects that are written under computed names.
    """

    rows: list[Condition] = field(default_factory=list)
    of_edges: tuple[int, ...] = ()
    on_self: tuple[bool, ...] = ()
    received: dict[int, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    changing: tuple[str, ...] = ()
    consumed: dict[int, int] = field(default_factory=dict)
    rewritten: tuple[str, ...] = ()

    def of(self, edge: int) -> tuple[Condition, ...]:
        """Return the conditions of the edge with an index, the outermost first."""
        return self._around(self.of_edges[edge] if edge < len(self.of_edges) else -1)

    def of_receipt(self, edge: int) -> tuple[tuple[Condition, str], ...]:
        """Return the conditions under which an edge's message is got, with the functions they stand in."""
        rows = self.received.get(edge, ())
        return tuple((condition, function) for row, function in rows for condition in self._around(row))

    def of_consumer(self, edge: int) -> tuple[Condition, ...]:
        """Return the conditions under which alone the consumer of an edge's message is called."""
        return self._around(self.consumed.get(edge, -1))

    def _around(self, row: int) -> tuple[Condition, ...]:
        """Return a condition and those around it, the outermost first."""
        found: list[Condition] = []
        while row >= 0:
            found.append(self.rows[row])
            row = self.rows[row].parent
        return tuple(reversed(found))

    def restricted(self, kept: Sequence[int]) -> "Conditions":
        """Return the conditions of the edges with these indexes."""
        if not self.of_edges:
            return self
        return Conditions(
            self.rows,
            tuple(self.of_edges[at] for at in kept),
            tuple(self.on_self[at] for at in kept),
            {new: self.received[at] for new, at in enumerate(kept) if at in self.received},
            self.changing,
            {new: self.consumed[at] for new, at in enumerate(kept) if at in self.consumed},
            self.rewritten,
        )
