"""The legend: what the words mean by which edges are known."""

from collections.abc import Iterable

from chaintrace.graph.edges import Edge, Resolution


def levels(edges: Iterable[Edge]) -> list[Resolution]:
    """Return the resolutions that occur, strongest first."""
    return sorted({edge.resolution for edge in edges})


def legend_lines(edges: Iterable[Edge]) -> list[str]:
    """Return a line for each resolution that occurs."""
    return [f"[{level.word}] {level.meaning}" for level in levels(edges)]


def legend_document(edges: Iterable[Edge]) -> dict[str, str]:
    """Return the meaning of each resolution that occurs by its word."""
    return {level.word: level.meaning for level in levels(edges)}
