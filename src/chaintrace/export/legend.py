"""The legend: what the words mean by which edges are known, and what was taken for granted."""

from collections.abc import Iterable

from chaintrace.graph.edges import Edge, Resolution
from chaintrace.graph.graph import Graph


def levels(edges: Iterable[Edge]) -> list[Resolution]:
    """Return the resolutions that occur, strongest first."""
    return sorted({edge.resolution for edge in edges})


def legend_lines(edges: Iterable[Edge]) -> list[str]:
    """Return a line for each resolution that occurs."""
    return [f"[{level.word}] {level.meaning}" for level in levels(edges)]


def granted_lines(graph: Graph) -> list[str]:
    """Return a line for each assumption under which the graph holds, with what it decided."""
    return [f"taken for granted: {one.text} ({_conditions(len(one.decided))})" for one in graph.assumptions]


def _conditions(count: int) -> str:
    return f"decided {count} condition{'' if count == 1 else 's'}" if count else "matched nothing"


def legend_document(edges: Iterable[Edge]) -> dict[str, str]:
    """Return the meaning of each resolution that occurs by its word."""
    return {level.word: level.meaning for level in levels(edges)}
