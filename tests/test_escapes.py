"""Names, paths and code that mean harm stay text in every output: no markup, no control or bidi marks."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

import chaintrace as ct
from chaintrace.answer import Answer
from chaintrace.cli.app import run
from chaintrace.export.formats import FORMATS, render
from chaintrace.export.report import to_markdown, to_page

EVIL = "\u202e\u2066\x1b]0;owned\x07\x1b[2J\x9b31m\u200b\u2028\ufeff<img src=x onerror=alert(1)>"
MARKUP = "`|\"'];}-->&#]]>![x](javascript:alert(1))[red]<script>alert(1)</script>\\"
FILE = 'ev<img src=x>il"]; a -> b [x](y)`|\u202e.py'
CODE = f"""\
import queue
import threading

box = queue.Queue()


class Engine:
    def __init__(self, **options):
        self.options = options

    def run(self, value):
        if value == {(EVIL + MARKUP)!r}:  # {EVIL.replace(chr(0x2028), "")}
            box.put({MARKUP!r})  # ``` </code></pre><script>alert(1)</script> {MARKUP}


def taker():
    box.get()


def start(value):
    options = {{{MARKUP!r}: {EVIL!r}, "{EVIL}": value}}
    engine = Engine(**options)
    engine.run("{MARKUP[:1]}")  # <!-- --> | {EVIL} |
    threading.Thread(target=taker).start()
""".replace("\u2028", "")
PLAIN = ("text", "dot", "mermaid", "pycg", "graphml", "html", "svg")


@pytest.fixture(scope="module")
def project() -> ct.Project:
    return ct.Project([ct.Memory({FILE: CODE, "m.py": CODE}, name=f"src{MARKUP[:12]}{EVIL}")], cache=False)


@pytest.fixture(scope="module")
def answer(project: ct.Project) -> Answer:
    found = project.analyze()
    assert found.complete
    assert [one for one in found.graph.diagnostics if one.code == "syntax-error"] == []
    return found


def stray(text: str) -> set[str]:
    return {character for character in text if not character.isprintable()} - {"\n"}


class Tags(HTMLParser):
    """Collect the elements, attributes and addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src", "xlink:href")}


def assert_harmless(page: str) -> None:
    found = Tags(page)
    assert found.tags.isdisjoint(
        {"script", "img", "iframe", "object", "embed", "form", "input", "link", "base"}
    )
    assert [name for name in sorted(found.attributes) if name.startswith("on")] == []
    assert [address for address in sorted(found.addresses) if not address.startswith(("https://", "#"))] == []


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_holds_control_or_bidi_characters(name: str, answer: Answer) -> None:
    chains = answer.path("m.start", "m.taker").paths
    assert chains
    for paths in (None, chains):
        data = render(answer.graph, paths, name)
        if name in PLAIN:
            assert stray(data.decode()) == set()
        if name in ("json", "sarif"):
            assert data.isascii()
            json.loads(data)


def test_pages_and_pictures_hold_no_foreign_markup(answer: Answer) -> None:
    for name in ("html", "svg"):
        assert_harmless(render(answer.graph, None, name).decode())
    for name in ("svg", "graphml"):
        ET.fromstring(render(answer.graph, None, name))  # noqa: S314 - our own output


def test_sarif_messages_hold_no_links_and_no_placeholders(answer: Answer) -> None:
    chains = answer.path("m.start", "m.taker").paths
    (run,) = json.loads(render(answer.graph, chains, "sarif"))["runs"]
    (result,) = run["results"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["kinds"] for step in steps] == [[edge.kind.value] for edge in chains[0]]
    texts = [result["message"]["text"], *(step["location"]["message"]["text"] for step in steps)]
    for text in texts:
        assert stray(text) == set()
        assert re.findall(r"(?<!\\)(?:\\\\)*\[", text) == []
        assert "{" not in text.replace("{{", "")
    (everything,) = json.loads(render(answer.graph, None, "sarif"))["runs"]
    uris = {
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in everything["results"]
    }
    assert all(re.fullmatch(r"[\w.%/~-]+", uri, re.ASCII) for uri in uris)


def test_dot_has_the_boxes_and_arrows_of_the_graph_and_no_more(answer: Answer) -> None:
    pygraphviz = pytest.importorskip("pygraphviz")
    drawing = pygraphviz.AGraph(string=render(answer.graph, None, "dot").decode())
    names = set(answer.graph.symbols_by_name)
    assert len(drawing.nodes()) == len(names) + 1  # the legend
    assert len(drawing.edges()) == len(answer.graph.edges)


def test_mermaid_is_of_its_grammar_line_by_line(answer: Answer) -> None:
    label = r'"(?:[^"<>`&]|&)*"'
    forms = re.compile(
        rf"flowchart TD|  end|  subgraph (?:p\d+|legend)\[{label}\]|    s\d+\[{label}\]"
        rf"|  s\d+ (?:-->|-\.->)\|{label}\| s\d+"
        r'|    known\["(?:[^"<>`&]|<br/>)*"\]'  # the legend
    )
    lines = render(answer.graph, None, "mermaid").decode().splitlines()
    assert [line for line in lines if not forms.fullmatch(line)] == []


def test_reports_hold_no_foreign_markup_even_where_markdown_allows_it(project: ct.Project) -> None:
    for module in ("m", "ev"):
        start = "m.start" if module == "m" else "*il*start"
        report = project.report([start], ["Engine.options", "*taker"])
        markdown = to_markdown(report)
        assert stray(markdown) == set()
        assert_harmless(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))
        page = to_page(report)
        assert stray(page) == set()
        assert_harmless(page)
        assert report.to_json().isascii()


def test_windows_and_outlines_are_plain(project: ct.Project, answer: Answer) -> None:
    for shown in (project.show("m.start", answer=answer), project.outline("m.py", answer)):
        assert stray(str(shown)) == set()
        assert_harmless(shown._repr_html_())
        assert shown.to_json().isascii()
    assert_harmless(answer.callees("m.start")._repr_html_())


@pytest.mark.parametrize(
    "words",
    [
        ["graph"], ["graph", "--to", "taker"], ["callers", "--of", "taker"], ["why", "start", "Engine.run"],
        ["peers", "taker"], ["show", "start"], ["outline", "m.py"], ["report", "--to", "taker"],
        ["graph", "--to", "no\x1b[2Jthing\u202e"],
    ],
    ids=lambda words: " ".join(words).encode("ascii", "replace").decode().replace("\x1b", ""),
)  # fmt: skip
def test_commands_write_plain_text_to_both_streams(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.py").write_text(CODE, encoding="utf-8")
    (tmp_path / FILE.replace("/", "")).write_text(CODE, encoding="utf-8")
    (tmp_path / "br\x1b[31moken\u202e.py").write_text("def (", encoding="utf-8")
    run([words[0], *words[1:], str(tmp_path)] if words[0] != "why" else [*words, str(tmp_path)])
    out, err = capsys.readouterr()
    assert stray(out) == set()
    assert stray(err) == set()
    assert out or err
