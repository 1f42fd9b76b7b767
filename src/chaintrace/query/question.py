"""What is asked: from where, to where, and by which ways; patterns turned into symbols once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from chaintrace.errors import QueryError
from chaintrace.graph.edges import EdgeKind, SymbolKind
from chaintrace.graph.graph import ACCESS_KINDS, EXECUTION_KINDS, Graph
from chaintrace.query.select import MODULE, Match, member, select

CONSTRUCTORS = ("__init__", "__new__")


@dataclass(frozen=True)
class Routes:
    """Say by which ways a path may go: patterns to pass in order, patterns to keep clear of, kinds, length.

    `kinds` are names of edge kinds. Naming `write` or `read` narrows how a path may end in an attribute;
    naming any other kind narrows how it may move; what is not narrowed keeps its default. `depth` is the
    largest number of edges.
    """

    via: Sequence[str] = ()
    avoid: Sequence[str] = ()
    kinds: Sequence[str] = ()
    depth: int | None = None

    def __post_init__(self) -> None:
        if self.depth is not None and self.depth < 1:
            raise QueryError(f"the depth is {self.depth}, but a path has at least 1 edge")


def kinds_named(names: Iterable[str]) -> frozenset[EdgeKind]:
    """Return the edge kinds of these names; raise `QueryError` for a word that is not a kind."""
    try:
        return frozenset(EdgeKind(name) for name in names)
    except ValueError as error:
        word = str(error).partition(" is not a valid ")[0]
        raise QueryError(f"{word} is no kind; the kinds are {', '.join(EdgeKind)}") from None


def allowed_kinds(names: Iterable[str]) -> frozenset[EdgeKind]:
    """Return the edge kinds a search may use; raise `QueryError` for a word that is not a kind."""
    asked = kinds_named(names)
    ends = asked.intersection(ACCESS_KINDS) or set(ACCESS_KINDS)
    moves = asked.difference(ACCESS_KINDS) or set(EXECUTION_KINDS)
    return frozenset(moves | ends)


def select_all(graph: Graph, patterns: Iterable[str]) -> tuple[Match, ...]:
    """Return the symbols any of the patterns means, in the order of the patterns and without repeats."""
    return tuple(dict.fromkeys(match for pattern in patterns for match in select(graph, pattern)))


def names_of(graph: Graph, patterns: Iterable[str]) -> frozenset[str]:
    """Return the names of the symbols any of the patterns means.

    A class stands for its constructors too, a module for its body.
    """
    found = set()
    for match in select_all(graph, patterns):
        found.add(match.name)
        if match.symbol.kind is SymbolKind.MODULE:
            found.add(_body_of(match.name))
        if match.symbol.kind is SymbolKind.CLASS:
            found.update(f"{match.name}.{name}" for name in CONSTRUCTORS)
    return frozenset(found)


def activations_of(graph: Graph, match: Match) -> tuple[int, ...]:
    """Return the activations a match stands for: of a class its constructors too, of a module its body."""
    numbers = list(graph.activations_of(match.name, match.receiver))
    if match.symbol.kind is SymbolKind.MODULE:
        numbers += graph.activations_of(_body_of(match.name))
    if match.symbol.kind is SymbolKind.CLASS:
        for name in CONSTRUCTORS:
            if symbol := member(graph, match.name, name):
                numbers += graph.activations_of(symbol.name, match.name)
    return tuple(dict.fromkeys(numbers))


def _body_of(module: str) -> str:
    return module.removesuffix(MODULE) + MODULE


def ends_of(graph: Graph, match: Match, kinds: Iterable[str] = ()) -> tuple[int, ...]:
    """Return the activations in which a search for a match ends.

    Who asks for a class asks who makes instances of it: that some block runs its body answers only where
    `kinds` names `define`.
    """
    numbers = activations_of(graph, match)
    if match.symbol.kind is not SymbolKind.CLASS or EdgeKind.DEFINE in kinds:
        return numbers
    bodies = graph.class_bodies
    return tuple(number for number in numbers if number not in bodies)


def roots(graph: Graph, kinds: Collection[EdgeKind] = EXECUTION_KINDS + ACCESS_KINDS) -> tuple[int, ...]:
    """Return the activations that lead somewhere by edges of these kinds, and to which none of them leads."""
    hops = [hop for hop in graph.steps[1] if graph.edges[hop[2]].kind in kinds]
    called = {target for source, target, _ in hops if source != target}
    leading = {hop[0] for hop in hops}
    return tuple(sorted(leading - called))
