"""The legend: one wording of how edges are known, in every output."""

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


def analysed() -> ct.Answer:
    return ct.Project([ct.Memory({"m.py": SOURCE})], cache=False, jobs=1).analyze()


@pytest.mark.parametrize("name", ["text", "dot", "json", "graphml", "mermaid", "html"])
def test_every_format_says_what_the_words_mean(name: str) -> None:
    answer = analysed()
    written = render(answer.graph, None, name).decode()
    assert Resolution.STATIC.meaning in written
    assert Resolution.ASSUMED.meaning not in written


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
