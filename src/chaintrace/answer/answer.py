"""The graph of a project, with the questions one may ask of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, TypedDict, Unpack

from chaintrace.answer.chain import Chain
from chaintrace.answer.hop import Listing
from chaintrace.answer.view import View
from chaintrace.answer.why import Why
from chaintrace.answer.whynot import WhyNot
from chaintrace.graph.edges import Edge, EdgeKind, Symbol, resolution_named
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

if TYPE_CHECKING:
    from chaintrace.query.question import Routes

Patterns = str | Sequence[str]
"""One pattern or several: a bare or dotted name, a glob, `Class.attribute`, or `file.py:120`."""


class RouteWords(TypedDict, total=False):
    """Say by which ways a path may go: the keywords of `path`, `paths` and `slice`.

    Paths pass the symbols of `via` in order and none of `avoid`. `kinds` are names of edge kinds: `write`
    and `read` narrow how a path ends in an attribute, the others how it moves. `depth` is the largest
    number of hops.
    """

    via: Patterns
    avoid: Patterns
    kinds: Patterns
    depth: int | None


@dataclass(frozen=True, repr=False)
class Answer(View):
    """Ask a graph for chains, callers, readers and writers; its plain data is in `graph`.

    `entries` are patterns of the places where chains start when a question names none; without entries,
    chains start at the symbols nobody calls. Every question raises `QueryError` for a pattern that matches
    nothing, with near matches.
    """

    graph: Graph
    entries: tuple[str, ...] = ()

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Return all symbols by name."""
        return self.graph.symbols

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Return all edges by source and site."""
        return self.graph.edges

    @property
    def complete(self) -> bool:
        """Return whether the analysis came to its end within its limits."""
        return self.graph.complete

    @property
    def paths_shown(self) -> tuple[Path, ...] | None:
        """Return None: the whole graph is shown."""
        return None

    def find(self, pattern: str) -> tuple[Symbol, ...]:
        """Return the symbols a pattern means, by name."""
        from chaintrace.query.select import select

        return tuple(match.symbol for match in select(self.graph, pattern))

    def path(self, source: Patterns | None, target: Patterns, **routes: Unpack[RouteWords]) -> Chain:
        """Return the best chain to a target; `chain.others` holds those to the other candidates.

        For an attribute it holds a path to each function that writes it, then reads it. A chain that found no
        path is false. `source` None means the entries; `routes` are those of
        `RouteWords`.
        """
        first, *others = self.paths(source, target, k=None, **routes)
        return replace(first, others=tuple(others))

    def paths(
        self, source: Patterns | None, target: Patterns, *, k: int | None = 5, **routes: Unpack[RouteWords]
    ) -> tuple[Chain, ...]:
        """Return a chain for each start and target the patterns mean, what was reached first, best first.

        Each holds up to `k` paths. With None each holds the best, and for an attribute the best to each
        function that writes it, then reads it.
        """
        from chaintrace.errors import QueryError
        from chaintrace.query.paths import find_paths

        if k is not None and k < 1:
            raise QueryError(f"k is {k}, but the number of paths must be at least 1")
        if not _several(target):
            raise QueryError("no target is named")
        found = find_paths(self.graph, self._starts(source), _several(target), _routes(routes), k)
        return tuple(
            Chain(
                self.graph,
                item.source,
                item.target,
                item.paths,
                more=item.more,
                ended_early=item.ended_early,
                refuted=item.refuted,
                refutations=item.refutations,
            )
            for item in found
        )

    def why(self, source: Patterns, target: Patterns, **routes: Unpack[RouteWords]) -> Why:
        """Return the hops from source to target, or those of the best chain, each with its derivation."""
        from chaintrace.query.explain import find_hops

        return Why(self.graph, find_hops(self.graph, _several(source), _several(target), _routes(routes)))

    def why_not(self, source: Patterns, target: Patterns, **routes: Unpack[RouteWords]) -> WhyNot:
        """Return why no chain leads from source to target: where the search stopped, and what is missing.

        False where a chain does lead there; it is in `path` then. `via` is left aside.
        """
        from chaintrace.query.whynot import find_why_not

        found = find_why_not(self.graph, _several(source), _several(target), _routes(routes))
        return WhyNot(self.graph, found)

    def with_run(self, file: str | FilePath) -> "Answer":
        """Return the answer with a recorded run (of `chaintrace observe`) laid over its graph.

        Raises `QueryError` for a file that holds none.
        """
        from chaintrace.query.overlay import lay_over
        from chaintrace.query.recorded import read_run

        path = FilePath(file)
        return replace(self, graph=lay_over(self.graph, read_run(path), path.name))

    def slice(self, source: Patterns | None, target: Patterns, **routes: Unpack[RouteWords]) -> "Answer":
        """Return the graph of all edges that lie on some way from source to target; `via` is left aside."""
        from chaintrace.graph.restrict import restrict
        from chaintrace.query.around import find_slice

        edges = find_slice(self.graph, self._starts(source), _several(target), _routes(routes))
        return Answer(restrict(self.graph, edges), self.entries)

    def only(self, kinds: Patterns, source: Patterns | None = None, depth: int | None = None) -> "Answer":
        """Return the graph of the edges of these kinds, of all or of those that the source leads to."""
        from chaintrace.graph.restrict import restrict
        from chaintrace.query.around import find_callees
        from chaintrace.query.question import kinds_named

        wanted = kinds_named(_several(kinds))
        if source is None:
            edges: Sequence[int] = [at for at, edge in enumerate(self.graph.edges) if edge.kind in wanted]
        else:
            edges = find_callees(self.graph, _several(source), depth, wanted)
        return Answer(restrict(self.graph, edges), self.entries)

    def at_least(self, resolution: str) -> "Answer":
        """Return the graph of the edges known no weaker than by this word (`points-to`); all symbols stay."""
        from chaintrace.graph.restrict import restrict

        weakest = resolution_named(resolution)
        kept = [at for at, edge in enumerate(self.graph.edges) if edge.resolution <= weakest]
        return Answer(restrict(self.graph, kept, self.graph.symbols_by_name), self.entries)

    def channels(self, avoid: Patterns = ()) -> "Answer":
        """Return the graph of the components (threads, processes, classes) and the channels between them.

        Components that `avoid` means are left out.
        """
        from chaintrace.query.components import find_components

        return Answer(find_components(self.graph, _several(avoid)), ())

    def callers(self, target: Patterns, depth: int | None = 1) -> Listing:
        """Return the hops by which execution comes to the target, nearest first; None is any depth."""
        from chaintrace.query.around import find_callers

        return self._listing(find_callers(self.graph, _several(target), depth))

    def callees(self, source: Patterns, depth: int | None = 1) -> Listing:
        """Return the hops by which execution leaves the source, nearest first; None is any depth."""
        from chaintrace.query.around import find_callees

        return self._listing(find_callees(self.graph, _several(source), depth))

    def readers(self, attribute: Patterns) -> Listing:
        """Return the hops that read the attribute."""
        from chaintrace.query.around import find_accesses

        return self._listing(find_accesses(self.graph, _several(attribute), EdgeKind.READ))

    def writers(self, attribute: Patterns) -> Listing:
        """Return the hops that write the attribute."""
        from chaintrace.query.around import find_accesses

        return self._listing(find_accesses(self.graph, _several(attribute), EdgeKind.WRITE))

    def peers(self, end: Patterns) -> Listing:
        """Return the `send` hops that a function, a line or an attribute with a channel is an end of."""
        from chaintrace.query.peers import find_peers

        return self._listing(find_peers(self.graph, _several(end)))

    @property
    def missing_entries(self) -> tuple[str, ...]:
        """Return the entries that match no symbol; they are left aside."""
        from chaintrace.query.near import NoMatchError

        missing = []
        for entry in self.entries:
            try:
                self.find(entry)
            except NoMatchError:
                missing.append(entry)
        return tuple(missing)

    def _starts(self, source: Patterns | None) -> tuple[str, ...]:
        if source is not None:
            return _several(source)
        missing = self.missing_entries
        return tuple(entry for entry in self.entries if entry not in missing)

    def _listing(self, indexes: Sequence[int]) -> Listing:
        return Listing(self.graph, tuple(self.graph.edges[index] for index in indexes))

    def __str__(self) -> str:
        from chaintrace.export.notebook import summary_line

        return summary_line(self.graph)

    def __repr__(self) -> str:
        return f"<Answer: {self}>"


def _several(patterns: Patterns) -> tuple[str, ...]:
    return (patterns,) if isinstance(patterns, str) else tuple(patterns)


def _routes(words: RouteWords) -> "Routes":
    from chaintrace.query.question import Routes

    if unknown := sorted(words.keys() - RouteWords.__annotations__.keys()):
        known = ", ".join(RouteWords.__annotations__)
        raise TypeError(f"{unknown[0]!r} is no keyword of this question; there are {known}")
    return Routes(
        _several(words.get("via", ())),
        _several(words.get("avoid", ())),
        _several(words.get("kinds", ())),
        words.get("depth"),
    )
