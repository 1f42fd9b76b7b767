"""Calls that the user supposes: they carry arguments and results, and are found by the ends of names."""

from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace.cli.app import run
from chaintrace.errors import QueryError

SOURCE = """
def start(plugin):
    made = plugin.make(Tool())
    made.run()
    plugin(made)


class Tool:
    def run(self): ...


class Factory:
    def make(self, tool):
        tool.run()
        return Made()
    @staticmethod
    def fixed(tool): tool.run()
    @classmethod
    def named(cls, tool): cls.other()
    @classmethod
    def other(cls): ...


class Made:
    def run(self): ...


def handler(made): made.run()
def quiet(): ...
def outer():
    def inner(): ...
"""


def callees(of: str, *suppose: str) -> set[tuple[str, str]]:
    project = ct.Project([ct.Memory({"m.py": SOURCE})], cache=False, jobs=1)
    hops = project.analyze(suppose=suppose).callees(of)
    return {(hop.target.name.removeprefix("m."), hop.resolution.word) for hop in hops}


def test_arguments_and_results_go_along() -> None:
    assert callees("m.start") == {("Tool", "static")}
    supposed = "start -> Factory.make"
    assert callees("m.start", supposed) == {
        ("Tool", "static"),
        ("Factory.make", "declared"),
        ("Made.run", "declared"),
    }
    assert callees("Factory.make", supposed) == {("Tool.run", "declared"), ("Made", "static")}


def test_a_line_says_which_call_it_is() -> None:
    assert ("handler", "declared") in callees("m.start", "start:5 -> handler")
    assert callees("m.handler", "start:5 -> handler", "start -> make") == {("Made.run", "declared")}


def test_a_call_that_is_not_written_is_made_all_the_same() -> None:
    assert callees("m.quiet", "quiet -> m.handler") == {("handler", "declared")}
    assert callees("m.quiet", "quiet -> Factory.fixed", "quiet -> Factory.named") == {
        ("Factory.fixed", "declared"),
        ("Factory.named", "declared"),
    }
    assert callees("Factory.named", "quiet -> Factory.named") == {("Factory.other", "points-to")}
    assert callees("m.quiet", "quiet -> Made") == {("Made", "declared")}
    assert callees("m.quiet", "quiet -> outer.inner") == {("outer.<locals>.inner", "declared")}
    assert callees("m.outer", "outer -> outer.inner") == {("outer.<locals>.inner", "declared")}
    assert ("quiet", "declared") in callees("m.<module>", "m -> m.quiet")


def test_what_names_nothing_is_refused() -> None:
    for text, message in (("quiet", "is none"), ("quiet -> nowhere", "no code is called 'nowhere'")):
        with pytest.raises(QueryError, match=message):
            callees("m.quiet", text)


def test_the_command_and_the_trace_file_suppose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    folder = tmp_path
    monkeypatch.chdir(folder)
    (folder / "m.py").write_text(SOURCE, encoding="utf-8")
    question = ["paths", "--from", "m.quiet", "--to", "Made.run", "-q"]
    assert run([*question, "m.py"]) == 1
    assert run([*question, "m.py", "--suppose", "quiet -> start", "--suppose", "start -> make"]) == 0
    assert "m.quiet -> m.start" in capsys.readouterr().out
    sources = '[[sources]]\nname = "m"\ndirectory = "m.py"\n'
    (folder / "chaintrace.toml").write_text(f'calls = ["quiet -> start", "start -> make"]\n{sources}')
    assert run(question) == 0
    (folder / "chaintrace.toml").write_text(f'calls = [\n"quiet start"]\n{sources}')
    assert run(question) == 2
    assert "chaintrace.toml:2: the supposed call 'quiet start' is none" in capsys.readouterr().err
