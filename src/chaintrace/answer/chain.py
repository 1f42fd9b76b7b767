"""A chain: how execution gets from one place to one target."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from chaintrace.answer.hop import Hop
from chaintrace.answer.view import View
from chaintrace.graph.edges import Resolution, Symbol
from chaintrace.graph.graph import Graph
from chaintrace.graph.guards import Contradiction, Guard, contradictions, guards_of
from chaintrace.graph.paths import Path, Refuted


@dataclass(frozen=True, repr=False)
class Chain(Sequence[Hop], View):
    """Hold the paths to one target, best first; indexing and iteration give the hops of the best.

    A chain without paths is false: the target cannot be reached. `source` is the start's name, "" where the
    search began at several places at once. `others` are the further targets or starts the question could
    have meant. `more` counts functions that access the target attribute and were left out;
    `ended_early` says that a limit of work ended the search. `refuted` are paths that were considered and
    cannot happen, up to a number of them; `refutations` counts them all.
    """

    graph: Graph
    source: str
    target: Symbol
    paths: tuple[Path, ...]
    others: tuple["Chain", ...] = ()
    more: int = 0
    ended_early: bool = False
    refuted: tuple[Refuted, ...] = ()
    refutations: int = 0

    @property
    def path(self) -> Path | None:
        """Return the best path, None if there is none."""
        return self.paths[0] if self.paths else None

    @property
    def guards(self) -> tuple[Guard, ...]:
        """Return the conditions under which the best path runs as a whole, in the order of its hops."""
        return guards_of(self.graph, self.paths[0].edges) if self.paths else ()

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Return the pairs of these conditions that contradict each other, if they are about one object."""
        return contradictions(self.graph, self.paths[0].edges) if self.paths else ()

    @property
    def rank(self) -> tuple[Resolution, int] | None:
        """Return (weakest resolution, length) of the best path."""
        return self.paths[0].rank if self.paths else None

    @property
    def paths_shown(self) -> tuple[Path, ...]:
        """Return the paths."""
        return self.paths

    @overload
    def __getitem__(self, index: int) -> Hop: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Hop, ...]: ...
    def __getitem__(self, index: int | slice) -> Hop | tuple[Hop, ...]:
        edges = self.paths[0].edges if self.paths else ()
        if isinstance(index, slice):
            return tuple(Hop(self.graph, edge) for edge in edges[index])
        return Hop(self.graph, edges[index])

    def __len__(self) -> int:
        return len(self.paths[0]) if self.paths else 0

    def __str__(self) -> str:
        from chaintrace.export.text import found_text

        return found_text(
            self.graph,
            self.source,
            self.target,
            self.paths,
            self.more,
            ended_early=self.ended_early,
            refutations=self.refutations,
        )

    def __repr__(self) -> str:
        return f"<Chain to {self.target.name}: {len(self.paths)} paths, best {len(self)} hops>"
