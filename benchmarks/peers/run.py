"""Ask chaintrace and other tools for one chain on one input: time, and at which hop each of them stops.

python benchmarks/peers/run.py PACKAGE... --from START --to TARGET [--tools DIR] [--rounds N] [--limit N]

PACKAGE is the directory of a Python package; all are copied beside each other, and all tools read that copy.
The chain is the best one that chaintrace finds. The others are installed by install.sh, into .peers; one that
is not there, fails or is over its limit (seconds of a processor) is named with that. Times are those of the
processors, as multiples of the time in which libcst alone parses the same files, with the range over the
rounds.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import libcst
from callhierarchy import outgoing
from readers import EDGES_OF, Edges

HERE = Path(__file__).resolve().parent
SERVERS = {"ty": ("ty", "server"), "pyright": ("pyright-langserver", "--stdio")}
GAVE_UP = 124
_PATIENCE = 10  # seconds of the clock for each second of a processor


class Hop(NamedTuple):
    """Hold one hop of the chain: the names of its ends, its kind, and where the first end is defined."""

    caller: str
    callee: str
    kind: str
    path: str
    line: int


class Spent(NamedTuple):
    """Hold what a command gave back, and the seconds of the processors that it took, with its children."""

    code: int
    seconds: float


def timed(command: Sequence[str], room: Path, limit: float, **environment: str) -> Spent:
    """Run a command in a directory, and end each of its processes past so many seconds of a processor."""
    path = {"PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"}
    limited = ["sh", "-c", 'ulimit -t "$0"; exec "$@"', str(int(limit)), *command]
    with (
        (room / "log").open("ab") as log,
        subprocess.Popen(
            ["timeout", "-k", "5", str(_PATIENCE * limit), *limited],
            cwd=room / "input",
            env=os.environ | path | environment,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = usage.ru_utime + usage.ru_stime
    return Spent(GAVE_UP if seconds >= limit else process.returncode, seconds)


def parse_seconds(files: Sequence[Path]) -> float:
    """Return the processor time in which libcst parses the files."""
    start = time.process_time()
    for file in files:
        try:
            libcst.parse_module(file.read_bytes())
        except libcst.ParserSyntaxError:
            continue
    return time.process_time() - start


def chain_of(room: Path, start: str, target: str, limit: float) -> tuple[Spent, list[Hop]]:
    """Run chaintrace from nothing, and return the hops of its best chain."""
    answer = room / "chain.json"
    command = [sys.executable, "-m", "chaintrace", "graph", ".", "--from", start, "--to", target, "-q"]
    spent = timed([*command, "-o", str(answer)], room, limit, CHAINTRACE_CACHE=tempfile.mkdtemp(dir=room))
    if spent.code:
        return spent, []
    document = json.loads(answer.read_text("utf-8"))
    places = {
        symbol["name"]: (symbol.get("file", ""), symbol.get("line", 0)) for symbol in document["symbols"]
    }
    edges = [document["edges"][at] for at in document["paths"][0]["edges"]]
    return spent, [Hop(e["caller"], e["callee"], e["kind"], *places[e["caller"]]) for e in edges]


def same(name: str, other: str) -> bool:
    """Say whether a tool's name may mean a symbol: the last two parts are the same, or all it has of them.

    A class stands for its `__init__` too.
    """
    mine, others = (text.replace(".<locals>", "").split(".")[-2:] for text in (name, other))
    if mine[-1] == "__init__" and others[-1] == mine[0]:
        return True
    return mine[-len(others) :] == others[-len(mine) :]


def verdict(hops: Sequence[Hop], has: Callable[[Hop], bool]) -> str:
    """Say how far along the chain a tool has every hop, and how many of them it has at all."""
    had = [has(hop) for hop in hops]
    if all(had):
        return f"all {len(hops)} hops"
    at = had.index(False)
    ends = " -> ".join(".".join(name.split(".")[-2:]) for name in (hops[at].caller, hops[at].callee))
    return f"stops at hop {at + 1} of {len(hops)}: {ends} ({hops[at].kind}); has {sum(had)} of the hops"


def of_graph(edges: Edges, hops: Sequence[Hop]) -> str:
    """Say how far a whole graph has the chain."""
    return verdict(hops, lambda hop: any(same(hop.caller, a) and same(hop.callee, b) for a, b in edges))


def ask(tool: str, tools: Path, room: Path, hops: Sequence[Hop], limit: float) -> tuple[float, str]:
    """Run one tool; return the time it took and what it found."""
    home = tools / tool
    if not (home / ".ready").exists():
        return 0.0, "not installed"
    if tool in EDGES_OF:
        command, read = EDGES_OF[tool]
        out = room / f"{tool}.out"
        spent = timed(command(home, room / "input", out), room, limit)
        if spent.code == GAVE_UP:
            return spent.seconds, f"not done after {limit:.0f} s of a processor"
        try:
            return spent.seconds, of_graph(read(out), hops)
        except (OSError, ValueError, KeyError) as error:
            return spent.seconds, f"failed with exit code {spent.code} ({type(error).__name__})"
    name, word = SERVERS[tool]
    command = [str(home / "bin" / name), word]
    seconds, found = outgoing(command, room / "input", [(h.path, h.line, h.caller) for h in hops], limit)
    if found is None:
        return seconds, f"no answer within {limit:.0f} s"
    known = {hop: [*names] for hop, names in zip(hops, found, strict=True)}
    return seconds, verdict(hops, lambda hop: any(same(hop.callee, name) for name in known[hop]))


def main() -> None:
    """Print a table of all tools."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("packages", nargs="+", type=Path)
    parser.add_argument("--from", dest="start", required=True)
    parser.add_argument("--to", dest="target", required=True)
    parser.add_argument("--tools", type=Path, default=Path(".peers"))
    parser.add_argument("--only", nargs="*", default=[*EDGES_OF, *SERVERS])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--limit", type=float, default=600)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        room = Path(directory)
        for package in asked.packages:
            shutil.copytree(package, room / "input" / package.name, ignore=shutil.ignore_patterns("*.pyc"))
        files = sorted((room / "input").rglob("*.py"))
        lines = sum(file.read_bytes().count(b"\n") for file in files)
        print(f"{len(files)} files, {lines} lines; {asked.start} to {asked.target}; {asked.rounds} rounds\n")
        print("| tool | processor time / libcst parse (range) | the chain |\n|---|---|---|", flush=True)
        rows: dict[str, tuple[list[float], str]] = {}
        hops: list[Hop] = []
        for _ in range(asked.rounds):
            unit = parse_seconds(files)
            spent, hops = chain_of(room, asked.start, asked.target, asked.limit)
            rows.setdefault("libcst alone", ([], f"{unit:.1f} s"))[0].append(1.0)
            rows.setdefault("chaintrace, from nothing", ([], ""))[0].append(spent.seconds / unit)
            mine = f"all {len(hops)} hops" if hops else "no chain"
            rows["chaintrace, from nothing"] = (rows["chaintrace, from nothing"][0], mine)
            for tool in asked.only:
                seconds, found = ask(tool, asked.tools.absolute(), room, hops, asked.limit)
                rows[tool] = ([*rows.get(tool, ([], ""))[0], seconds / unit], found)
        for name, (ratios, found) in rows.items():
            middle = sorted(ratios)[len(ratios) // 2]
            print(f"| {name} | {middle:.1f} ({min(ratios):.1f} to {max(ratios):.1f}) | {found} |", flush=True)
        for hop in hops:
            sys.stderr.write(f"{hop.caller} -> {hop.callee} ({hop.kind}, {hop.path}:{hop.line})\n")
        if os.environ.get("KEEP_LOG"):
            shutil.copy(room / "log", os.environ["KEEP_LOG"])


if __name__ == "__main__":
    main()
