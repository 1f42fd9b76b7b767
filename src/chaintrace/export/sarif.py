"""SARIF 2.1.0, which forges and editors show as steps through code: one result a chain, or one an edge."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from chaintrace.export.legend import granted_lines, legend_document
from chaintrace.export.permalink import is_commit
from chaintrace.export.text import path_title, shown_edges
from chaintrace.export.view import arrow, clean, place
from chaintrace.graph.edges import Edge
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SPECIAL = {"\\": "\\\\", "[": "\\[", "]": "\\]", "{": "{{", "}": "}}"}
_RULES = {
    "chain": "How execution gets from one place to another.",
    "edge": "What a site leads to.",
}


def to_sarif(graph: Graph, paths: Sequence[Path] | None = None) -> str:
    """Write the paths, each with its hops as a flow through the code; without paths, every edge.

    Files are given from the top of their sources, each of which is a base of its own.
    """
    edges = graph.edges if paths is None else shown_edges(paths)
    if paths is None:
        rule, results = "edge", [_result("edge", _words(edge, graph), [edge], graph) for edge in graph.edges]
    else:
        rule, results = "chain", [_result("chain", path_title(graph, path), path, graph) for path in paths]
    driver = {"name": "chaintrace", "rules": [{"id": rule, "shortDescription": _message(_RULES[rule])}]}
    origins = [one for one in graph.sources if is_commit(one.revision) and one.origin.startswith("http")]
    run: dict[str, Any] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    said = {"resolutions": legend_document(edges), "assumptions": granted_lines(graph)}
    if any(said.values()):
        run["properties"] = {key: value for key, value in said.items() if value}
    if graph.sources:
        run["originalUriBaseIds"] = {
            clean(one.name): {"description": _message(f"the top of {one.origin}")} for one in graph.sources
        }
    if origins:
        run["versionControlProvenance"] = [
            {
                "repositoryUri": quote(one.origin, safe=":/@"),
                "revisionId": one.revision,
                "mappedTo": {"uriBaseId": clean(one.name)},
            }
            for one in origins
        ]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _result(rule: str, words: str, edges: Sequence[Edge] | Path, graph: Graph) -> dict[str, Any]:
    steps = list(edges)
    flow = [
        {
            "location": _location(edge, graph) | {"message": _message(_words(edge, graph))},
            "kinds": [edge.kind.value],
        }
        for edge in steps
    ]
    return {
        "ruleId": rule,
        "level": "note",
        "message": _message(words),
        "locations": [_location(steps[-1], graph)] if steps else [],
        "codeFlows": [{"threadFlows": [{"locations": flow}]}] if steps else [],
    }


def _location(edge: Edge, graph: Graph) -> dict[str, Any]:
    site = edge.site
    region: dict[str, Any] = {
        "startLine": max(site.line, 1),
        "startColumn": site.column + 1,
        "endLine": max(site.end_line, site.line, 1),
        "endColumn": site.end_column + 1,
    }
    if edge.text:
        region["snippet"] = {"text": clean(edge.text)}
    source = graph.symbols_by_name[edge.source].source
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(graph.place_of(edge.source, site.path))}
            | ({"uriBaseId": clean(source)} if source else {}),
            "region": region,
        },
        "logicalLocations": [{"fullyQualifiedName": clean(edge.source)}],
    }


def _words(edge: Edge, graph: Graph) -> str:
    guard = f", when {edge.guard}" if edge.guard else ""
    said = graph.observed.words(edge) if graph.observed is not None else ""
    known = f"{edge.resolution.word}{f', {said}' if said else ''}"
    return f"{edge.source}{arrow(edge)}{edge.target}  {place(edge)}  ({known}){guard}"


def _message(text: str) -> dict[str, str]:
    """Return a message: links and placeholders in it have no effect."""
    return {"text": "".join(_SPECIAL.get(character, character) for character in clean(text))}
