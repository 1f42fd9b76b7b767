"""Whether there is anything to ask about: a graph of files that are not Python has no answers."""

from chaintrace.errors import SourceError
from chaintrace.graph.edges import SymbolKind
from chaintrace.graph.graph import Graph

_UNPARSED = frozenset(("syntax-error", "not-utf8", "too-deep"))


def require_parsed(graph: Graph) -> None:
    """Raise `SourceError` where not one of the files that were read can be parsed."""
    said = [one for one in graph.diagnostics if one.code in _UNPARSED]
    modules = (symbol for symbol in graph.symbols if symbol.kind is SymbolKind.MODULE and symbol.path)
    files = {(symbol.source, symbol.path) for symbol in modules}
    if said and len(files) <= len(said) and {path for _, path in files} <= {one.path for one in said}:
        which = "the only file cannot" if len(said) == 1 else f"none of the {len(said)} files can"
        raise SourceError(f"{which} be parsed; {min(said)}")
