"""Witnesses: as text, the steps that matter a line each, and as JSON, all of them."""

import json
import re
from collections.abc import Iterable, Sequence

from chaintrace.export.json import edge_document
from chaintrace.export.legend import legend_document
from chaintrace.export.text import hop_text
from chaintrace.export.view import clean
from chaintrace.graph.derivations import Step
from chaintrace.graph.edges import Edge

SCHEMA = "chaintrace-why/1"

_MADE = frozenset(("allocated", "constructed", "entry"))
_LOOKED_UP = frozenset(("imported", "global", "assigned", "introduced"))
"""What happens to names, which the code says well enough."""

_SAID = {
    "allocated": "made",
    "argument": "passed",
    "constructed": "made",
    "entry": "may start on",
    "field": "read",
    "item": "as item",
    "modelled": "handed on",
}
"""Words of steps as the short form says them."""

_DOTTED = re.compile(r"[\w<>]+(?:\.[\w<>]+)+")


def witness_text(edge: Edge, steps: Sequence[Step], *, whole: bool = False) -> str:
    """Return the line of an edge, then why it is there, from allocation to use; `whole` tells every step.

    Steps about an object through which the last one was reached are marked by `|`, once a level; of the
    deeper ones the short form tells only where those objects are made.
    """
    if whole:
        return "\n".join((hop_text(edge), *(step_text(step, at) for at, step in enumerate(steps, start=1))))
    told = short_steps(steps)
    lines = [hop_text(edge), *_columns(told)]
    if left := len(steps) - len(told):
        lines.append(f"      {left} more {'step' if left == 1 else 'steps'} of names and objects, with --all")
    return "\n".join(lines)


def short_steps(steps: Sequence[Step]) -> list[Step]:
    """Return the steps that make a derivation understood, one a line of code at most."""
    told: list[Step] = []
    for step in steps:
        if not _is_told(step):
            continue
        last = told[-1] if told else None
        if last is not None and (last.path, last.line) == (step.path, step.line):
            told[-1] = last if last.word in _MADE and step.word != "used" else step
        else:
            told.append(step)
    return told


def _is_told(step: Step) -> bool:
    if step.depth > 1:
        return step.word in _MADE
    return step.word not in _LOOKED_UP and (step.depth == 0 or step.word != "defined")


def _columns(steps: Iterable[Step]) -> list[str]:
    """Return one line a step: its number, place, word and object in columns, then its code."""
    cells = []
    for step in steps:
        bar, word = "| " if step.depth else "", _SAID.get(step.word, step.word)
        cells.append((f"{bar}{step.path}:{step.line}", f"{word} {_short(step.what)}", step.text))
    widths = [max((len(cell[column]) for cell in cells), default=0) for column in (0, 1)]
    return [
        clean(f"{number:5}. {place:{widths[0]}}  {said:{widths[1]}}  {code}").rstrip()
        for number, (place, said, code) in enumerate(cells, start=1)
    ]


def _short(what: str) -> str:
    """Return what a step is about by short names: `instance of a.b.C` as `C`, methods with their class."""
    text = what.removeprefix("instance of ").removeprefix("class ").removeprefix("function ")
    text = text.partition(" bound to ")[0].replace("declared instance of ", "")
    return _DOTTED.sub(lambda match: ".".join(_last(match[0].split("."))), text)


def _last(parts: list[str]) -> list[str]:
    """Return the last part of a dotted name, with the class before it."""
    return parts[-2:] if parts[-2][:1].isupper() else parts[-1:]


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
