"""Measure what `why` shows: the lines that a truth file names as evidence, where it starts, and its time.

Usage: python benchmarks/evidence.py TRUTH SOURCE... [--from START]... [--chain NAME]... [--show HOP]...

The truth is JSON: {"chains": {name: [hop, ...]}}, a hop being {"id", "caller", "callee", "file", "line"} and,
where it has any, "evidence": [{"file", "line"}, ...]. `aliases` may name symbols again. Files are compared by
their endings. A hop is passed where its witness shows all lines of its evidence; without `--chain` all chains
count. With `--from`, only what these names lead to is analysed.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from chaintrace.answer import Answer, Why
from chaintrace.api import open_project
from chaintrace.errors import QueryError
from chaintrace.graph.edges import Edge, EdgeKind

BEGINNINGS = ("allocated", "constructed", "defined", "imported", "constant")
"""The words of steps at which an object comes into being."""

NEAR = 2
"""Edges of a chain that stands for one hop of the truth."""

Hop = Mapping[str, Any]


class Told(NamedTuple):
    """Hold what was found of one hop: its edges, the lines of the truth that are not shown, and the time."""

    hop: Hop
    edges: tuple[Edge, ...]
    lines: int
    missing: tuple[str, ...]
    beginning: str
    seconds: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask `why` for every hop of the truth and print what it passes."""
    parser = argparse.ArgumentParser(description="Measure what `why` shows.")
    parser.add_argument("truth", type=Path)
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--from", dest="starts", action="append")
    parser.add_argument("--chain", dest="chains", action="append")
    parser.add_argument("--show", action="append", default=[])
    asked = parser.parse_args(arguments)
    truth = json.loads(asked.truth.read_text(encoding="utf-8"))
    start = time.perf_counter()
    answer = open_project(asked.sources).analyze(entries=asked.starts)
    print(f"analysed in {time.perf_counter() - start:.1f} s: {len(answer.edges)} edges")
    names = asked.chains or list(truth["chains"])
    print_score(answer, [hop for name in names for hop in truth["chains"][name]], truth.get("aliases", {}))
    for told in ask(answer, [h for name in names for h in truth["chains"][name] if h["id"] in asked.show]):
        print(f"\n{told.hop['id']}\n{Why(answer.graph, told.edges)}")


def print_score(answer: Answer, hops: Sequence[Hop], aliases: Mapping[str, str] | None = None) -> None:
    """Print a line for each hop with evidence that is not all shown, then the sums."""
    told = ask(answer, hops, aliases)
    found = [one for one in told if one.edges]
    judged = [one for one in told if one.lines]
    for one in judged:
        if not one.edges or one.missing:
            said = f"not shown: {', '.join(one.missing)}" if one.edges else "no edge and no chain"
            print(f"  {one.hop['id']:<32}{said}")
    passed = sum(1 for one in judged if one.edges and not one.missing)
    lines = sum(one.lines for one in judged)
    shown = sum(one.lines - len(one.missing) for one in judged if one.edges)
    begun = sum(1 for one in found if one.beginning in BEGINNINGS)
    print(f"hops with all their evidence: {passed} of {len(judged)}; lines: {shown} of {lines}")
    print(f"hops found: {len(found)} of {len(told)}; their why begins at an allocation: {begun}")
    for one in found:
        if one.beginning not in BEGINNINGS:
            print(f"  {one.hop['id']:<32}begins with {one.beginning!r}")
    times = [one.seconds * 1000 for one in found]
    if times:
        print(f"why: median {statistics.median(times):.1f} ms, most {max(times):.1f} ms")


def ask(answer: Answer, hops: Iterable[Hop], aliases: Mapping[str, str] | None = None) -> list[Told]:
    """Return what `why` says of each hop."""
    return [_ask_one(answer, hop, aliases or {}) for hop in hops]


def _ask_one(answer: Answer, hop: Hop, aliases: Mapping[str, str]) -> Told:
    evidence = [(place["file"], place["line"]) for place in hop.get("evidence", ())]
    start = time.perf_counter()
    edges = find_edges(answer, hop, aliases)
    steps = [step for edge in edges for step in answer.graph.witness(edge)]
    seconds = time.perf_counter() - start
    missing = [
        f"{file}:{line}"
        for file, line in evidence
        if not any(_is_place(step.path, step.line, file, line) for step in steps)
    ]
    return Told(hop, edges, len(evidence), tuple(missing), steps[0].word if steps else "", seconds)


def find_edges(answer: Answer, hop: Hop, aliases: Mapping[str, str]) -> tuple[Edge, ...]:
    """Return the edge of a hop whose site is nearest to its line, else those of the best chain."""
    caller, callee = (aliases.get(hop[end], hop[end]).partition(" ")[0] for end in ("caller", "callee"))
    edges = [
        edge
        for edge in answer.graph.edges_from(caller)
        if edge.target == callee and edge.kind is not EdgeKind.INHERIT
    ]
    if edges:
        return (min(edges, key=lambda edge: (abs(edge.site.line - hop["line"]), edge.kind.value)),)
    try:
        path = answer.path(caller, callee).path
    except QueryError:
        return ()
    return path.edges if path is not None and len(path) <= NEAR else ()


def _is_place(path: str, line: int, wanted: str, wanted_line: int) -> bool:
    return line == wanted_line and (wanted == path or wanted.endswith(f"/{path}"))


if __name__ == "__main__":
    main()
