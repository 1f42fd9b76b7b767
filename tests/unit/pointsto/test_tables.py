"""Edges through a table name the row that they go through."""

from pathlib import Path

import chaintrace
from chaintrace.export.json import to_document
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


SEVERAL = """
class Start: ...
class Stop: ...
class Pause: ...

def on_start(message): ...
def on_stop(message): ...

ROWS = [
    (Start, on_start),
    (Stop, on_stop),
    (Pause, on_stop),
]
KEYS = {
    Start: on_start,
    Stop: on_stop,
    Pause: on_stop,
}
NAMES = {
    "start": on_start,
    "stop": on_stop,
    "halt": on_stop,
    "never": on_stop,
}

def walk(message):
    for cls, handler in ROWS:
        if isinstance(message, cls):
            handler(message)

def look_up(message):
    KEYS[type(message)](message)

def run(name):
    NAMES[name]()

for message in (Start(), Stop(), Pause()):
    walk(message)
    look_up(message)
run("stop")
run("halt")
"""


def test_an_edge_has_every_row_that_leads_to_its_target() -> None:
    graph = chaintrace.Project([chaintrace.Memory({"m.py": SEVERAL})]).analyze().graph
    found = {
        (edge.source, edge.target): [(row.site.line, row.key) for row in edge.rows]
        for edge in graph.edges
        if edge.kind is EdgeKind.DISPATCH
    }
    assert found == {
        ("m.walk", "m.on_start"): [(10, "Start")],
        ("m.walk", "m.on_stop"): [(11, "Stop"), (12, "Pause")],
        ("m.look_up", "m.on_start"): [(15, "Start")],
        ("m.look_up", "m.on_stop"): [(16, "Stop"), (17, "Pause")],
        ("m.run", "m.on_stop"): [(21, "'stop'"), (22, "'halt'")],
    }
    (edge,) = [e for e in to_document(graph)["edges"] if e["caller"] == "m.run"]
    assert edge["row"] == edge["rows"][0] == {"file": "m.py", "line": 21, "key": "'stop'"}
