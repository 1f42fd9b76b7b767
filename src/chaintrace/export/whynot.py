"""Why there is no path, as text and as JSON (`chaintrace-why-not/1`)."""

import json
from typing import Any

from chaintrace.export.json import edge_document, refuted_document, unresolved_document
from chaintrace.export.text import path_text, refuted_text
from chaintrace.export.view import clean, short_name
from chaintrace.graph.edges import SymbolKind, Unresolved
from chaintrace.graph.graph import Graph
from chaintrace.graph.nopath import Missing, NoPath, Stop
from chaintrace.graph.paths import Path

SCHEMA = "chaintrace-why-not/1"


def why_not_text(graph: Graph, answer: NoPath) -> str:
    """Return lines: the frontier, the approach, what would connect them."""
    names = (" or ".join(s.name for s in some) for some in (answer.sources, answer.targets))
    source, target = (clean(name) for name in names)
    if answer.path is not None:
        return f"there is a chain from {source} to {target}\n\n{path_text(graph, answer.path)}"
    lines = [f"no chain from {source} to {target}"]
    lines += ["", _from_start(source, answer)]
    for stop in answer.frontier:
        lines += _stop_lines(graph, stop)
    if answer.is_uncalled:
        lines.append(f"\nnothing in the graph {_reaching(answer)} {target}")
    else:
        lead = "1 leads; it begins" if answer.leading == 1 else f"{answer.leading} lead; they begin"
        lines.append(f"\nto the target {lead} at")
        lines += [f"  {clean(stop.symbol.name)}{_hops(stop, ' before it')}" for stop in answer.approach]
    if answer.bridges:
        lines.append("\nwhat would connect them")
    for number, bridge in enumerate(answer.bridges, start=1):
        for at, edge in enumerate(bridge.edges):
            lines += _missing_lines(f"{number}." if not at else "  and", edge)
        lines.append(clean(f"      to try it: {' '.join(map(_supposing, bridge.edges))}"))
    if not answer.bridges:
        lines.append("\nno single call or pair of calls that could connect them was found")
    if answer.refutations:
        count = answer.refutations
        lines.append("\n1 way was refuted" if count == 1 else f"\n{count} ways were refuted, among them")
        lines += [refuted_text(graph, item) for item in answer.refuted[:1]]
    return "\n".join(lines)


def _from_start(source: str, answer: NoPath) -> str:
    if answer.is_end:
        return f"as far as is known {source} calls no code that was read"
    bounded = " (not all ways were followed: too many)" if answer.is_bounded else ""
    reached = (
        "1 function or class is" if answer.reached == 1 else f"{answer.reached} functions and classes are"
    )
    return f"from the start {reached} reached{bounded}; it stops at"


def _reaching(answer: NoPath) -> str:
    """Return what nothing does with the targets."""
    kinds = {symbol.kind for symbol in answer.targets}
    if kinds == {SymbolKind.ATTRIBUTE}:
        return "writes or reads"
    return "makes an instance of" if kinds == {SymbolKind.CLASS} else "calls"


def _hops(stop: Stop, after: str = " away") -> str:
    if not stop.distance:
        return ""
    return f", {stop.distance} hop{'' if stop.distance == 1 else 's'}{after}"


def _stop_lines(graph: Graph, stop: Stop) -> list[str]:
    lines = [f"  {clean(stop.symbol.name)}{_hops(stop)}"]
    if stop.path is not None:
        names = [stop.path.source, *(edge.target for edge in stop.path)]
        lines.append(clean("    " + " -> ".join(short_name(graph.symbol(name)) for name in names)))
    lines += [
        clean(f"    unresolved at {item.site.path}:{item.site.line}: {item.text}  [{_reason(item)}]")
        for item in stop.unresolved
    ]
    return lines


def _reason(item: Unresolved) -> str:
    return f"{item.reason} {item.detail}".strip()


def _missing_lines(number: str, edge: Missing) -> list[str]:
    head = f"{edge.source} -> {edge.target}  {edge.site.path}:{edge.site.line}  [{edge.resolution.word}]"
    return [clean(f"  {number} {head}"), clean(f"      {edge.text}"), clean(f"      {edge.reason}")]


def _supposing(edge: Missing) -> str:
    """Return the option that takes an edge for granted."""
    return f"--suppose '{edge.source}:{edge.site.line} -> {edge.target}'"


def why_not_json(answer: NoPath) -> str:
    """Return one JSON object."""
    document = {
        "schema": SCHEMA,
        "sources": [symbol.name for symbol in answer.sources],
        "targets": [symbol.name for symbol in answer.targets],
        "path": _path(answer.path),
        "reached": answer.reached,
        "leading": answer.leading,
        "frontier": [_stop(stop) for stop in answer.frontier],
        "approach": [_stop(stop) for stop in answer.approach],
        "bridges": [[_missing(edge) for edge in bridge.edges] for bridge in answer.bridges],
        "refuted": [{"edges": _path(item.path), **refuted_document(item)} for item in answer.refuted],
        "refutations": answer.refutations,
        "calls_nothing": answer.is_end,
        "uncalled": answer.is_uncalled,
        "bounded": answer.is_bounded,
    }
    return json.dumps(document, indent=1) + "\n"


def _path(path: Path | None) -> list[dict[str, Any]] | None:
    return [edge_document(edge) for edge in path] if path is not None else None


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "symbol": stop.symbol.name,
        "distance": stop.distance,
        "path": _path(stop.path) or [],
        "unresolved": [unresolved_document(item) for item in stop.unresolved],
    }


def _missing(edge: Missing) -> dict[str, Any]:
    return {
        "caller": edge.source,
        "callee": edge.target,
        "file": edge.site.path,
        "line": edge.site.line,
        "text": edge.text,
        "resolution": edge.resolution.word,
        "reason": edge.reason,
    }
