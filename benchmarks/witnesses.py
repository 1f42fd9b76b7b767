"""Measure what it costs to keep derivations while solving, and to write them down for `why`.

python benchmarks/witnesses.py SOURCE... [--from START]... [--to TARGET]... [--rounds N]

Each run is a process of its own, and reads facts from the cache, so that only solving and drawing are timed:

- `kept`: as it is. Each fact has the variable or the reason it came from, each constraint a reason.
- `bare`: one reason stands for all, so none is made; solving only, as the graph is drawn from reasons.
- `unwritten`: as it is, but the graph gets no records of derivations, nor what else belongs to a witness.

Memory is what the process grew by. A fact's place in its dict would take the same memory without a value; the
eight bytes of the value are counted as the cost of keeping it. A reason also says who asks, by which computed
strings are told apart, so `bare` solves a little less: it is compared by the step and by the fact, and not at
all where it differs by more than two percent.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from chaintrace.api import open_project
from chaintrace.graph.derivations import NONE
from chaintrace.pipeline import Asked, Means, solve, without_collection
from chaintrace.pointsto import graphing, roots
from chaintrace.pointsto.analysis import Analysis
from chaintrace.pointsto.evidence import Evidence
from chaintrace.pointsto.variables import Reason

MODES = ("kept", "bare", "unwritten")
POINTER = 8  # bytes
SAME = 0.02  # share by which two runs may differ and be compared


class SolvedError(Exception):
    """Report that solving has ended, where no graph is wanted."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run each mode in a process of its own, in turn, and print what keeping and writing cost."""
    parser = argparse.ArgumentParser(description="Measure what derivations cost.")
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--from", dest="starts", action="append", default=[])
    parser.add_argument("--to", dest="targets", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--mode", choices=MODES)
    asked = parser.parse_args(arguments)
    if asked.mode:
        print(json.dumps(run(asked)))
        return
    given = list(arguments or sys.argv[1:])
    found: dict[str, list[dict[str, float]]] = {mode: [] for mode in MODES}
    for _ in range(asked.rounds):
        for mode in MODES:
            command = [sys.executable, str(Path(__file__).resolve()), *given, "--mode", mode]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found[mode].append(json.loads(done.stdout))
    print_costs({mode: median_of(rounds) for mode, rounds in found.items()})


def median_of(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure over the rounds."""
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}


def print_costs(by_mode: dict[str, dict[str, float]]) -> None:
    """Print the figures of each mode, and the two costs as shares of what there is without."""
    for mode, figures in by_mode.items():
        print(f"{mode:<10}" + ", ".join(f"{name} {value:,.1f}" for name, value in figures.items()))
    kept, bare, unwritten = (by_mode[mode] for mode in MODES)
    steps, facts = kept["steps"] / bare["steps"], kept["facts"] / bare["facts"]
    if abs(steps - 1) > SAME or abs(facts - 1) > SAME:
        sys.exit("the two did not solve the same; nothing can be said")
    seconds = bare["solve s"] * steps
    memory = (bare["solve MB"] - bare["facts"] * POINTER / 2**20) * facts
    print(
        f"keeping them: {kept['solve s'] / seconds - 1:+.1%} time of solving,"
        f" {kept['solve MB'] / memory - 1:+.1%} memory"
    )
    written = kept["graph s"] - unwritten["graph s"]
    print(f"writing them down: {written / unwritten['graph s']:+.1%} time of drawing the graph")
    without = seconds + unwritten["graph s"]
    print(f"both: {(kept['solve s'] + kept['graph s']) / without - 1:+.1%} time of solving and drawing")


def run(asked: argparse.Namespace) -> dict[str, float]:
    """Solve in one mode, and return seconds of the processor, megabytes, and counts."""
    found: dict[str, float] = {}
    if asked.mode == "bare":
        share_one_reason()
    elif asked.mode == "unwritten":
        write_nothing()
    watch(found, with_graph=asked.mode != "bare")
    files = files_of(asked)
    with without_collection(), suppress(SolvedError):
        solve(files, Means(cache=True, jobs=None, executor=None, store=None), None)
    return found


def files_of(asked: argparse.Namespace) -> Asked:
    """Return what the graph is made from, as a command with these arguments has it."""
    project = open_project(asked.sources)
    whole = project._asked(asked.starts or None, asked.targets, (), ())  # noqa: SLF001 - what analyze begins with
    return whole.narrowed()


def watch(found: dict[str, float], *, with_graph: bool) -> None:
    """Measure solving and drawing; without a graph, end before it."""
    solving, drawing = roots.run, graphing.build

    def solved(*given: Any) -> Analysis:
        start, memory = time.process_time(), resident()
        analysis = solving(*given)
        found["solve s"] = time.process_time() - start
        found["solve MB"] = (resident() - memory) / 2**20
        found["steps"] = analysis.effort
        found["facts"] = analysis.propagated
        return analysis

    def drawn(*given: Any, **named: Any) -> Any:
        if not with_graph:
            raise SolvedError
        start = time.process_time()
        graph = drawing(*given, **named)
        found["graph s"] = time.process_time() - start
        return graph

    roots.run, graphing.build = solved, drawn


def share_one_reason() -> None:
    """Let one reason stand for all."""
    one = Reason("", None, -1)

    def same(*_: Any, **__: Any) -> Reason:
        return one

    Reason.__init__ = lambda *_, **__: None  # type: ignore[method-assign]
    Reason.__new__ = same  # type: ignore[method-assign,assignment]


def write_nothing() -> None:
    """Let the graph have no records."""

    def nothing(*_: Any) -> int:
        return NONE

    Evidence.record = Evidence.tell = nothing  # type: ignore[method-assign]


def resident() -> int:
    """Return the bytes of memory that this process has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
