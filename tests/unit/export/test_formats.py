"""Every format, on a chain, on a graph, and on names and code that mean harm."""

import json
import os
import re
import sys
from dataclasses import replace
from pathlib import Path as FilePath
from xml.etree import ElementTree as ET

import pytest

from chaintrace.errors import ExportError
from chaintrace.export.dot import to_dot
from chaintrace.export.formats import FORMATS, format_of, render
from chaintrace.export.html import to_html
from chaintrace.export.json import to_document
from chaintrace.export.mermaid import to_mermaid
from chaintrace.export.networkx import to_networkx
from chaintrace.export.notebook import to_mimebundle
from chaintrace.export.picture import to_png, to_svg
from chaintrace.export.text import to_text
from chaintrace.graph.edges import Edge, EdgeKind, Resolution, Symbol, SymbolKind
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path
from chaintrace.ir.location import Span
from chaintrace.query.paths import find_paths
from tests.unit import graphs
from tests.unit.graphs import two_rollouts

GRAPH = two_rollouts()
CHAIN = find_paths(GRAPH, [graphs.SYNC], [graphs.WEIGHTS])[0].paths
NASTY = 'm."] }; a -> b [label="<script>alert(1)</script>\\'


def nasty_graph() -> Graph:
    """Build a graph whose names, code and guard try to break out of every format."""
    site = Span("m.py", 1, 0, 1, 1)
    text = '</code><script>x</script>\x1b[2J" |end| `#;\x00'
    edge = Edge("m.f", NASTY, EdgeKind.CALL, site, Resolution.ASSUMED, text, guard='x == "\n</td>"')
    symbols = (Symbol(NASTY, SymbolKind.EXTERNAL), Symbol("m.f", SymbolKind.FUNCTION, "m.py", 1, 1, "m"))
    return Graph(symbols=tuple(sorted(symbols)), edges=(edge,))


def large_graph() -> Graph:
    edges = tuple(
        Edge(f"m.f{n:04}", f"m.f{n + 1:04}", EdgeKind.CALL, Span("m.py", n, 0, n, 1), Resolution.STATIC)
        for n in range(1, 2000)
    )
    return Graph(edges=edges)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_the_same_bytes_for_the_same_graph(name: str) -> None:
    assert render(GRAPH, CHAIN, name) == render(two_rollouts(), CHAIN, name)
    assert render(GRAPH, None, name)
    assert render(GRAPH, CHAIN, name) != render(GRAPH, None, name)


def test_json_names_everything_the_contract_names() -> None:
    document = to_document(GRAPH)
    assert document["schema"] == "chaintrace-graph/1"
    assert list(document["symbols"][0]) == ["name", "kind", "file", "line", "source"]
    assert document["edges"][0] == {
        "caller": "app.cluster.<module>",
        "callee": "app.cluster.Cluster.__init__",
        "kind": "call",
        "file": "app/cluster.py",
        "line": 55,
        "column": 8,
        "text": "cluster = Cluster(config)",
        "resolution": "static",
        "guard": "",
        "flags": [],
    }
    assert document["sources"][1] == {
        "name": "engine",
        "origin": "dir:engine",
        "revision": "abc123",
        "root": "engine",
    }
    assert list(document["unresolved"][0]) == ["file", "line", "text", "reason", "detail"]
    assert document["paths"] == []
    assert json.loads(render(GRAPH, None, "json")) == document


def test_json_of_no_chain_holds_no_edges() -> None:
    assert to_document(GRAPH, [])["edges"] == []


def test_networkx_keeps_parallel_edges_and_every_attribute() -> None:
    converted = to_networkx(replace(GRAPH, edges=(GRAPH.edges[0], GRAPH.edges[0]._replace(text="again"))))
    assert converted.number_of_edges(graphs.MAIN, graphs.INIT) == 2
    assert converted.nodes[graphs.INIT]["path"] == "app/cluster.py"
    assert converted.edges[graphs.MAIN, graphs.INIT, 0]["resolution"] == "static"


def test_dot_is_read_by_graphviz_and_groups_packages() -> None:
    dot = to_dot(GRAPH, CHAIN)
    assert 'label="app"' in dot
    assert 'label="write app/sampler.py:11"' in dot
    svg = to_svg(GRAPH, CHAIN)
    titles = {title.text for title in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}title")}  # noqa: S314
    assert {graphs.SYNC, graphs.WEIGHTS} <= titles
    assert to_png(GRAPH, CHAIN).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["svg", "graphml"])
def test_nasty_text_stays_text_in_xml(name: str) -> None:
    root = ET.fromstring(render(nasty_graph(), None, name))  # noqa: S314 - our own output
    assert not [element for element in root.iter() if element.tag.endswith("script")]


def test_nasty_text_stays_text_elsewhere() -> None:
    graph = nasty_graph()
    page = to_html(graph)
    assert "<script>" not in page
    text = to_text(graph, [Path(graph.edges)])
    assert "\x1b" not in text
    assert "\x00" not in text
    svg = ET.fromstring(to_svg(graph))  # noqa: S314 - our own output
    drawn = [item for item in svg.iter("{http://www.w3.org/2000/svg}g") if item.get("class") == "edge"]
    assert len(drawn) == 1
    (line,) = [line for line in to_mermaid(graph).splitlines() if "alert" in line]
    label = re.fullmatch(r' +s\d\["([^"]*)"\]', line)
    assert label
    assert "<" not in label[1]


@pytest.mark.parametrize("name", ["svg", "png", "html", "mermaid"])
def test_a_picture_of_thousands_is_refused_with_advice(name: str) -> None:
    with pytest.raises(ExportError, match="has 2000 symbols, and a picture holds 400"):
        render(large_graph(), None, name)


def test_a_notebook_shows_the_picture_then_the_hops() -> None:
    bundle = to_mimebundle(GRAPH, CHAIN)
    assert sorted(bundle) == ["image/svg+xml", "text/html", "text/plain"]
    page = bundle["text/html"]
    assert page.index("<svg") < page.index("<table")
    assert "self.rollout.update(params)" in page
    large = to_mimebundle(large_graph())
    assert large["text/plain"].startswith("0 symbols, 1999 edges")
    assert "image/svg+xml" not in large


def test_without_graphviz_the_message_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: FilePath
) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ExportError, match="install pygraphviz or Graphviz"):
        to_svg(GRAPH, CHAIN)
    assert "No picture" in to_mimebundle(GRAPH, CHAIN)["text/html"]


def test_extensions() -> None:
    assert [format_of(name) for name in ("a.dot", "b.SVG", "c.md", "d")] == ["dot", "svg", None, None]


def test_what_the_fonts_of_the_machine_are_like_is_not_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import pygraphviz

    draw = pygraphviz.AGraph.draw

    def loud(*given: object, **named: object) -> object:
        os.write(2, b"Fontconfig warning\n")
        return draw(*given, **named)

    monkeypatch.setattr(pygraphviz.AGraph, "draw", loud)
    assert "<svg" in to_svg(GRAPH, CHAIN)
    os.write(2, b"told\n")
    assert capfd.readouterr().err == "told\n"
