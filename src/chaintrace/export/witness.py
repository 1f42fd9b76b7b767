"""Witnesses: as text, one step a line with its code below, and as JSON."""

import json
from collections.abc import Sequence

from chaintrace.export.json import edge_document
from chaintrace.export.legend import legend_document
from chaintrace.export.text import hop_text
from chaintrace.export.view import clean
from chaintrace.graph.derivations import Step
from chaintrace.graph.edges import Edge

SCHEMA = "chaintrace-why/1"


def witness_text(edge: Edge, steps: Sequence[Step]) -> str:
    """Return the line of an edge, then the steps behind it from allocation to use.

    What says how an object came about through which another was reached is marked by `|`, once a level.
    """
    return "\n".join((hop_text(edge), *(step_text(step, at) for at, step in enumerate(steps, start=1))))


def step_text(step: Step, number: int) -> str:
    """Return `number. file:line  word what` and the source line."""
    bars = "| " * step.depth
    return clean(f"{number:5}. {bars}{step.path}:{step.line}  {step.word} {step.what}") + (
        f"\n       {bars}    {clean(step.text)}" if step.text else ""
    )


def witnesses_json(witnesses: Sequence[tuple[Edge, Sequence[Step]]]) -> str:
    """Write edges as `chaintrace-graph/1` does, each with its steps."""
    hops = [
        edge_document(edge)
        | {
            "witness": [
                {
                    "step": step.word,
                    "what": step.what,
                    "file": step.path,
                    "line": step.line,
                    "text": step.text,
                    "depth": step.depth,
                }
                for step in steps
            ]
        }
        for edge, steps in witnesses
    ]
    meanings = legend_document(edge for edge, _ in witnesses)
    return json.dumps({"schema": SCHEMA, "hops": hops, "resolutions": meanings}, indent=1) + "\n"
