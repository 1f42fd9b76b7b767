"""Time `chaintrace graph` on the demo pair or on given directories: a cold run, then one with cached facts.

Usage: python benchmarks/speed.py [SOURCE...]
Prints wall seconds, peak memory and the size of the answer; each run is a process of its own.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main(sources: list[str]) -> None:
    """Run twice with one fresh cache and print a row for each run."""
    print(f"{'run':<6}{'seconds':>9}{'peak MB':>9}{'symbols':>9}{'edges':>9}{'unresolved':>12}")
    with tempfile.TemporaryDirectory() as room:
        output = Path(room) / "graph.json"
        environment = os.environ | {"CHAINTRACE_CACHE": f"{room}/cache"}
        asked = sources or ["--demo"]
        command = [sys.executable, "-m", "chaintrace", "graph", *asked, "-f", "json", "-o", str(output)]
        for run in ("cold", "warm"):
            start = time.perf_counter()
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            seconds = time.perf_counter() - start
            # The peak is that of the largest child so far; the cold run comes first and is the larger.
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            graph = json.loads(output.read_text(encoding="utf-8"))
            sizes = [len(graph[part]) for part in ("symbols", "edges", "unresolved")]
            print(f"{run:<6}{seconds:>9.2f}{peak:>9.0f}{sizes[0]:>9}{sizes[1]:>9}{sizes[2]:>12}")


if __name__ == "__main__":
    main(sys.argv[1:])
