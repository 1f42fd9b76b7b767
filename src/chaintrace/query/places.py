"""Which symbol a place in a file belongs to, and the unresolved sites of a symbol."""

from functools import cached_property

from chaintrace.graph.edges import Symbol, SymbolKind, Unresolved
from chaintrace.graph.graph import Graph

_CODE = (SymbolKind.FUNCTION, SymbolKind.CLASS, SymbolKind.MODULE)


class Places:
    """Find the innermost code around a place."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def unresolved(self, name: str) -> list[Unresolved]:
        """Return the unresolved sites in the code of a symbol."""
        return self._unresolved.get(name, [])

    def symbol(self, path: str, line: int) -> Symbol | None:
        """Return the innermost symbol around a line."""
        around = [s for s in self._by_file.get(path, ()) if s.line <= line <= s.end_line]
        return max(around, key=lambda s: (s.line, -s.end_line, s.name), default=None)

    @cached_property
    def _by_file(self) -> dict[str, list[Symbol]]:
        table: dict[str, list[Symbol]] = {}
        for symbol in self.graph.symbols:
            if symbol.path and symbol.kind in _CODE:
                table.setdefault(symbol.path, []).append(symbol)
        return table

    @cached_property
    def _unresolved(self) -> dict[str, list[Unresolved]]:
        table: dict[str, list[Unresolved]] = {}
        for item in self.graph.unresolved:
            symbol = self.symbol(item.site.path, item.site.line)
            if symbol is not None:
                table.setdefault(symbol.name, []).append(item)
        return table
