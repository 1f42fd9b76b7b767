"""Any bytes in, an answer out: real files with damage in them go through the whole pipeline."""

import json
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import chaintrace as ct
from chaintrace.errors import QueryError
from chaintrace.export.formats import render
from chaintrace.export.report import to_markdown

SOURCES = Path(ct.__file__).parent
FILES = [
    path.read_bytes()
    for path in (
        SOURCES / "cli" / "peers.py",
        SOURCES / "frontend" / "attempts.py",
        SOURCES / "graph" / "restrict.py",
        SOURCES / "sources" / "ignore.py",
        SOURCES / "store" / "shared.py",
    )
]
WHOLE = b"from pkg import hit\n\n\ndef start():\n    finish(hit)\n\n\ndef finish(it): ...\n"
CODES = {"syntax-error", "not-utf8", "too-deep"}
TEXTS = ("text", "dot", "mermaid", "graphml", "pycg")
SPOILERS = (
    b"\x00", b"\xff\xfe", b"\r", b"\t", b"\x0c", b'"""', b"'", b"(", b"[" * 300, b"}", b"\\", b":", b"*",
    b"**", b"async ", b"await ", b"lambda:", b"yield ", b"class A(A): pass\n", b"def f(): return f\n", b"\n",
    b"\n    ",
    b"from . import *\n", b"from pkg.hit import *\n", b"while True:\n", b"@", b":=", b"\xe2\x80\xae", b"f'{",
    b"\xef\xbb\xbf", b"# coding: utf-16\n", b"global x\n", b"del ", b"0" * 5000, b"self.", b"not " * 40,
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Draw a real file with a few bytes replaced, cut out, repeated, or taken from another file."""
    data = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(start + draw(st.integers(0, 60)), len(data))
        other = draw(st.sampled_from(FILES))
        at = draw(st.integers(0, len(other)))
        data[start:end] = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(SPOILERS),
                st.just(bytes(data[start:end]) * 2),
                st.just(other[at : at + 200]),
            )
        )
    return bytes(data[: draw(st.sampled_from([len(data), len(data), len(data) // 2]))])


def is_plain(text: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in text)


@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(damaged())
def test_a_damaged_file_costs_itself_only(data: bytes) -> None:
    project = ct.Project(
        [ct.Memory({"pkg/__init__.py": b"", "pkg/hit.py": data, "pkg/whole.py": WHOLE})], cache=False, jobs=1
    )
    answer = project.analyze()
    graph = answer.graph
    assert {one.code for one in graph.diagnostics} <= CODES
    assert {one.path for one in graph.diagnostics} <= {"pkg/hit.py"}
    chain = answer.path("pkg.whole.start", "pkg.whole.finish")
    assert [hop.target.name for hop in chain] == ["pkg.whole.finish"]

    assert json.loads(answer.to_json())["schema"] == "chaintrace-graph/1"
    for name in TEXTS:
        assert is_plain(render(graph, chain.paths, name).decode()), name
    report = project.report(["pkg.whole.start"], ["pkg.whole.finish"])
    assert is_plain(to_markdown(report))
    assert json.loads(report.to_json())["complete"] is graph.complete

    lines = {symbol.path: symbol.end_line for symbol in graph.symbols if symbol.path}
    for edge in graph.edges:
        site = edge.site
        assert 1 <= site.line <= site.end_line <= max(lines[site.path], 1), edge
        assert (site.line, site.column) <= (site.end_line, site.end_column), edge
        assert graph.witness(edge)[-1].line == site.line
    for outline in project.outline("hit.py", answer):
        assert all(before.line <= after.line for before, after in pairwise(outline.items))
    try:
        assert is_plain(str(project.show("pkg/hit.py:1-9999", answer=answer)))
    except QueryError as error:
        assert "no code" in str(error)  # noqa: PT017 - an empty file has no first line
