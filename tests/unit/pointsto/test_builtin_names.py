"""The table of built-in names holds those of the running interpreter, and does not ask it."""

import builtins

from chaintrace.pointsto.builtin.names import BUILTIN_NAMES


def test_the_table_holds_what_this_interpreter_has() -> None:
    assert {name for name in dir(builtins) if not name.startswith("_")} <= BUILTIN_NAMES
