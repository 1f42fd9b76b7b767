"""Write the graphs of a micro-benchmark's snippets in PyCG's form, and score them.

python benchmarks/conformance/run.py SUITE [--graphs FOLDER] [--scorer SCRIPT] [OPTION OF THE SCORER ...]

SUITE is a checkout's folder of <category>/<snippet>/ with a callgraph.json each. Without --scorer the graphs
are only written.
"""  # noqa: INP001 - a script

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import chaintrace as ct
from chaintrace.export.pycg import to_pycg


def write_graphs(suite: Path, graphs: Path) -> int:
    """Write `<category>/<snippet>.json` for every snippet, all from this process; return how many."""
    snippets = sorted(path.parent for path in suite.glob("*/*/callgraph.json"))
    for snippet in snippets:
        project = ct.Project([ct.Directory(snippet, flat=True)], cache=False, jobs=1)
        file = graphs / snippet.parent.name / f"{snippet.name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(to_pycg(project.analyze().graph), encoding="utf-8")
    return len(snippets)


def main() -> int:
    """Do what the arguments say; return the scorer's exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suite", type=Path)
    parser.add_argument("--graphs", type=Path, help="where to write (default: a folder of its own in /tmp)")
    parser.add_argument("--scorer", type=Path, help="run as: SCORER --bench SUITE --graphs FOLDER ...")
    options, rest = parser.parse_known_args()
    graphs = options.graphs or Path(tempfile.mkdtemp(prefix="conformance-"))
    start = time.perf_counter()
    count = write_graphs(options.suite, graphs)
    sys.stderr.write(f"{count} graphs in {graphs}, {time.perf_counter() - start:.1f} s\n")
    if options.scorer is None:
        return 0 if count else 1
    command = [sys.executable, options.scorer, "--bench", options.suite, "--graphs", graphs, *rest]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
