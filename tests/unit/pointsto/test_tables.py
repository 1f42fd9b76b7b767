"""Edges through a table name the row that they go through."""

from pathlib import Path

import chaintrace
from chaintrace.graph.edges import EdgeKind
from chaintrace.testing.fixture import read_fixture

FIXTURES = Path(__file__).parents[2] / "fixtures" / "dispatch"


def rows(name: str) -> list[tuple[int, str, int, str]]:
    """Return (line, target, line of the row, key) of each dispatch edge of a fixture."""
    fixture = read_fixture(FIXTURES / f"{name}.py")
    graph = chaintrace.Project([chaintrace.Memory(dict(fixture.files))]).analyze()
    return [
        (edge.site.line, edge.target.removeprefix("main."), edge.row.site.line, edge.row.key)
        for edge in graph.edges
        if edge.kind is EdgeKind.DISPATCH and edge.row is not None
    ]


def test_rows_of_classes_are_their_tuples() -> None:
    assert rows("class_table") == [
        (26, "Reader.on_text", 52, "Text"),
        (26, "Runner.on_start", 34, "Start"),
        (26, "Runner.on_stop", 35, "Stop|Pause"),
    ]


def test_rows_of_a_registry_are_where_the_handler_is_named() -> None:
    found = rows("names_and_registries")
    assert found[:2] == [(58, "on_close", 19, "'close'"), (58, "on_open", 18, "'open'")]
    assert (63, "load_json", 32, "'json'") in found
    assert (64, "Text.__init__", 49, "'text'") in found
