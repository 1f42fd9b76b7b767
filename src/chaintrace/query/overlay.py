"""Lay a recorded run over a graph."""

from collections.abc import Iterable
from dataclasses import replace

from chaintrace.graph.edges import Edge
from chaintrace.graph.graph import Graph
from chaintrace.graph.observed import DERIVED, OBSERVABLE, Observed, ObservedCall

_Line = tuple[str, str, int]


def lay_over(graph: Graph, calls: Iterable[ObservedCall], name: str) -> Graph:
    """Return the graph with what a run says of it.

    An edge is seen where the run called its target from one of the lines of its site. A recorded line that no
    edge between the two has stands for all of them: where a call is spread over lines, interpreters differ.
    """
    laying = _Laying(graph)
    seen: dict[Edge, None] = {}
    ran: dict[str, None] = {}
    started: dict[str, None] = {}
    lacking = []
    outside = 0
    known = {symbol.name for symbol in graph.symbols if symbol.path}
    for call in calls:
        ran[call.callee] = None
        if not call.caller:
            started[call.callee] = None
            continue
        ran[call.caller] = None
        found = laying.edges_of(call)
        if found is not None:
            seen.update(dict.fromkeys(found))
        elif call.caller in known and call.callee in known:
            lacking.append(call)
        else:
            outside += 1
    observed = Observed(
        name, frozenset(seen), frozenset(ran), tuple(sorted(lacking)), outside, frozenset(started)
    )
    return replace(graph, observed=observed)


class _Laying:
    """Find the edges of a graph that a call of a run made."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.places: dict[_Line, list[Edge]] = {}
        self.pairs: dict[tuple[str, str], list[Edge]] = {}
        self.callees: dict[str, dict[str, None]] = {}
        for edge in graph.edges:
            if edge.kind in OBSERVABLE and DERIVED.isdisjoint(edge.flags):
                self.callees.setdefault(edge.source, {})[edge.target] = None
                self.pairs.setdefault((edge.source, edge.target), []).append(edge)
                for line in range(edge.site.line, edge.site.end_line + 1):
                    self.places.setdefault((edge.source, edge.target, line), []).append(edge)

    def edges_of(self, call: ObservedCall) -> list[Edge] | None:
        """Return the edges that a call made, None where the graph has none that it may be."""
        pair = call.caller, call.callee
        found = self.places.get((*pair, call.line)) or self.pairs.get(pair)
        if found:
            return found
        between = [] if call.is_direct else self._between(*pair)
        if not between and not call.callee.endswith(".<module>"):
            return None
        # a class runs no code of its own where it makes an instance; of other code the call would be recorded
        classes = [name for name in between if name in self.graph.mro]
        ends = [(call.caller, name) for name in classes] + [(name, call.callee) for name in classes]
        return [edge for end in ends for edge in self.pairs[end]]

    def _between(self, caller: str, callee: str) -> list[str]:
        """Return what may lie between the ends of a call through code that was not recorded."""
        return [name for name in self.callees.get(caller, ()) if callee in self.callees.get(name, ())]
