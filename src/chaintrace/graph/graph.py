"""The answer of an analysis, as plain data with indexes that are built when first used."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, TypeVar

from chaintrace.errors import QueryError
from chaintrace.graph.assumed import Assumed
from chaintrace.graph.conditions import Condition, Conditions
from chaintrace.graph.derivations import Derivations, Step
from chaintrace.graph.edges import Edge, EdgeKind, Spread, Symbol, SymbolKind, Unresolved
from chaintrace.graph.observed import Observed
from chaintrace.graph.replay import Replay
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.ir.location import Span

Key = TypeVar("Key")

EXECUTION_KINDS = (
    EdgeKind.CALL,
    EdgeKind.SPAWN,
    EdgeKind.CALLBACK,
    EdgeKind.SEND,
    EdgeKind.DISPATCH,
    EdgeKind.DEFINE,
)
"""The edges along which execution moves from one function, module or class body to another."""

ACCESS_KINDS = (EdgeKind.WRITE, EdgeKind.READ)
"""The edges that end in an attribute, writes first."""

LIMITED = "limited"
"""The key in a summary that is there, with 1, where only what some starts lead to was analysed."""

UNREAD = "files not read"
"""The key in a summary that counts the files that the question did not need, where there are any."""


class SourceInfo(NamedTuple):
    """Name one source of code: where it came from, at which revision, and which directory was read."""

    name: str
    origin: str
    revision: str
    root: str


class Move(NamedTuple):
    """Connect two activations through the edge with index `edge`.

    `rule` is the index of its rule among those of the replay, or -1, `doubt` of that among the doubts.
    """

    source: int
    target: int
    edge: int
    rule: int = -1
    doubt: int = -1


@dataclass(frozen=True)
class Graph:
    """Hold symbols, the edges between them, and what could not be resolved.

    `symbols` are sorted by name and `edges` by (source, site, target, kind). `aliases` maps other dotted
    names of a definition to its symbol name, `mro` a class symbol to the names of its linearised ancestors,
    itself first.

    An activation is a function analysed for one receiver class or call site; attributes, classes and
    externals have one each. `activations` maps an activation's number to its symbol's name, `receivers`
    (empty, or as long) to the name of its receiver class or "", and `hops` are, sorted, (source
    activation, target activation, edge index). A graph without hops is searched symbol by symbol. `labels`
    (empty, or as long as `activations`) are the symbols' names with the lambdas of one scope numbered:
    `pkg.mod.<lambda2>`.
    `assumptions` are what was taken for granted while solving. `evidence` (empty, or as long as `edges`) has
    the record of `derivations` behind each edge, -1 for none; `circumstances` (empty, or as long as `edges`)
    those of what else belongs to its witness. `conditions` say under which each edge runs, `replay`
    what hops need and hand on, `doubts` the same of messages, which refutes nothing, `observed` what a
    recorded run says of the edges.
    `places` are the paths of files from the top of their sources, by source and path, where that is another.
    """

    sources: tuple[SourceInfo, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    edges: tuple[Edge, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    summary: Mapping[str, int] = field(default_factory=dict)
    complete: bool = True
    aliases: Mapping[str, str] = field(default_factory=dict)
    mro: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    activations: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    hops: tuple[tuple[int, int, int], ...] = ()
    labels: tuple[str, ...] = ()
    assumptions: tuple[Assumed, ...] = ()
    evidence: tuple[int, ...] = ()
    spreads: tuple[Spread, ...] = ()
    circumstances: tuple[tuple[int, ...], ...] = ()
    derivations: Derivations = field(default_factory=Derivations, repr=False, compare=False)
    replay: Replay = field(default_factory=Replay, repr=False)
    doubts: Replay = field(default_factory=Replay, repr=False)
    conditions: Conditions = field(default_factory=Conditions, repr=False, compare=False)
    observed: Observed | None = None
    places: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False, compare=False)

    def place_of(self, symbol: str, path: str) -> str:
        """Return the path, from the top of its source, of a file that the symbol called so is in."""
        found = self.symbols_by_name.get(symbol)
        return self.places.get((found.source, path), path) if found is not None else path

    def symbol(self, name: str) -> Symbol:
        """Return the symbol called exactly `name`; raise `QueryError` where there is none."""
        try:
            return self.symbols_by_name[name]
        except KeyError:
            raise QueryError(f"no symbol is called {name!r}; look names up with a pattern instead") from None

    def edges_from(self, name: str) -> tuple[Edge, ...]:
        """Return the edges of every kind that start at the symbol `name`."""
        first = bisect_left(self.edges, name, key=_source)
        return self.edges[first : bisect_right(self.edges, name, first, key=_source)]

    def edges_to(self, name: str) -> tuple[Edge, ...]:
        """Return the edges of every kind that end at the symbol `name`."""
        return tuple(self.edges[index] for index in self._incoming.get(name, ()))

    def callees_of(self, name: str) -> tuple[Edge, ...]:
        """Return the edges by which execution leaves the symbol `name`."""
        return tuple(edge for edge in self.edges_from(name) if edge.kind in EXECUTION_KINDS)

    def callers_of(self, name: str) -> tuple[Edge, ...]:
        """Return the edges by which execution comes to the symbol `name`."""
        return tuple(edge for edge in self.edges_to(name) if edge.kind in EXECUTION_KINDS)

    def edges_at(self, path: str, line: int) -> tuple[Edge, ...]:
        """Return the edges whose site starts on this line of the file (relative to its import root)."""
        return tuple(self.edges[index] for index in self._sites.get((path, line), ()))

    def witness(self, edge: Edge) -> tuple[Step, ...]:
        """Return why an edge of this graph is there: from allocation to use, the use last."""
        from chaintrace.graph.witness import steps_of

        return steps_of(self, edge)

    def guards(self, edge: Edge) -> tuple[Condition, ...]:
        """Return the conditions under which an edge of this graph runs, the outermost first."""
        return self.conditions.of(self.index_of(edge))

    def receipt_guards(self, edge: Edge) -> tuple[tuple[Condition, str], ...]:
        """Return the conditions under which the message of a `send` edge is got, with their functions."""
        return self.conditions.of_receipt(self.index_of(edge))

    def is_on_self(self, edge: Edge) -> bool:
        """Say whether an edge calls a method of the very object that its caller is a method of."""
        index = self.index_of(edge)
        return index < len(self.conditions.on_self) and self.conditions.on_self[index]

    def index_of(self, edge: Edge) -> int:
        """Return the index of an edge, found by its place in the order of the edges."""
        at = bisect_left(self.edges, _order(edge), key=_order)
        while at < len(self.edges) and _order(self.edges[at]) == _order(edge):
            if self.edges[at] == edge:
                return at
            at += 1
        return self.edge_indexes[edge]

    @cached_property
    def symbols_by_name(self) -> Mapping[str, Symbol]:
        """Map each symbol's name to the symbol; ends of edges that have no symbol count as externals."""
        table = {symbol.name: symbol for symbol in self.symbols}
        if self.hops:
            return table  # an analysis leaves out no symbol
        ends = {*map(_source, self.edges), *map(_target, self.edges)}
        for name in sorted(ends.difference(table)):
            table[name] = Symbol(name, SymbolKind.EXTERNAL)
        return table

    @cached_property
    def edge_indexes(self) -> Mapping[Edge, int]:
        """Map each edge to its index in `edges`."""
        return {edge: index for index, edge in enumerate(self.edges)}

    @cached_property
    def kept(self) -> dict[object, object]:
        """Return what questions keep beside a graph, to be quicker the next time."""
        return {}

    @cached_property
    def steps(self) -> tuple[tuple[str, ...], tuple[tuple[int, int, int], ...]]:
        """Return (symbol name of each activation, hops), made up from symbols where the graph has no hops."""
        if self.hops:
            return self.activations, self.hops
        names = tuple(sorted(self.symbols_by_name))
        numbers = {name: number for number, name in enumerate(names)}
        return names, tuple(
            (numbers[edge.source], numbers[edge.target], index) for index, edge in enumerate(self.edges)
        )

    def hops_from(self, activation: int) -> list[Move]:
        """Return the hops that lead out of an activation."""
        hops = self.steps[1]
        first = bisect_left(hops, (activation,))
        return self._moves(range(first, bisect_left(hops, (activation + 1,), first)))

    def hops_to(self, activation: int) -> list[Move]:
        """Return the hops that lead to an activation."""
        return self._moves(self._hops_in.get(activation, ()))

    def _moves(self, positions: Iterable[int]) -> list[Move]:
        hops, rules, doubts = self.steps[1], self.replay.hops, self.doubts.hops
        return [Move(*hops[at], rules[at] if rules else -1, doubts[at] if doubts else -1) for at in positions]

    @cached_property
    def _hops_in(self) -> Mapping[int, Sequence[int]]:
        table: dict[int, list[int]] = defaultdict(list)
        for position, (_, target, _) in enumerate(self.steps[1]):
            table[target].append(position)
        return table

    @cached_property
    def class_bodies(self) -> frozenset[int]:
        """Return the activations that only the `class` statement leads to: the bodies of classes."""
        leading: dict[int, set[EdgeKind]] = defaultdict(set)
        for _, target, index in self.steps[1]:
            leading[target].add(self.edges[index].kind)
        only = {EdgeKind.DEFINE}
        return frozenset(number for number, kinds in leading.items() if kinds == only)

    @cached_property
    def activations_by_name(self) -> Mapping[str, tuple[int, ...]]:
        """Map each symbol's name to its activations, ascending."""
        return _grouped(self.steps[0])

    def activations_of(self, name: str, receiver: str = "") -> tuple[int, ...]:
        """Return the activations of a symbol, those for the class `receiver` where receivers are known.

        Where none is told apart for that class, those that serve any receiver, or the defining class itself.
        """
        numbers = self.activations_by_name.get(name, ())
        if not receiver or not self.hops or not self.receivers:
            return numbers
        own = tuple(number for number in numbers if self.receivers[number] == receiver)
        shared = ("", name.rpartition(".")[0])
        return own or tuple(number for number in numbers if self.receivers[number] in shared)

    def writers_of(self, attribute: str) -> tuple[int, ...]:
        """Return the indexes of the edges that write an attribute, ascending."""
        known = self._writers.get(attribute)
        if known is None:
            hops, numbers = self.steps[1], self.activations_by_name.get(attribute, ())
            into = {hops[at][2] for number in numbers for at in self._hops_in.get(number, ())}
            found = (index for index in sorted(into) if self.edges[index].kind is EdgeKind.WRITE)
            known = self._writers[attribute] = tuple(found)
        return known

    @cached_property
    def _writers(self) -> dict[str, tuple[int, ...]]:
        return {}

    @cached_property
    def _incoming(self) -> Mapping[str, tuple[int, ...]]:
        return _grouped(edge.target for edge in self.edges)

    @cached_property
    def _sites(self) -> Mapping[tuple[str, int], tuple[int, ...]]:
        return _grouped((edge.site.path, edge.site.line) for edge in self.edges)


_source: Callable[[Edge], str] = attrgetter("source")
_target: Callable[[Edge], str] = attrgetter("target")


def _order(edge: Edge) -> tuple[str, Span]:
    return edge.source, edge.site


def _grouped(keys: Iterable[Key]) -> dict[Key, tuple[int, ...]]:
    """Map each key to the positions at which it occurs, ascending."""
    table: dict[Key, list[int]] = defaultdict(list)
    for position, key in enumerate(keys):
        table[key].append(position)
    return {key: tuple(positions) for key, positions in table.items()}
