"""The code that was analysed, with what its calls resolve to; and what a file is made of."""

import json
import sys
from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace.cli.app import run
from chaintrace.errors import QueryError

Captured = pytest.CaptureFixture[str]

PROGRAM = """\
import threading


class Box:
    size = 1

    @property
    def full(self):
        return self.measure() > 3

    def measure(self):
        return len([self.size])


def work(box, unknown):
    while box.full:
        unknown.go()
    for one in (
        1,
        2,
    ):
        print(one)


def main():
    threading.Thread(target=work, args=(Box(), None)).start()


if __name__ == "__main__":
    main()
"""


@pytest.fixture
def project() -> ct.Project:
    return ct.Project([ct.Memory({"pkg/__init__.py": "", "pkg/m.py": PROGRAM})], cache=False)


def test_a_function_is_shown_with_what_its_calls_resolve_to(project: ct.Project) -> None:
    (window,) = project.show("Box.full")
    assert str(project.show("Box.full")) == (
        "pkg/m.py:7-9  pkg.m.Box.full  (memory)\n"
        "    7      @property\n"
        "    8      def full(self):\n"
        "    9          return self.measure() > 3\n"
        "       -> pkg.m.Box.measure  pkg/m.py:11  [points-to]"
    )
    assert [edge.target for edge in window.edges] == ["pkg.m.Box.measure"]


def test_a_place_is_shown_with_the_lines_around_it(project: ct.Project) -> None:
    answer = project.analyze()
    assert [(w.first, w.last) for w in project.show("m.py:9", answer=answer)] == [(1, 19)]
    assert [(w.first, w.last) for w in project.show("m.py:9", 1, answer)] == [(8, 10)]
    assert [(w.first, w.last) for w in project.show("pkg/m.py:11-12", answer=answer)] == [(11, 12)]
    assert [(w.first, w.last) for w in project.show("m.py:30", answer=answer)] == [(20, 30)]
    assert [(w.first, w.last) for w in project.show("Box.size", 0, answer)] == [(5, 5)]


def test_the_line_that_was_asked_for_is_marked(project: ct.Project, tmp_path: Path, capsys: Captured) -> None:
    lines = str(project.show("m.py:9", 1)).splitlines()
    assert lines[1:3] == ["    8      def full(self):", "    9 >        return self.measure() > 3"]
    assert [
        json.loads(project.show(what).to_json())["windows"][0]["asked"] for what in ("m.py:9", "work")
    ] == [
        9,
        None,
    ]
    assert ">  " not in str(project.show("m.py:8-9"))
    (tmp_path / "m.py").write_text(PROGRAM)
    assert run(["show", "m.py:9-8", str(tmp_path), "-q"]) == 2
    assert "m.py:9-8: ends before it begins; write m.py:8-9" in capsys.readouterr().err


def test_an_unresolved_call_says_why(project: ct.Project) -> None:
    assert "   17          unknown.go()\n       -> unresolved: " in str(project.show("work"))


def test_tabs_are_blanks_and_the_document_keeps_the_line() -> None:
    project = ct.Project([ct.Memory({"m.py": "def f(x):\n\treturn len(x)\n"})], cache=False)
    shown = project.show("f")
    assert "    2          return len(x)\n" in str(shown)
    document = json.loads(shown.to_json())
    assert document["schema"] == "chaintrace-show/1"
    (window,) = document["windows"]
    assert window["lines"][1]["text"] == "\treturn len(x)"
    assert [call["callee"] for call in window["lines"][1]["calls"]] == ["builtins.len"]


@pytest.mark.parametrize("pattern", ["m.py:900", "no_such_name", "other.py:1", "print"])
def test_what_is_not_there_is_said(project: ct.Project, pattern: str) -> None:
    with pytest.raises(QueryError):
        project.show(pattern)


def test_an_outline_has_entry_points_classes_functions_and_loops(project: ct.Project) -> None:
    assert str(project.outline("m.py")) == (
        "pkg/m.py  (memory)\n"
        "entry points:\n"
        "   15  pkg.m.work  (spawn) pkg.m.main  pkg/m.py:26  [modelled]\n"
        '   29  if __name__ == "__main__"  (what runs where the file is run as a script)\n'
        "contents:\n"
        "    4  class Box  (4-12)\n"
        "    8    def full(self)  (8-9)\n"
        "   11    def measure(self)  (11-12)\n"
        "   15  def work(box, unknown)  (15-22)\n"
        "   16    while box.full  (16-17)\n"
        "   18    for one in ( 1, 2, )  (18-22)\n"
        "   25  def main()  (25-26)\n"
        '   29  if __name__ == "__main__"  (29-30)'
    )
    (file,) = json.loads(project.outline("pkg/m.py").to_json())["files"]
    assert [loop["name"] for loop in file["loops"]] == ["work", "work"]
    assert [entry["from"][0]["callee"] for entry in file["entries"]] == ["pkg.m.work"]


def test_an_outline_reaches_into_every_kind_of_statement() -> None:
    text = (
        "async def outer():\n    async with a as b:\n"
        "        async for x in b:\n            def inner(): ...\n"
        "try:\n    class A: pass\nexcept* E:\n    class B: pass\nelse:\n    class C: pass\n"
        "finally:\n    class D: pass\n"
        "match x:\n    case 1:\n        class F: pass\n"
        "if x: pass\nelif y:\n    class G: pass\nelse:\n    class H: pass\n"
        "while (n := 1): pass\nelse:\n    class I: pass\n"
    )
    (outline,) = ct.Project([ct.Memory({"m.py": text})], cache=False).outline("m.py")
    assert [(item.name, item.line) for item in outline.items if item.name] == [
        ("outer", 1), ("outer", 3), ("outer.<locals>.inner", 4),
        ("A", 6), ("B", 8), ("C", 10), ("D", 12), ("F", 15), ("G", 18), ("H", 20), ("I", 23),
    ]  # fmt: skip
    assert [item.text for item in outline.items if item.kind == "loop"] == [
        "async for x in b",
        "while (n := 1)",
    ]


def test_a_file_that_cannot_be_parsed_has_no_contents() -> None:
    (outline,) = ct.Project([ct.Memory({"m.py": "def broken(:\n"})], cache=False).outline("m.py")
    assert (outline.items, outline.entries) == ((), ())


def test_the_commands_print_text_and_json(capsys: Captured) -> None:
    assert run(["show", "Sampler.update", "--demo", "-q"]) == 0
    assert "self._runner.weights = new\n       -> " in capsys.readouterr().out
    assert run(["outline", "engine/worker.py", "--demo", "-q", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "chaintrace-outline/1"
    assert run(["show", "Sampler.updat", "--demo", "-q"]) == 2
    assert "did you mean" in capsys.readouterr().err
    assert run(["outline", "engine/workers.py", "--demo", "-q"]) == 2
    assert "engine/worker.py" in capsys.readouterr().err


def test_code_is_highlighted_on_a_terminal_and_drives_it_no_further(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = 'def start():\n    end("\x1b[2J\u202e[red]")\n\n\ndef end(x): ...\n'
    (tmp_path / "m.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert run(["show", "start", str(tmp_path), "-q"]) == 0
    out = capsys.readouterr().out
    assert "\x1b[2J" not in out
    assert "\u202e" not in out
    assert "\\x1b" in out.replace("\x1b[0m", "")
    assert "\x1b[" in out
