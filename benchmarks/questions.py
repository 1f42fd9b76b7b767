"""Ask questions whose answers are known of one graph of everything, and time them.

python benchmarks/questions.py QUESTIONS SOURCE...

QUESTIONS is TOML: `[[question]]` tables with `start` and `target`, and `found = false` where there must be no
chain, else `found = true`. The graph is solved once and kept in the cache; a second run loads it. The first
question pays for the indexes that are built when first used, and so does the first `why`. Times are those of
the processor, in milliseconds, without garbage collection, as in the command. The exit code is 1 where an
answer is not the known one.
"""

import argparse
import gc
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

from chaintrace.answer import Answer
from chaintrace.api import open_project
from chaintrace.graph.edges import Edge
from chaintrace.stats import Stats


def main(arguments: Sequence[str] | None = None) -> None:
    """Analyse, ask everything, and print a line for each question."""
    parser = argparse.ArgumentParser(description="Ask questions whose answers are known.")
    parser.add_argument("questions", type=Path)
    parser.add_argument("sources", nargs="+")
    asked = parser.parse_args(arguments)
    questions = tomllib.loads(asked.questions.read_text(encoding="utf-8"))["question"]
    stats = Stats()
    answer = open_project(asked.sources).analyze(stats=stats)
    for line in stats.lines():
        print(line)
    print(f"{len(answer.edges)} edges{'' if answer.complete else ', NOT COMPLETE'}")
    gc.disable()
    wrong = 0
    hops: dict[Edge, None] = {}
    for question in questions:
        start = time.process_time()
        chains = answer.paths(question["start"], question["target"], k=None)
        spent = (time.process_time() - start) * 1000
        paths = [path for chain in chains for path in chain.paths]
        hops.update(dict.fromkeys(edge for path in paths for edge in path))
        refuted = sum(chain.refutations for chain in chains)
        is_right = bool(paths) is question["found"]
        wrong += not is_right
        said = f"{len(paths)} chains, best of {min(map(len, paths))} hops" if paths else "no chain"
        print(
            f"{spent:7.0f} ms  {'right' if is_right else 'WRONG'}  {said}, {refuted} refuted"
            f"  {question['start']} -> {question['target']}"
        )
    print_why(answer, list(hops))
    sys.exit(1 if wrong else 0)


def print_why(answer: Answer, edges: Sequence[Edge]) -> None:
    """Print the times of the derivations of some edges."""
    times = []
    for edge in edges:
        start = time.process_time()
        answer.graph.witness(edge)
        times.append((time.process_time() - start) * 1000)
    if times:
        later = sorted(times[1:]) or times
        median, most = later[len(later) // 2], later[-1]
        print(
            f"why of {len(times)} hops: first {times[0]:.0f} ms, median {median:.1f} ms, most {most:.1f} ms"
        )


if __name__ == "__main__":
    main()
