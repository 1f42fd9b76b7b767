"""The JSON contract `chaintrace-graph/1`."""

import json
from collections.abc import Sequence
from typing import Any

from chaintrace.export.doubt import doubts_document
from chaintrace.export.legend import legend_document
from chaintrace.export.view import shown
from chaintrace.graph.edges import Edge, Symbol, Unresolved
from chaintrace.graph.graph import Graph
from chaintrace.graph.guards import contradictions, guards_of
from chaintrace.graph.observed import Observed
from chaintrace.graph.paths import Path, Refuted

SCHEMA = "chaintrace-graph/1"
LISTS = ("sources", "symbols", "edges", "paths", "unresolved", "diagnostics", "refuted")


def to_json(graph: Graph, paths: Sequence[Path] | None = None, refuted: Sequence[Refuted] = ()) -> str:
    """Write the graph, or what the paths run through, as one JSON object with one list item a line.

    A path is {"edges": indexes into the edges, "rank": [weakest resolution (1 static .. 5 assumed), length]},
    with "guards" (the conditions of its hops in order), "contradictions" (pairs of indexes of guards that
    no one value meets) and "doubts" (what speaks against it) where it has any.
    `resolutions` says what the words mean that occur. There are
    `assumptions` only where something was taken for granted, and `refuted` only where asked for:
    edges by their number among the edges, the index of the one that refutes the path and of the one it needs.
    """
    document = to_document(graph, paths, refuted)
    fields = [f"{json.dumps(key)}: {_value(key, value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(fields) + "\n}\n"


def _value(key: str, value: Any) -> str:  # noqa: ANN401 - any JSON value
    if key not in LISTS or not value:
        return json.dumps(value)
    return "[\n" + ",\n".join(json.dumps(item) for item in value) + "\n]"


def to_document(
    graph: Graph, paths: Sequence[Path] | None = None, refuted: Sequence[Refuted] = ()
) -> dict[str, Any]:
    """Return what `to_json` writes, as dictionaries and lists."""
    part = shown(graph, paths if paths is None else [*paths, *(item.path for item in refuted)])
    assumed = [
        {"text": item.text, "decided": [each._asdict() for each in item.decided]} for item in part.assumptions
    ]
    return {
        "schema": SCHEMA,
        "sources": [info._asdict() for info in part.sources],
        "symbols": [_symbol(symbol) for symbol in part.symbols],
        "edges": [edge_document(edge) | _seen(part, edge) for edge in part.edges],
        "paths": [
            {"edges": [part.edge_indexes[edge] for edge in path], "rank": [int(value) for value in path.rank]}
            | _guards(graph, path)
            | ({"doubts": doubts_document(path)} if path.doubts else {})
            for path in paths or ()
        ],
        "unresolved": [unresolved_document(item) for item in part.unresolved],
        "diagnostics": [
            {"file": item.path, "line": item.line, "code": item.code, "message": item.message}
            for item in part.diagnostics
        ],
        "summary": {key: part.summary[key] for key in sorted(part.summary)},
        "complete": part.complete,
    } | {
        key: value
        for key, value in (
            ("resolutions", legend_document(part.edges)),
            ("assumptions", assumed),
            ("observed", _observed(part.observed)),
            (
                "refuted",
                [
                    {"edges": [part.edge_indexes[edge] for edge in item.path], **refuted_document(item)}
                    for item in refuted
                ],
            ),
        )
        if value
    }


def _guards(graph: Graph, path: Path) -> dict[str, Any]:
    """Return the conditions of a path, and the pairs that contradict each other, where there are any."""
    guards = guards_of(graph, path)
    told = {
        "guards": [
            {
                "hop": guard.hop,
                "text": str(guard),
                "about": guard.about,
                "file": guard.condition.path,
                "line": guard.condition.line,
            }
            for guard in guards
        ],
        "contradictions": [
            [guards.index(pair.first), guards.index(pair.second)] for pair in contradictions(graph, path)
        ],
    }
    return {key: value for key, value in told.items() if value}


def _seen(graph: Graph, edge: Edge) -> dict[str, bool]:
    """Return whether a run laid over the graph made an edge, nothing where it cannot show it."""
    seen = graph.observed.has_seen(edge) if graph.observed is not None else None
    return {} if seen is None else {"seen": seen}


def _observed(observed: Observed | None) -> dict[str, Any]:
    if observed is None:
        return {}
    lacking = [
        {
            "caller": call.caller,
            "callee": call.callee,
            "file": call.path,
            "line": call.line,
            "direct": call.is_direct,
        }
        for call in observed.lacking
    ]
    return {"run": observed.name, "lacking": lacking, "outside": observed.outside}


def refuted_document(item: Refuted) -> dict[str, Any]:
    """Return why a path is refuted as a dictionary."""
    return {
        "at": item.at,
        "needs": item.needs,
        "input": item.given,
        "wanted": list(item.wanted),
        "held": list(item.held),
    }


def unresolved_document(item: Unresolved) -> dict[str, Any]:
    """Return an unresolved site as a dictionary."""
    return {
        "file": item.site.path,
        "line": item.site.line,
        "text": item.text,
        "reason": item.reason.value,
        "detail": item.detail,
    }


def _symbol(symbol: Symbol) -> dict[str, Any]:
    return {
        "name": symbol.name,
        "kind": symbol.kind.value,
        "file": symbol.path,
        "line": symbol.line,
        "source": symbol.source,
    }


def edge_document(edge: Edge) -> dict[str, Any]:
    """Return an edge as a dictionary."""
    fields: dict[str, Any] = {
        "caller": edge.source,
        "callee": edge.target,
        "kind": edge.kind.value,
        "file": edge.site.path,
        "line": edge.site.line,
        "column": edge.site.column,
        "text": edge.text,
        "resolution": edge.resolution.word,
        "guard": edge.guard,
        "flags": list(edge.flags),
    }
    if edge.channel is not None:
        channel = edge.channel
        fields["channel"] = {
            "name": channel.name,
            "transport": channel.transport,
            "messages": list(channel.messages),
        }
        if channel.sent_at or channel.received_at:
            fields["channel"] |= {
                "sent_at": list(channel.sent_at),
                "received_at": list(channel.received_at),
            }
        fields["send_site"] = str(edge.site)
        fields["receive_site"] = str(channel.receive_site)
        fields["receive_guard"] = channel.receive_guard
    if edge.rows:
        rows = [{"file": row.site.path, "line": row.site.line, "key": row.key} for row in edge.rows]
        fields["row"], fields["rows"] = rows[0], rows
    return fields
