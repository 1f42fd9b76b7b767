from pathlib import Path

import pytest

from chaintrace.errors import ChaintraceError
from chaintrace.plugins import default_models, tables
from chaintrace.plugins.rows import expanded
from chaintrace.plugins.values import Value, parse
from chaintrace.pointsto import roots
from chaintrace.pointsto.analysis import Analysis
from chaintrace.project.modules import Module
from chaintrace.project.program import link

PROGRAM = """
import bus

def on_message(text): ...
def on_error(text): ...

bus.subscribe("topic", on_message, fallback=on_error)
"""

ROW = """
[[function]]
paths = ["bus.subscribe"]
calls = ["1:handler", ":fallback"]
kind = "dispatch"
"""


def analysed(text: str, *user_tables: Path) -> Analysis:
    from chaintrace.frontend import extract
    from chaintrace.pointsto.builtin.names import BUILTIN_NAMES

    module = Module("main", "main.py", is_package=False, source="test", facts=extract(text.encode()))
    program, _clashes = link([module])
    return roots.run(program, default_models(user_tables), BUILTIN_NAMES)


def edges(analysis: Analysis) -> set[tuple[str, str]]:
    calls = analysis.record.calls.values()
    return {(call.kind.value, call.target.code.name) for call in calls if hasattr(call.target, "code")}


def test_a_user_table_says_who_is_called_back(tmp_path: Path) -> None:
    table = tmp_path / "bus.toml"
    table.write_text(ROW)
    assert edges(analysed(PROGRAM, table)) == {("dispatch", "main.on_message"), ("dispatch", "main.on_error")}
    assert edges(analysed(PROGRAM)) == {("callback", "main.on_message"), ("callback", "main.on_error")}


def test_a_hook_row_names_methods_that_a_library_calls(tmp_path: Path) -> None:
    table = tmp_path / "bus.toml"
    table.write_text(
        "[[hook]]\npaths = ['bus.Listener.poll']\nmethods = ['on_*', 'closed']\narguments = ['0:text']\n"
    )
    program = """
import bus

class Mine(bus.Listener):
    def on_text(self, text): ...
    def closed(self, text): ...
    def other(self): ...

Mine().poll("x")
"""
    called = edges(analysed(program, table))
    assert {("call", "main.Mine.on_text"), ("call", "main.Mine.closed")} <= called
    assert ("call", "main.Mine.other") not in called


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[function]\n", "not TOML"),
        ("[[function]]\npaths = ['a.b']\nreturn = '0'\n", "return"),
        ("[[function]]\npaths = ['a.b']\nkind = 'sends'\n", "sends"),
        ("[[hook]]\npaths = ['a.b']\nmethods = ['c']\nof = 'eech 0'\n", ":1: hook a.b"),
        (
            "[[function]]\npaths = ['a.b']\n[[function]]\npaths = ['a.c']\nreturns = 'eech 0'\n",
            ":3: function a.c",
        ),
    ],
)
def test_a_broken_table_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    table = tmp_path / "broken.toml"
    table.write_text(text)
    with pytest.raises(ChaintraceError) as caught:
        default_models([table])
    assert str(table) in str(caught.value)
    assert says in str(caught.value)


def test_values_are_read_from_left_to_right() -> None:
    argument = Value("argument", 1, "xs")
    assert parse("each 1:xs") == Value("each", inner=(argument,))
    assert parse("item 0 of result | :key").inner == (
        Value("item", name="0", inner=(Value("result"),)),
        Value("argument", 99, "key"),
    )
    for text in ("", "each", "item of 1", "of 1", "new"):
        with pytest.raises(ValueError, match="is not a value"):
            parse(text)


def test_braces_spell_out_several_paths() -> None:
    assert expanded(["a.{b, c}.d", "{e,f}.{g,h}"]) == ["a.b.d", "a.c.d", "e.g", "e.h", "f.g", "f.h"]


def test_built_in_tables_say_each_thing_once() -> None:
    seen: dict[str, int] = {}
    for table in tables.builtin_tables():
        for row in table.function:
            for path in expanded(row.paths):
                seen[path] = seen.get(path, 0) + 1
    assert [path for path, count in seen.items() if count > 1] == []


def test_deep_import_paths_are_known_by_their_documented_names() -> None:
    models = default_models()
    assert models.canonical("concurrent.futures.thread.ThreadPoolExecutor.submit") == (
        "concurrent.futures.ThreadPoolExecutor.submit"
    )
    assert models.canonical("typing_extensions.NamedTuple") == "typing.NamedTuple"
    assert models.canonical("somewhere.else") == "somewhere.else"
