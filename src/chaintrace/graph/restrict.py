"""Cut a graph down to some of its edges."""

from collections.abc import Iterable
from dataclasses import replace

from chaintrace.graph.graph import Graph


def restrict(graph: Graph, edges: Iterable[int], names: Iterable[str] = ()) -> Graph:
    """Return the graph of the edges with these indexes, their ends, and the symbols called `names`.

    Sources, diagnostics and the summary stay those of the whole analysis; of the unresolved sites, those
    that lie inside a symbol that is kept.
    """
    kept = sorted(set(edges))
    renumbered = {old: new for new, old in enumerate(kept)}
    chosen = tuple(graph.edges[index] for index in kept)
    hops = [at for at, hop in enumerate(graph.hops) if hop[2] in renumbered]
    wanted = {name for edge in chosen for name in (edge.source, edge.target)} | set(names)
    symbols = tuple(graph.symbols_by_name[name] for name in sorted(wanted) if name in graph.symbols_by_name)
    ranges: dict[str, list[tuple[int, int]]] = {}
    for symbol in symbols:
        if symbol.line:
            ranges.setdefault(symbol.path, []).append((symbol.line, symbol.end_line))
    return replace(
        graph,
        symbols=symbols,
        edges=chosen,
        unresolved=tuple(
            item
            for item in graph.unresolved
            if any(start <= item.site.line <= end for start, end in ranges.get(item.site.path, ()))
        ),
        evidence=tuple(graph.evidence[index] for index in kept) if graph.evidence else (),
        circumstances=tuple(graph.circumstances[index] for index in kept) if graph.circumstances else (),
        conditions=graph.conditions.restricted(kept),
        hops=tuple((hop[0], hop[1], renumbered[hop[2]]) for hop in graph.hops if hop[2] in renumbered),
        replay=graph.replay.restricted(hops),
        doubts=graph.doubts.restricted(hops),
    )
