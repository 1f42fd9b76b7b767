"""Lay a recorded run over a graph."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from chaintrace.graph.graph import Graph
from chaintrace.graph.observed import DERIVED, OBSERVABLE, Observed, ObservedCall

if TYPE_CHECKING:
    from chaintrace.graph.edges import Edge

_Line = tuple[str, str, int]


def lay_over(graph: Graph, calls: Iterable[ObservedCall], name: str) -> Graph:
    """Return the graph with what a run says of it.

    An edge is seen where the run called its target from one of the lines of its site. A recorded line that no
    edge between the two has stands for all of them: where a call is spread over lines, interpreters differ.
    """
    places: dict[_Line, list[Edge]] = {}
    pairs: dict[tuple[str, str], list[Edge]] = {}
    for edge in graph.edges:
        if edge.kind in OBSERVABLE and DERIVED.isdisjoint(edge.flags):
            pairs.setdefault((edge.source, edge.target), []).append(edge)
            for line in range(edge.site.line, edge.site.end_line + 1):
                places.setdefault((edge.source, edge.target, line), []).append(edge)
    callees: dict[str, dict[str, None]] = {}
    for source, target in pairs:
        callees.setdefault(source, {})[target] = None
    seen: dict[Edge, None] = {}
    ran: dict[str, None] = {}
    lacking = []
    outside = 0
    known = {symbol.name for symbol in graph.symbols if symbol.path}
    for call in calls:
        ran[call.caller] = ran[call.callee] = None
        pair = call.caller, call.callee
        found = places.get((*pair, call.line)) or pairs.get(pair, [])
        seen.update(dict.fromkeys(found))
        if found or call.callee.endswith(".<module>") or _goes_on(callees, call):
            continue
        if call.caller in known and call.callee in known:
            lacking.append(call)
        else:
            outside += 1
    observed = Observed(name, frozenset(seen), frozenset(ran), tuple(sorted(lacking)), outside)
    return replace(graph, observed=observed)


def _goes_on(callees: Mapping[str, Mapping[str, None]], call: ObservedCall) -> bool:
    """Say whether a call through code that was not recorded is two edges of the graph."""
    return not call.is_direct and any(
        call.callee in callees.get(between, ()) for between in callees.get(call.caller, ())
    )
