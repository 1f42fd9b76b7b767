"""Read much foreign code, as data: no file may crash or hang the front end, no package the analysis.

python benchmarks/robustness.py [DIRECTORY ...] [--largest N] [--only front-end|analysis] [--seconds N]
    [--output FILE]

Without a DIRECTORY it reads the standard library and its tests. A DIRECTORY is a package, or holds packages,
as the site-packages of a virtual environment does: the N with the most code are taken. Every package is read
by a process of its own: file by file through the front end, then as a whole through the analysis. Prints a
table; fails if anything crashed, or a file took too long. `--output` puts the rows into a Markdown file, in
the place of earlier ones of the same package and stage.
"""  # noqa: INP001 - a script

import argparse
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from traceback import extract_tb
from types import FrameType

TITLE = """# Foreign code: crashes, hangs, time and memory

Written by `benchmarks/robustness.py --output`, which reads packages as data and imports none of them:
`front-end` is every file by itself, `analysis` the whole package as `chaintrace graph` takes it, with every
function started and nothing cached. Seconds are those of the processors, then of the clock (other work shared
the machine), `MB` is the largest memory of one process. Cells left empty were not recorded.
"""
HEAD = """| package | stage | lines | seconds | clock | MB | |
|---|---|---|---|---|---|---|
"""
FILE_SECONDS = 60  # of the processor, as are those of SLOW
MEMORY = 12 << 30
SLOW = 10.0


class TooSlowError(BaseException):
    """Report a file that takes too long; no handler of `Exception` swallows it."""


def files_of(package: Path) -> list[Path]:
    """Return the Python files of a package, sorted, without those installed below it."""
    if package.is_file():
        return [package]
    found = sorted(path for path in package.rglob("*.py") if path.is_file())
    return [path for path in found if "site-packages" not in path.relative_to(package).parts]


def read_files(package: Path) -> None:
    """Run the front end on every file; print each crash and each slow file as it happens, then the counts."""
    from chaintrace.frontend import extract

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlowError

    signal.signal(signal.SIGPROF, stop)
    codes: Counter[str] = Counter()
    files = files_of(package)
    lines = 0
    for file in files:
        say(at=str(file))
        data = file.read_bytes()
        lines += data.count(b"\n")
        start = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, FILE_SECONDS)
        try:
            codes.update(diagnostic.code for diagnostic in extract(data).diagnostics)
        except TooSlowError:
            say(hang=str(file))
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is what this script looks for
            place = extract_tb(error.__traceback__)[-1]
            say(crash=f"{file}: {error!r} at {Path(place.filename).name}:{place.lineno}")
        signal.setitimer(signal.ITIMER_PROF, 0)
        if (seconds := time.process_time() - start) > SLOW:
            say(slow=f"{file}: {seconds:.0f} s")
    noted = ", ".join(f"{code} {count}" for code, count in sorted(codes.items()))
    say(result=f"{len(files)} files" + (f", {noted}" if noted else ""), lines=str(lines))


def analyse(package: Path) -> None:
    """Run the whole pipeline on a package and print its counts."""
    import chaintrace as ct

    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        graph = ct.Project([ct.Directory(package)], jobs=2, cache=False).analyze().graph
    except BaseException as error:  # noqa: BLE001 - as above
        place = extract_tb(error.__traceback__)[-1]
        say(crash=f"{package.name}: {error!r} at {Path(place.filename).name}:{place.lineno}")
    else:
        limits = [diagnostic.message for diagnostic in graph.diagnostics if diagnostic.code == "limit"]
        ended = "complete" if graph.complete else limits[0].partition(":")[0]
        edges = f"{len(graph.symbols)} symbols, {len(graph.edges)} edges"
        say(result=f"{edges}, {ended}", lines=str(graph.summary["lines"]))


def memory_of(process: int) -> int:
    """Return the peak memory of a process in MB, 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0


def processor_seconds() -> float:
    """Return the processor time of the child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def write(output: Path, fresh: list[str]) -> None:
    """Put rows into a file, in the place of those of the same package and stage, largest first."""
    old = output.read_text(encoding="utf-8").splitlines() if output.is_file() else []
    rows = {tuple(row.split(" | ")[:2]): row for row in [*old, *fresh] if row.startswith("| ")}
    rows.pop(tuple(HEAD.split(" | ")[:2]), None)

    def order(row: str) -> tuple[str, int, str]:
        package, stage, lines = row.removeprefix("| ").split(" | ")[:3]
        return stage, -int(lines or 0), package

    text = f"{TITLE}\n{HEAD}" + "".join(f"{row}\n" for row in sorted(rows.values(), key=order))
    output.write_text(text, encoding="utf-8")


def say(**words: str) -> None:
    """Report one thing to the parent process."""
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


STAGES = {"front-end": read_files, "analysis": analyse}


def measure(stage: str, package: Path, limit: float) -> tuple[str, list[str]]:
    """Run a stage in a process of its own; return the row of its table, and what went wrong."""
    command = [sys.executable, __file__, "--stage", stage, str(package)]
    start, spent, peak = time.perf_counter(), processor_seconds(), 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as child:
        assert child.stdout is not None
        try:
            output, _ = child.communicate(timeout=limit)
            ended = ""
        except subprocess.TimeoutExpired:
            peak = memory_of(child.pid)
            os.killpg(child.pid, signal.SIGKILL)
            output, _ = child.communicate()
            ended = f"stopped after {limit:.0f} s"
    seconds = time.perf_counter() - start
    words = [json.loads(line) for line in output.splitlines()]
    peak = next((int(word["peak"]) for word in words if "peak" in word), peak)
    last = next((word["at"] for word in reversed(words) if "at" in word), package.name)
    if child.returncode and not ended:
        ended = f"died with {child.returncode} at {last}"
    problems = [f"{key}: {word[key]}" for word in words for key in ("crash", "hang") if key in word]
    slow = [f"slow: {word['slow']}" for word in words if "slow" in word]
    if ended and stage == "front-end":
        problems.append(ended)
    result = next((word["result"] for word in words if "result" in word), ended or "crashed")
    spent, lines = processor_seconds() - spent, next((word["lines"] for word in words if "lines" in word), "")
    row = f"| {package.name} | {stage} | {lines} | {spent:.0f} | {seconds:.0f} | {peak} | {result} |"
    return row, [*problems, *slow] if stage == "front-end" else [*problems, *([ended] if ended else [])]


def packages_in(directory: Path, most: int) -> Iterator[Path]:
    """Yield the largest packages of a directory, by the size of their code; a package is one itself."""
    if (directory / "__init__.py").is_file():
        yield directory
        return
    sizes = {
        entry: sum(path.stat().st_size for path in files_of(entry))
        for entry in sorted(directory.iterdir())
        if entry.is_dir() and (entry / "__init__.py").is_file()
    }
    yield from sorted(sizes, key=lambda entry: (-sizes[entry], entry.name))[:most]


def main() -> int:
    """Measure every package; return 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("directories", nargs="*", type=Path)
    parser.add_argument("--largest", type=int, default=20)
    parser.add_argument("--only", choices=sorted(STAGES))
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--stage", choices=sorted(STAGES), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.stage:
        STAGES[given.stage](given.directories[0])
        say(peak=str(memory_of(os.getpid())))
        return 0
    library = [Path(sysconfig.get_path("stdlib"))]
    packages = [package for d in given.directories for package in packages_in(d, given.largest)] or library
    wrong = []
    sys.stdout.write(HEAD)
    for package in packages:
        for stage in STAGES if given.only is None else (given.only,):
            row, problems = measure(stage, package, given.seconds)
            sys.stdout.write("\n".join([row, *(f"|  | {problem} |" for problem in problems)]) + "\n")
            sys.stdout.flush()
            wrong += problems
            if given.output is not None:
                write(given.output, [row])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
