"""Time one question from nothing, again, and after one file was edited, by stage.

python benchmarks/stages.py [SOURCE...] [--from START]... [--to TARGET]... [--rounds N]

SOURCE are directories (default: the releases of the built-in pair); they are copied, since a file is edited.
Each run is a process of its own. `edited` changes a file that the question needs, `elsewhere` one it does
not. Times are those of the processors, but for one column of the clock; one is given as multiples of the time
in which libcst alone parses the files that are read, in one process of this run. Printed are medians over the
rounds, with the range of those multiples.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import libcst

from chaintrace.api import open_project
from chaintrace.sources.closure import needed_files
from chaintrace.sources.source import SourceFile

RUNS = ("cold", "warm", "edited", "elsewhere")
STAGE = re.compile(r"(\w+) (\d+\.\d+) \((\d+\.\d+)\)")


def parse_seconds(files: Sequence[SourceFile]) -> float:
    """Return the processor time in which libcst parses the files."""
    start = time.process_time()
    for file in files:
        try:
            libcst.parse_module(file.read())
        except libcst.ParserSyntaxError:
            continue
    return time.process_time() - start


def stages_of(command: Sequence[str], cache: Path) -> dict[str, tuple[float, float]]:
    """Run a command that tells its stats; return the seconds of processor and clock by stage."""
    environment = os.environ | {"CHAINTRACE_CACHE": str(cache)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    line = next((line for line in done.stderr.splitlines() if "seconds of the processors" in line), "")
    if not line:
        sys.exit(done.stderr)
    memory = re.search(r"peak memory: (\d+)", done.stderr)
    found = {name: (float(work), float(clock)) for name, work, clock in STAGE.findall(line)}
    return found | {"memory": (float(memory[1]) if memory else 0.0, 0.0)}


def edit(file: Path) -> None:
    """Change a file without changing what it says."""
    with file.open("a", encoding="utf-8") as text:
        text.write(f"\n# edited {time.time()}\n")


def show(rounds: Sequence[dict[str, dict[str, tuple[float, float]]]], unit: float) -> None:
    """Print a row for each kind of run."""
    every = (name for one in rounds for run in one.values() for name in run)
    names = list(dict.fromkeys(name for name in every if name not in ("all", "memory")))
    print("| run | " + " | ".join(names) + " | all | all / libcst (range) | clock | peak MB |")
    print("|" + "---|" * (len(names) + 5))
    for run in RUNS:
        runs = [one[run] for one in rounds]
        cells = [f"{statistics.median(r.get(name, (0, 0))[0] for r in runs):.2f}" for name in names]
        work, clock = ([r["all"][at] for r in runs] for at in (0, 1))
        ratios = sorted(seconds / unit for seconds in work)
        cells += [
            f"{statistics.median(work):.2f}",
            f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
            f"{statistics.median(clock):.2f}",
            f"{statistics.median(r['memory'][0] for r in runs):.0f}",
        ]
        print(f"| {run} | " + " | ".join(cells) + " |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sources", nargs="*")
    parser.add_argument("--from", dest="starts", action="append")
    parser.add_argument("--to", dest="targets", action="append")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    project = open_project(asked.sources)
    starts = asked.starts or list(project.trace.entries)
    targets = asked.targets or list(project.trace.targets)
    with tempfile.TemporaryDirectory() as directory:
        room = Path(directory)
        for source in project.sources:
            shutil.copytree(source.root, room / source.name, ignore=shutil.ignore_patterns(".git", "*.pyc"))
        copies = [str(room / source.name) for source in project.sources]
        files = [file for source in open_project(copies).sources for file in source.files()]
        needed = needed_files(files, [*starts, *targets])
        others = [file for file in files if file not in needed]
        lines = sum(file.read().count(b"\n") for file in needed)
        unit = parse_seconds(needed)
        print(f"{' and '.join(starts)} to {' and '.join(targets)}:")
        print(f"{len(needed)} of {len(files)} files, {lines} lines, which libcst parses in {unit:.2f} s;")
        print(f"{len(os.sched_getaffinity(0))} processors, {asked.rounds} rounds.\n")
        ends = [word for start in starts for word in ("--from", start)]
        ends += [word for target in targets for word in ("--to", target)]
        command = [sys.executable, "-m", "chaintrace", "graph", *copies, *ends, "-q", "--stats"]
        rounds = []
        for number in range(asked.rounds):
            cache = room / f"cache{number}"
            one = {"cold": stages_of(command, cache), "warm": stages_of(command, cache)}
            edit(Path(needed[len(needed) // 2].location))
            one["edited"] = stages_of(command, cache)
            if others:
                edit(Path(others[0].location))
            one["elsewhere"] = stages_of(command, cache)
            rounds.append(one)
        show(rounds, unit)


if __name__ == "__main__":
    main()
