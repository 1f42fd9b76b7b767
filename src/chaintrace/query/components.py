"""Components: the threads, processes and classes of a program, and the channels between them.

A function that a thread or process starts with is a component of its own, with the methods of its class that
only it calls. Any other method belongs to the class of its receiver, any other function stands for itself.
Only what is an end of a channel is shown, and what starts a thread or process that is one.
"""

from collections.abc import Sequence
from dataclasses import replace

from chaintrace.graph.conditions import Conditions
from chaintrace.graph.edges import PARTIAL, Edge, EdgeKind, SymbolKind
from chaintrace.graph.graph import Graph, Move
from chaintrace.query.select import select

_CALLS = (EdgeKind.CALL, EdgeKind.DISPATCH, EdgeKind.CALLBACK, EdgeKind.SPAWN)

_Key = tuple[str, str, EdgeKind, str, str]


def find_components(graph: Graph, avoid: Sequence[str] = ()) -> Graph:
    """Return the graph of the components, the channels between them, and which of them starts which.

    Those that a pattern of `avoid` means are left out.
    """
    started = _started(graph)
    avoided = {match.name for pattern in avoid for match in select(graph, pattern)}
    joined: dict[_Key, Edge] = {}
    for hop in graph.hops:
        edge = graph.edges[hop[2]]
        if edge.kind not in (EdgeKind.SEND, EdgeKind.SPAWN) or PARTIAL.intersection(edge.flags):
            continue
        source, target = _ends(graph, Move(*hop), started)
        if source != target and source and target and avoided.isdisjoint((source, target)):
            _join(joined, edge._replace(source=source, target=target))
    ends = {
        name for edge in joined.values() if edge.kind is EdgeKind.SEND for name in (edge.source, edge.target)
    }
    kept = [edge for edge in joined.values() if edge.target in ends]
    ends.update(edge.source for edge in kept)
    kept.sort(key=lambda edge: (edge.source, edge.site, edge.target, edge.kind))
    return replace(
        graph,
        symbols=tuple(graph.symbols_by_name[name] for name in sorted(ends)),
        edges=tuple(kept),
        unresolved=(),
        activations=(),
        receivers=(),
        hops=(),
        labels=(),
        evidence=(),
        circumstances=(),
        conditions=Conditions(),
    )


def _started(graph: Graph) -> dict[str, str]:
    """Map each function that runs in a thread or process of its own to the one which that starts with."""
    found = {
        edge.target: edge.target
        for edge in graph.edges
        if edge.kind is EdgeKind.SPAWN and "async" not in edge.flags and edge.target in graph.symbols_by_name
    }
    callers: dict[str, list[str]] = {}
    for edge in graph.edges:
        if edge.kind in _CALLS:
            callers.setdefault(edge.target, []).append(edge.source)
    before = -1
    while before != len(found):
        before = len(found)
        for name, sources in callers.items():
            first = found.get(sources[0])
            siblings = first is not None and first.rpartition(".")[0] == name.rpartition(".")[0]
            if name not in found and first and siblings and all(found.get(one) == first for one in sources):
                found[name] = first
    return found


def _join(joined: dict[_Key, Edge], edge: Edge) -> None:
    """Add an edge; of several through one channel the first place stands, with all messages."""
    channel = edge.channel
    key = (edge.source, edge.target, edge.kind, channel.name if channel else "", "")
    if channel is not None:
        key = (*key[:4], channel.transport)
    known = joined.get(key)
    if known is None or known.channel is None or channel is None:
        joined.setdefault(key, edge)
        return
    first = min(known, edge, key=lambda one: one.site)
    messages = tuple(sorted({*known.channel.messages, *channel.messages}))
    assert first.channel is not None
    joined[key] = first._replace(channel=first.channel._replace(messages=messages))


def _ends(graph: Graph, hop: Move, started: dict[str, str]) -> tuple[str, str]:
    source, target = (_component(graph, number, started) for number in (hop.source, hop.target))
    return source, target


def _component(graph: Graph, number: int, started: dict[str, str]) -> str:
    """Return the component that an activation belongs to, "" where it has no symbol."""
    name = graph.activations[number]
    if name in started:
        return started[name]
    receiver = graph.receivers[number] if graph.receivers else ""
    if receiver in graph.symbols_by_name:
        return receiver
    outer = name.partition(".<locals>.")[0]
    owner = graph.symbols_by_name.get(outer.rpartition(".")[0])
    if owner is not None and owner.kind is SymbolKind.CLASS:
        return owner.name
    return outer if outer in graph.symbols_by_name else ""
