"""Facts of small snippets, written out: the specification of the front end.

Each file in `goldens/` is a snippet, a line `----`, and the dump of its facts. `CHAINTRACE_GOLDENS=write`
rewrites the dumps; read the difference before committing it.
"""

import os
from pathlib import Path

import pytest

from chaintrace.frontend import extract
from chaintrace.ir.dump import dump

GOLDENS = sorted(Path(__file__).with_name("goldens").glob("*.txt"))
RULE = "----\n"


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    snippet, _, expected = path.read_text(encoding="utf-8").partition(RULE)
    actual = dump(extract(snippet.encode()))
    if os.environ.get("CHAINTRACE_GOLDENS") == "write":
        path.write_text(snippet + RULE + actual, encoding="utf-8")
    else:
        assert actual == expected


def test_there_are_goldens() -> None:
    assert GOLDENS
