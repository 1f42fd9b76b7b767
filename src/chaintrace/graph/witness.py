"""A witness: the derivation of an edge with the conditions under which it holds, spelled out."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chaintrace.graph.conditions import Condition
from chaintrace.graph.derivations import Step
from chaintrace.graph.edges import Edge, EdgeKind

if TYPE_CHECKING:
    from chaintrace.graph.graph import Graph

MOST_CONDITIONS = 8
"""Conditions of an edge that are told, the innermost ones."""

MOST_WRITERS = 3
"""Places told at which a tested attribute gets its value."""


def steps_of(graph: "Graph", edge: Edge) -> tuple[Step, ...]:
    """Return why an edge is there: from allocation to use, the use last.

    Before the use stand the row of a table, where an attribute is introduced, and the conditions with the
    places that give the tested attributes their values.
    """
    index = graph.index_of(edge)
    records = graph.evidence[index : index + 1]
    if index < len(graph.circumstances):
        records += graph.circumstances[index]
    steps = [*graph.derivations.steps(*records), *_row(edge), *_introduced(graph, edge)]
    told = {(step.path, step.line, step.what) for step in steps}
    for condition in graph.conditions.of(index)[-MOST_CONDITIONS:]:
        for step in _decided(graph, edge, condition):
            if (step.path, step.line, step.what) not in told:
                told.add((step.path, step.line, step.what))
                steps.append(step)
    return (*steps, Step("used", edge.target, edge.site.path, edge.site.line, edge.text, 0))


def _row(edge: Edge) -> Iterator[Step]:
    for row in edge.rows:
        yield Step("row", row.key or edge.target, row.site.path, row.site.line, "", 0)


def _introduced(graph: "Graph", edge: Edge) -> Iterator[Step]:
    """Tell where an attribute that is read or written is declared or first assigned."""
    if edge.kind in (EdgeKind.READ, EdgeKind.WRITE):
        symbol = graph.symbols_by_name.get(edge.target)
        if symbol is not None and symbol.line:
            yield Step("introduced", edge.target, symbol.path, symbol.line, "", 0)


def _decided(graph: "Graph", edge: Edge, condition: Condition) -> Iterator[Step]:
    """Tell a condition after the places where the attributes that it tests are written."""
    names = set(re.findall(r"\w+", condition.text))
    attributes = dict.fromkeys(
        read.target
        for read in graph.edges_from(edge.source)
        if read.kind is EdgeKind.READ
        and read.site.line == condition.line
        and read.target.rpartition(".")[2] in names
    )
    for attribute in attributes:
        for at in graph.writers_of(attribute)[:MOST_WRITERS]:
            write = graph.edges[at]
            yield Step("set", attribute, write.site.path, write.site.line, write.text, 1)
    yield Step("when", str(condition), condition.path, condition.line, condition.code, 0)
