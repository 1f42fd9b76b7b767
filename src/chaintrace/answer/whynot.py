"""Why there is no chain."""

from dataclasses import dataclass

from chaintrace.graph.graph import Graph
from chaintrace.graph.nopath import Bridge, NoPath, Stop
from chaintrace.graph.paths import Path


@dataclass(frozen=True, repr=False)
class WhyNot:
    """Say where the search for a chain stopped, and which edges would connect the two ends.

    It is false where there is a chain after all; `path` is the best then.
    """

    graph: Graph
    answer: NoPath

    @property
    def path(self) -> Path | None:
        """Return the best chain if there is one."""
        return self.answer.path

    @property
    def frontier(self) -> tuple[Stop, ...]:
        """Return the most telling places where the search from the start stopped."""
        return self.answer.frontier

    @property
    def approach(self) -> tuple[Stop, ...]:
        """Return where what leads to the target begins."""
        return self.answer.approach

    @property
    def bridges(self) -> tuple[Bridge, ...]:
        """Return the edges, one or two at a time, that would connect the two ends, the likeliest first."""
        return self.answer.bridges

    def __bool__(self) -> bool:
        return self.answer.path is None

    def __str__(self) -> str:
        from chaintrace.export.whynot import why_not_text

        return why_not_text(self.graph, self.answer)

    def __repr__(self) -> str:
        return f"<WhyNot: {str(self).partition(chr(10))[0]}>"

    def to_json(self) -> str:
        """Return JSON after the contract `chaintrace-why-not/1`."""
        from chaintrace.export.whynot import why_not_json

        return why_not_json(self.answer)
