"""Guards: the conditions of a whole path in their order, and those that contradict each other.

Two conditions contradict each other where they say of one attribute, or of one captured variable, what no
value can be. Whether they speak of one object is certain only where every hop between them calls a method on
the `self` it has, nothing but constructors writes the attribute, and what it holds does not change: such a
path cannot happen.
"""

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from chaintrace.graph.conditions import Condition
from chaintrace.graph.edges import Edge, EdgeKind

if TYPE_CHECKING:
    from chaintrace.graph.graph import Graph

CONSTRUCTORS = ("__init__", "__new__", "__post_init__")
_NO_VALUE = object()


class Guard(NamedTuple):
    """State a condition of the hop with an index of a path; `about` is the symbol tested, "" if unknown.

    Where it is `received`, it holds where the message of the hop is got.
    """

    hop: int
    condition: Condition
    about: str
    received: bool = False

    def __str__(self) -> str:
        return str(self.condition)


class Contradiction(NamedTuple):
    """Say that two guards of a path contradict each other, and whether they certainly speak of one object."""

    first: Guard
    second: Guard
    certain: bool


def guards_of(graph: "Graph", path: Sequence[Edge]) -> tuple[Guard, ...]:
    """Return the conditions under which all hops of a path run, in order, each that says more than before."""
    found: dict[tuple[str, bool, str], Guard] = {}
    for hop, edge in enumerate(path):
        for condition in graph.guards(edge):
            about = _about(graph, edge.source, condition)
            key = (condition.text, condition.negated, about or edge.source)
            found.setdefault(key, Guard(hop, condition, about))
        for condition, function in graph.receipt_guards(edge):
            about = _about(graph, function, condition)
            key = (condition.text, condition.negated, about or function)
            found.setdefault(key, Guard(hop, condition, about, received=True))
    return tuple(found.values())


def demands_of(graph: "Graph", path: Sequence[Edge]) -> int:
    """Count the conditions of a path that ask for one certain value: `mode == "test"`, not `!=`."""
    asked: dict[tuple[str, str], None] = {}
    for edge in path:
        index = graph.index_of(edge)
        received = (condition for condition, _function in graph.conditions.of_receipt(index))
        for one in (*graph.conditions.of(index), *graph.conditions.of_consumer(index), *received):
            if one.form == "equal" and not one.negated:
                asked[one.subject, one.value] = None
    return len(asked)


def contradictions(graph: "Graph", path: Sequence[Edge]) -> tuple[Contradiction, ...]:
    """Return the pairs of guards of a path that contradict each other."""
    return tuple(
        Contradiction(first, second, certain=_is_certain(graph, path, first, second))
        for first, second in combinations(guards_of(graph, path), 2)
        if first.about and first.about == second.about and first.hop != second.hop
        if _exclude(first.condition, second.condition)
    )


def certain_contradiction(graph: "Graph", path: Sequence[Edge]) -> Contradiction | None:
    """Return a pair of guards because of which a path cannot happen, None where there is none."""
    return next((pair for pair in contradictions(graph, path) if pair.certain), None)


def _about(graph: "Graph", function: str, condition: Condition) -> str:
    """Return the one attribute or captured variable that a condition tests, as it is read there."""
    name = condition.subject.rpartition(".")[2]
    if not name.isidentifier():
        return ""
    found = {
        read.target
        for read in graph.edges_from(function)
        if read.kind is EdgeKind.READ
        and read.site.line == condition.line
        and read.target.rpartition(".")[2] == name
    }
    return found.pop() if len(found) == 1 else ""


def _exclude(one: Condition, other: Condition) -> bool:
    """Say whether no value can meet both conditions about it."""
    if one.text == other.text and one.form == other.form != "other":
        return one.negated != other.negated
    for first, second in ((one, other), (other, one)):
        known = _value(first)
        if known is _NO_VALUE:
            continue
        wanted = _value(second)
        if wanted is not _NO_VALUE and wanted != known:
            return True
        if second.form == "truth" and bool(known) is second.negated:
            return True
        if _refused(second) == (known,):
            return True
    return False


def _value(condition: Condition) -> object:
    """Return the one value that meets a condition, `_NO_VALUE` where there may be several."""
    return _NO_VALUE if condition.negated else _tested(condition)


def _refused(condition: Condition) -> tuple[object, ...]:
    """Return the one value that a condition excludes, none where that is not known."""
    tested = _tested(condition)
    return (tested,) if condition.negated and tested is not _NO_VALUE else ()


def _tested(condition: Condition) -> object:
    if condition.form == "none":
        return None
    if condition.form != "equal":
        return _NO_VALUE
    try:
        value: object = ast.literal_eval(condition.value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return _NO_VALUE
    return value


def _is_certain(graph: "Graph", path: Sequence[Edge], first: Guard, second: Guard) -> bool:
    """Say whether both guards test one attribute of one object, which has one value for good."""
    between = path[first.hop + first.received : second.hop + second.received]
    own = all(graph.is_on_self(edge) for edge in between)
    subjects = {first.condition.subject, second.condition.subject}
    built = _built(path[first.hop + first.received : second.hop + 1])
    if first.about in graph.conditions.changing and _asks_contents(first) and _asks_contents(second):
        return False
    if first.about in graph.conditions.rewritten:
        return False
    return own and _is_own(subjects) and _is_constant(graph, first.about) and not built


def _asks_contents(guard: Guard) -> bool:
    """Say whether a condition may be answered otherwise once something was put into the object tested."""
    if guard.condition.form == "equal":
        return isinstance(_tested(guard.condition), list | dict | set)
    return guard.condition.form == "truth"


def _is_own(subjects: set[str]) -> bool:
    """Say whether one attribute of `self` itself is tested, not of something that it holds."""
    return len(subjects) == 1 and all(len(subject.split(".")) == 2 for subject in subjects)  # noqa: PLR2004


def _is_constant(graph: "Graph", attribute: str) -> bool:
    """Say whether nothing but constructors writes an attribute, and something does."""
    writers = [graph.edges[at].source.rpartition(".")[2] for at in graph.writers_of(attribute)]
    return bool(writers) and all(writer in CONSTRUCTORS for writer in writers)


def _built(path: Sequence[Edge]) -> bool:
    """Say whether the object may still be under construction on some hops."""
    sources: Iterator[str] = (edge.source.rpartition(".")[2] for edge in path)
    return any(source in CONSTRUCTORS for source in sources)
