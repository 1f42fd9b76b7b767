"""Measure how the time of extraction and of solving grows with the size of the code, and fit the exponents.

python benchmarks/growth.py [DIRECTORY...] [--sizes 25 50 100 250 1000] [--limit SECONDS] [--plot FILE]

DIRECTORY are folders of packages (default: the installed packages and the standard library). Packages are
taken in a fixed mixed order, file by file, until there are so many thousand lines; each size is a process of
its own. Everything is solved, with every function started. What a size does not come to within its limit is
named, and left out of the fit.
"""

import argparse
import hashlib
import json
import math
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path

FIGURES = ("parse", "extract", "solve", "graph")
_ENOUGH = 3  # sizes for a line through them


def chosen(directories: Sequence[Path], lines: int) -> dict[str, bytes]:
    """Return files by path until they have so many lines: whole packages, in an order that mixes them."""
    packages = [entry for directory in directories for entry in directory.iterdir() if entry.is_dir()]
    packages.sort(key=lambda path: hashlib.sha256(path.name.encode()).digest())
    found: dict[str, bytes] = {}
    for package in packages:
        for file in sorted(package.rglob("*.py")):
            path = file.relative_to(package.parent).as_posix()
            if path.startswith(("site-packages/", "test/")) or path in found:
                continue
            data = found[path] = file.read_bytes()
            lines -= data.count(b"\n")
            if lines <= 0:
                return found
    return found


def measure(directories: Sequence[Path], lines: int) -> dict[str, float]:
    """Return the seconds of the processor for each stage on one size, with the sizes it met."""
    import libcst

    from chaintrace.frontend import extract
    from chaintrace.pipeline import without_collection
    from chaintrace.plugins import default_models
    from chaintrace.pointsto import graphing, roots
    from chaintrace.pointsto.builtin.names import BUILTIN_NAMES
    from chaintrace.project.modules import Module
    from chaintrace.project.program import link
    from chaintrace.sources.memory import Memory
    from chaintrace.stats import peak_memory

    files = chosen(directories, lines)
    spent = dict.fromkeys(FIGURES, 0.0)
    modules = []
    with without_collection():
        for file in Memory(files).files():
            data = file.read()
            start = time.process_time()
            try:
                tree: object = libcst.parse_module(data)
            except libcst.ParserSyntaxError:
                tree = None
            del tree
            parsed = time.process_time()
            facts = extract(data)
            spent["parse"] += parsed - start
            spent["extract"] += time.process_time() - parsed
            modules.append(Module(file.module, file.path, file.is_package, file.source, facts))
        sizes = {"lines": sum(module.facts.lines for module in modules), "files": len(modules)}
        print(json.dumps(spent | sizes), flush=True)
        start = time.process_time()
        program, _ = link(modules)
        analysis = roots.run(program, default_models(), BUILTIN_NAMES)
        spent["solve"] = time.process_time() - start
        print(json.dumps(spent | sizes | {"steps": analysis.effort}), flush=True)
        start = time.process_time()
        graph = graphing.build(analysis, lambda _: ())
        spent["graph"] = time.process_time() - start
    whole = {"edges": len(graph.edges), "steps": analysis.effort, "memory": peak_memory()}
    return spent | sizes | whole | {"complete": graph.complete}


def run(words: Sequence[str], lines: int, limit: float) -> dict[str, float]:
    """Measure one size in a process of its own; what it had not come to is not in the figures."""
    command = [sys.executable, __file__, *words, "--one", str(lines)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            out = process.communicate(timeout=limit)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            out = process.communicate()[0]
    last = out.strip().rpartition("\n")[2]
    figures: dict[str, float] = json.loads(last) if last else {}
    return {key: value for key, value in figures.items() if value or key not in FIGURES}


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the straight line through the logarithms of points, by least squares."""
    xs, ys = ([math.log(value) for value in values] for values in zip(*points, strict=True))
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def table(rows: Sequence[dict[str, float]]) -> str:
    """Return the rows as a table; times are multiples of the time in which libcst parses the same files."""
    lines = ["| lines | files | libcst, s | extract | solve | graph | edges | peak MB |", "|" + "---|" * 8]
    for row in rows:
        ratios = [f"{row[key] / row['parse']:.2f}" if key in row else "not done" for key in FIGURES[1:]]
        sizes = [f"{row[key]:.0f}" if key in row else "" for key in ("edges", "memory")]
        cells = [f"{row['lines']:,}", f"{row['files']:,}", f"{row['parse']:.1f}", *ratios, *sizes]
        lines.append(f"| {' | '.join(cells)} |")
    for key in FIGURES[1:]:
        points = [(row["lines"], row[key]) for row in rows if key in row]
        if len(points) >= _ENOUGH:
            power = exponent(points)
            lines.append(f"\n{key}: time grows as lines to the power of {power:.2f} ({len(points)} sizes)")
    return "\n".join(lines)


def plot(rows: Sequence[dict[str, float]]) -> str:
    """Return the times over the lines, both logarithmic, as SVG."""
    width, height, edge = 640, 400, 60
    colours = {"parse": "#888888", "extract": "#1f77b4", "solve": "#d62728", "graph": "#2ca02c"}
    xs = [math.log10(row["lines"]) for row in rows]
    ys = [math.log10(row[key]) for row in rows for key in FIGURES if key in row]
    low, high, first, last = min(ys), max(ys), min(xs), max(xs)

    def at(lines: float, seconds: float) -> str:
        x = edge + (math.log10(lines) - first) / (last - first) * (width - 2 * edge)
        y = height - edge - (math.log10(seconds) - low) / (high - low) * (height - 2 * edge)
        return f"{x:.1f},{y:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{edge}" y="24">Seconds of the processor over lines of code, both logarithmic</text>',
    ]
    for row in rows:
        x, y = at(row["lines"], 10**low).split(",")
        thousands = f"{row['lines'] / 1000:.0f}k"
        parts.append(f'<text x="{x}" y="{float(y) + 20}" text-anchor="middle">{thousands}</text>')
    for second in range(math.ceil(low), math.floor(high) + 1):
        x, y = at(rows[0]["lines"], 10**second).split(",")
        parts.append(f'<text x="{edge - 12}" y="{y}" text-anchor="end">{10**second:g} s</text>')
    for number, (key, colour) in enumerate(colours.items()):
        points = [at(row["lines"], row[key]) for row in rows if key in row]
        parts.append(
            f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        for point in points:
            x, y = point.split(",")
            parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
        parts.append(f'<text x="{edge + 10}" y="{50 + 16 * number}" fill="{colour}">{key}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Measure all sizes and print the table; with --one, measure one size and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directories", nargs="*", type=Path)
    parser.add_argument("--sizes", nargs="*", type=int, default=[25, 50, 100, 250, 1000], metavar="THOUSAND")
    parser.add_argument("--limit", type=float, default=1800)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--save", type=Path, help="keep the figures, and add those of this run to them")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    installed = [Path(sysconfig.get_path(name)) for name in ("purelib", "stdlib")]
    directories = asked.directories or installed
    if asked.one:
        print(json.dumps(measure(directories, asked.one)))
        return
    words = [str(directory) for directory in directories]
    known: dict[str, dict[str, float]] = {}
    if asked.save and asked.save.exists():
        known = json.loads(asked.save.read_text())
    for size in asked.sizes:
        known[str(size)] = run(words, size * 1000, asked.limit)
        if asked.save:
            asked.save.write_text(json.dumps(known, indent=1))
    rows = [known[size] for size in sorted(known, key=int) if known[size]]
    print(table(rows))
    if asked.plot and len(rows) > 1:
        asked.plot.write_text(plot(rows), "utf-8")


if __name__ == "__main__":
    main()
