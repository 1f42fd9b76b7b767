"""The work for a file grows with the file: counted in lines run, so that a slow machine fails no test."""

import sys
from types import FrameType
from typing import Any

import pytest

from chaintrace.frontend import builder, extract, joins

COUNTED = {builder.__file__, joins.__file__}


def lines_run(source: str) -> int:
    """Return how many lines of the builder and the joins run for a file."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename not in COUNTED:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        assert not extract(source.encode()).diagnostics
    finally:
        sys.settrace(before)
    return count


def table(arms: int) -> str:
    return "".join(f"{'elif' if arm else 'if'} x == {arm}:\n    y = {arm}\n" for arm in range(arms))


@pytest.mark.parametrize("head", ["x = f()\n", "from m import x\n"])
def test_a_long_table_of_elif_takes_no_cubic_work(head: str) -> None:
    small, large = (lines_run(head + table(arms)) for arms in (100, 200))
    assert large < 5 * small
