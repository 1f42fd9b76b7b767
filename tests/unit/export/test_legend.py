"""The legend: one wording of how edges are known, in every output."""

import html
import json
from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace.errors import QueryError
from chaintrace.export.formats import render
from chaintrace.graph.edges import Resolution

SOURCE = """\
class Tool:
    def run(self): ...


def use(tool: Tool):
    tool.run()


def go():
    Tool().run()


go()
"""


GUARDED = """\
class Tool:
    def run(self): ...


def go(mode):
    if mode == "fast":
        Tool().run()
    if mode == "slow":
        go(mode)
"""


def analysed() -> ct.Answer:
    return ct.Project([ct.Memory({"m.py": SOURCE})], cache=False, jobs=1).analyze()


FORMATS = ["text", "dot", "json", "graphml", "mermaid", "html", "sarif"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_what_the_words_mean(name: str) -> None:
    answer = analysed()
    written = render(answer.graph, None, name).decode()
    assert Resolution.STATIC.meaning in written
    assert Resolution.ASSUMED.meaning not in written


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("is_chain", [False, True])
def test_every_format_says_what_was_taken_for_granted(name: str, is_chain: bool) -> None:
    project = ct.Project([ct.Memory({"m.py": GUARDED})], cache=False, jobs=1)
    answer = project.analyze(assume=["mode == 'fast'", "missing"])
    paths = answer.path("m.go", "Tool.run").paths if is_chain else None
    written = html.unescape(render(answer.graph, paths, name).decode()).replace("&#39;", "'")
    if name == "json":
        assert [one["text"] for one in json.loads(written)["assumptions"]] == ["mode == 'fast'", "missing"]
        return
    assert "taken for granted: mode == 'fast' (decided 2 conditions)" in written
    assert "taken for granted: missing (matched nothing)" in written
    assert "taken for granted" not in render(analysed().graph, None, name).decode()


def test_no_chain_is_said_with_what_was_taken_for_granted() -> None:
    project = ct.Project([ct.Memory({"m.py": GUARDED})], cache=False, jobs=1)
    answer = project.analyze(assume=["mode == 'slow'"])
    written = render(answer.graph, answer.path("m.go", "Tool.run").paths, "text").decode()
    assert written == ("no chain was found\n\ntaken for granted: mode == 'slow' (decided 2 conditions)\n")


def test_chains_have_a_legend_too() -> None:
    answer = analysed()
    paths = answer.path("go", "Tool.run").paths
    assert (
        render(answer.graph, paths, "text")
        .decode()
        .endswith(f"\n[points-to] {Resolution.POINTS_TO.meaning}\n")
    )
    why = json.loads(answer.why("go", "Tool.run").to_json())
    assert why["resolutions"]["points-to"] == Resolution.POINTS_TO.meaning


def test_the_readme_says_the_same() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    for level in Resolution:
        assert f"| `{level.word}` | {level.meaning} |" in readme


def test_edges_known_less_surely_are_left_out() -> None:
    answer = analysed().at_least("static")
    assert {edge.resolution for edge in answer.edges} == {Resolution.STATIC}
    assert not answer.path("go", "Tool.run")
    with pytest.raises(QueryError, match="'sure' is no resolution"):
        answer.at_least("sure")
