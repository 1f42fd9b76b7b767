"""The vicinity of some symbols: they, the classes they are in, and all that stands inside of these.

The functions outside of classes that this code calls belong to it too, and the classes of the objects that it
makes, with what these call and make.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chaintrace.graph.edges import Edge, EdgeKind, SymbolKind
from chaintrace.graph.graph import Graph


@dataclass(frozen=True)
class Vicinity:
    """Tell what belongs to the symbols called `names`."""

    names: frozenset[str]

    def __contains__(self, name: object) -> bool:
        """Say whether a symbol is one of them or stands inside of one."""
        return any(outer in self.names for outer in _around(str(name)))

    def touches(self, edge: Edge) -> bool:
        """Say whether an edge starts or ends here."""
        return edge.source in self or edge.target in self


def vicinity(graph: Graph, names: Iterable[str], alone: Iterable[str] = ()) -> Vicinity:
    """Return the vicinity of some symbols; the classes around those in `alone` are not in it."""
    listed = list(names)
    classes = {one.name for one in graph.symbols if one.kind is SymbolKind.CLASS}
    found = {*listed, *alone, *(outer for name in listed for outer in _around(name) if outer in classes)}
    plain = {one.name for one in graph.symbols if one.path and one.kind is SymbolKind.FUNCTION}
    plain -= {name for name in plain if name.rpartition(".")[0] in classes}
    used: dict[str, set[str]] = {}
    for edge in graph.edges:
        target = edge.target.removesuffix(".__init__")
        if edge.kind in (EdgeKind.CALL, EdgeKind.SPAWN) and (target in plain or "construct" in edge.flags):
            used.setdefault(edge.source, set()).add(target)
    before = -1
    while before != len(found):
        before, near = len(found), Vicinity(frozenset(found))
        for source, targets in used.items():
            if source in near:
                found |= targets
    return Vicinity(frozenset(found))


def _around(name: str) -> Iterator[str]:
    """Yield a name and those that stand before its dots, the longest first."""
    while name:
        yield name
        name = name.rpartition(".")[0]
