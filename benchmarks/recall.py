"""Score the graph against calls that real runs made, and write the table.

python benchmarks/recall.py [--truth DIR] [--scorers DIR] [--head SOURCE]... [--output FILE]

DIR of the truths holds `packages/*.json.gz`, what the tests of a package were seen to call, and
`run_head.json` and `chain_head.json`, for which the two `--head` sources are read (directories or git paths
with @revision). Each package comes from the package index at the version of its truth, and is read twice:
as installed, and as its source archive with the tests. `score_dyn.py` and `score_graph.py` are in DIR of the
scorers.
"""  # noqa: INP001 - a script

import argparse
import gzip
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

import chaintrace as ct
from chaintrace.errors import ChaintraceError
from chaintrace.graph.graph import EXECUTION_KINDS

HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"
CALLS = {kind.value for kind in EXECUTION_KINDS} - {"define"}
HEAD = (
    "package",
    "read",
    "overall",
    "non_native",
    "explicit",
    "reach",
    "precision",
    "of all edges",
    "seconds",
    "MB",
)
INTRODUCTION = """\
Written by `make bench-recall` at {revision}, on Python {version}, with cold caches.

Recall, reach and precision count calls, spawns, callbacks and dispatches; the precision *of all edges* counts
whatever is in the JSON. Precision is the share of edges at executed sites that the run made too.
"""


class Run(NamedTuple):
    """Hold the file of a graph, None where the command failed or took too long, and what it cost."""

    graph: Path | None
    seconds: float
    memory: int


def graph_of(sources: Sequence[str], into: Path, limit: float) -> Run:
    """Run the command on some sources, without the cache, and return its graph, if it comes to its end."""
    command = [sys.executable, "-m", "chaintrace", "graph", *sources, "-q", "-f", "json", "-o", str(into)]
    cold = {"CHAINTRACE_CACHE": str(into.parent / f"{into.stem}-cache")}
    start = time.perf_counter()
    with subprocess.Popen(command, env=os.environ | cold) as process:
        timer = Timer(limit, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        timer.cancel()
    done = process.returncode == 0
    return Run(into if done else None, time.perf_counter() - start, usage.ru_maxrss // 1024)


def scorer(directory: Path) -> Any:  # noqa: ANN401 - a module from outside
    """Load `score_dyn.py`."""
    spec = importlib.util.spec_from_file_location("score_dyn", directory / "score_dyn.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def readings(name: str, version: str) -> Iterator[tuple[str, str]]:
    """Yield (how it is read, directory) for a release: as installed, and with its tests."""
    for word, source in (("package", False), ("with tests", True)):
        try:
            yield word, ct.PyPI(f"{name}=={version}", source=source).root
        except ChaintraceError as error:
            sys.stderr.write(f"{name}=={version}, {word}: left out: {error}\n")


def rows_of(
    truth: Path,
    module: Any,  # noqa: ANN401 - as above
    room: Path,
    limit: float,
) -> Iterator[tuple[object, ...]]:
    """Yield a row of the table for each reading of a truth's package."""
    with gzip.open(truth, "rt", encoding="utf-8") as file:
        known = json.load(file)
    name, version = known["package"], known["version"]
    for word, directory in readings(name, version):
        run = graph_of([directory], room / f"{name}-{word.replace(' ', '-')}.json", limit)
        if run.graph is None:
            yield f"{name} {version}", word, *["-"] * 6, *_cost(run)
            continue
        edges = json.loads(run.graph.read_text(encoding="utf-8"))["edges"]
        triples = [(e["caller"], e["callee"], e["line"]) for e in edges if e["kind"] in CALLS]
        calls = module.score(module.Truth(str(truth)), triples)
        every = module.score(module.Truth(str(truth)), [(e["caller"], e["callee"], e["line"]) for e in edges])
        recalls = [calls[key]["recall"] for key in ("overall", "non_native", "explicit")]
        precision = [score["precision_site"]["observed"] for score in (calls, every)]
        yield f"{name} {version}", word, *recalls, calls["reach"]["micro"], *precision, *_cost(run)


def _cost(run: Run) -> tuple[str, int]:
    return f"{run.seconds:.0f}", run.memory


def head_lines(run: Run, truth: Path, scorers: Path) -> Iterator[str]:
    """Yield the lines about the pair of repositories whose real run is known."""
    yield "## The head run\n"
    yield f"{_cost(run)[0]} s, {run.memory} MB.\n"
    if run.graph is None:
        yield "It did not come to its end."
        return
    for file in ("run_head.json", "chain_head.json"):
        command = [sys.executable, str(scorers / "score_graph.py"), str(run.graph), str(truth / file)]
        done = subprocess.run([*command, "--misses", "0"], capture_output=True, text=True, check=True)
        yield from (f"- {file}: {line}" for line in done.stdout.splitlines())


def revision() -> str:
    """Return the revision of this checkout, as git describes it."""
    command = ["git", "-C", str(HERE), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "an unknown revision"


def table(rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a table."""
    for row in (HEAD, ["---"] * len(HEAD), *rows):
        yield "| " + " | ".join(str(cell) for cell in row) + " |"


def main() -> None:
    """Score everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--truth", type=Path, default=SHARED / "truth")
    parser.add_argument("--scorers", type=Path, default=SHARED / "bench")
    parser.add_argument("--head", action="append", default=[])
    parser.add_argument("--seconds", type=float, default=1200, help="for one graph")
    parser.add_argument("--output", type=Path, default=HERE / "RECALL.md")
    given = parser.parse_args()
    module = scorer(given.scorers)
    with tempfile.TemporaryDirectory() as scratch:
        room = Path(scratch)
        rows = [
            row
            for truth in sorted((given.truth / "packages").glob("*.json.gz"))
            for row in rows_of(truth, module, room, given.seconds)
        ]
        lines = [
            "# Recall against real runs\n",
            INTRODUCTION.format(revision=revision(), version=platform.python_version()),
            *table(rows),
            "",
        ]
        if given.head:
            run = graph_of(given.head, room / "head.json", given.seconds)
            lines += head_lines(run, given.truth, given.scorers)
    given.output.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
