"""Library models of a trace file: the example of docs/models.md holds, and a mistake names its line."""

import re
from pathlib import Path

import pytest

import chaintrace as ct

PAGE = (Path(__file__).parents[1] / "docs" / "models.md").read_text("utf-8")
TRACE = '[[sources]]\nname = "app"\ndirectory = "app"\n'


def example(language: str, beginning: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(next(block for block in blocks if block.startswith(beginning)))


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "models").mkdir()
    (tmp_path / "app/main.py").write_text(example("python", "import bus"))
    (tmp_path / "models/bus.toml").write_text(example("toml", "# models/bus.toml"))
    (tmp_path / "chaintrace.toml").write_text(example("toml", "# chaintrace.toml") + TRACE)
    return tmp_path


def found(room: Path) -> set[tuple[str, str, str, str]]:
    edges = ct.open(room).analyze().graph.edges
    kinds = {"call", "dispatch", "send", "callback"}
    return {
        (str(e.source), str(e.target), e.kind.value, e.resolution.word)
        for e in edges
        if e.kind.value in kinds
    }


def test_the_rows_of_a_trace_file_say_what_a_library_does(room: Path) -> None:
    with_models = found(room)
    assert {
        ("main.<module>", "main.on_message", "dispatch", "modelled"),
        ("main.<module>", "main.on_error", "dispatch", "modelled"),
        ("main.<module>", "main.Mine.on_text", "call", "modelled"),
        ("main.reader", "main.on_error", "call", "modelled"),
    } <= with_models
    assert ("main.writer", "main.reader", "send") in {edge[:3] for edge in with_models}
    (room / "chaintrace.toml").write_text(TRACE)
    assert {edge[2] for edge in found(room) if edge[3] != "assumed"} <= {"call"}


def test_a_changed_table_is_another_question(room: Path) -> None:
    before = found(room)
    table = room / "models/bus.toml"
    table.write_text(table.read_text().replace('kind = "dispatch"', 'kind = "callback"'))
    assert found(room) != before


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("inert = 3\n", r"bus\.toml:1: inert: expected `array`, got `int`"),
        ('[[function]]\npaths = ["a"]\ncals = []\n', r"bus\.toml:3: function\[0\]: .* did you mean `calls`"),
        ('[[hook]]\npaths = ["a"]\n', r"bus\.toml:1: hook\[0\]: .*missing required field `methods`"),
        (
            '[[channel]]\nputs = []\ngets = []\n\n[[channel]]\nputs = ["p"]\ngets = []\ntakes = "what"\n',
            r"bus\.toml:5: channel p: 'what'",
        ),
        ("function = [\n", r"bus\.toml: not TOML|bus\.toml:\d: not TOML"),
    ],
)
def test_a_mistake_in_a_table_names_its_line(room: Path, table: str, said: str) -> None:
    (room / "models/bus.toml").write_text(table)
    with pytest.raises(ct.ChaintraceError, match=said):
        found(room)


def test_a_table_that_is_not_there_names_the_line_of_the_trace_file(room: Path) -> None:
    (room / "models/bus.toml").unlink()
    with pytest.raises(ct.ChaintraceError, match=r"chaintrace\.toml:2: models: .*bus\.toml: cannot be read"):
        found(room)
