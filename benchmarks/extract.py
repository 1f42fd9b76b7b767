"""Time the front end on the Python files of a directory: parser alone, whole extraction, and their ratio.

python benchmarks/extract.py DIRECTORY [MOST_FILES]
"""  # noqa: INP001 - a script

import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import libcst

from chaintrace.frontend import extract


def seconds(work: Callable[[bytes], object], files: Sequence[bytes]) -> float:
    """Return the processor time that `work` takes on all files."""
    start = time.process_time()
    for data in files:
        work(data)
    return time.process_time() - start


def parse(data: bytes) -> object:
    """Parse as the front end does: without collections in between."""
    gc.disable()
    try:
        return libcst.parse_module(data)
    except libcst.ParserSyntaxError:
        return None
    finally:
        gc.enable()


def main(directory: str, most: str = "200") -> None:
    """Print one line of figures."""
    files = [path.read_bytes() for path in sorted(Path(directory).rglob("*.py"))[: int(most)]]
    lines = sum(data.count(b"\n") for data in files)
    parsing, extracting = seconds(parse, files), seconds(extract, files)
    sys.stdout.write(
        f"{len(files)} files, {lines} lines: parse {parsing:.2f} s, extract {extracting:.2f} s, "
        f"ratio {extracting / parsing:.2f}\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
