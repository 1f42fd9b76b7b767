"""The write-up as JSON: the contract `chaintrace-report/1`."""

import json
from typing import TYPE_CHECKING, Any

from chaintrace.export.doubt import doubts_document
from chaintrace.export.json import edge_document
from chaintrace.graph.edges import Edge, Symbol

if TYPE_CHECKING:
    from chaintrace.export.report import Report
    from chaintrace.query.wiring import Wiring

SCHEMA = "chaintrace-report/1"


def report_json(report: "Report") -> str:
    """Write the question, the chains with their code, the wiring and the architecture as one JSON object."""
    document = {
        "schema": SCHEMA,
        "title": report.title,
        "sources": [source._asdict() for source in report.graph.sources],
        "from": list(report.starts),
        "to": list(report.targets),
        "assumed": list(report.assumed),
        "waypoints": list(report.waypoints),
        "missing": list(report.missing),
        "chains": [
            {
                "weakest": path.rank[0].word,
                "hops": [_hop(report, edge) for edge in path],
            }
            | ({"doubts": doubts_document(path)} if path.doubts else {})
            for path in report.chains
        ],
        "links": [
            {
                "role": one.role,
                "symbols": [_symbol(report, symbol) for symbol in one.symbols],
                "missing": list(one.missing),
            }
            for one in report.links
        ],
        "objects": [
            {"class": name, "made": [_made(report, one) for one in calls]}
            for name, calls in report.wiring.items()
        ],
        "spawns": [_hop(report, edge) for edge in report.architecture.spawns],
        "channels": [
            edge_document(edge) for edge in report.architecture.components.edges if edge.channel is not None
        ],
        "complete": report.graph.complete,
        "command": report.command,
    }
    return json.dumps(document, indent=1) + "\n"


def _hop(report: "Report", edge: Edge) -> dict[str, Any]:
    return edge_document(edge) | {"permalink": report.address(edge)}


def _symbol(report: "Report", symbol: Symbol) -> dict[str, Any]:
    return {
        "name": symbol.name,
        "file": symbol.path,
        "line": symbol.line,
        "end_line": symbol.end_line,
        "permalink": report.address_of(symbol.name, symbol.path, symbol.line, symbol.end_line),
    }


def _made(report: "Report", made: "Wiring") -> dict[str, Any]:
    return {
        "call": _hop(report, made.edge),
        "arguments": [
            {
                "name": wire.name,
                "value": wire.text,
                "file": wire.path,
                "line": wire.line,
                "guard": wire.guard,
                "inputs": list(wire.inputs),
                "origins": [one._asdict() for one in wire.origins],
            }
            for wire in made.wires
        ],
        "shared": made.shared,
        "more": made.open,
    }
