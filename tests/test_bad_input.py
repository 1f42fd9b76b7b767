"""Bad input, through the command: one clear line each on stderr; the rest of the run goes on where it can."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chaintrace.cli.app import run
from chaintrace.store.store import FILE_NAME

PROGRAM = "def start():\n    finish()\n\n\ndef finish(): ...\n\n\nstart()\n"
FOUND, NOT_FOUND, MISUSE = 0, 1, 2

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty directory that holds one good program, `good/`, with a cache of its own."""
    monkeypatch.setenv("CHAINTRACE_CACHE", str(tmp_path / "cache"))
    room = tmp_path / "room"
    (room / "good").mkdir(parents=True)
    (room / "good" / "program.py").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.chdir(room)
    return room


def said(captured: Captured, word: str) -> list[str]:
    """Return the lines of stderr that hold a word."""
    lines = captured.readouterr().err.splitlines()
    assert all(line.startswith("chaintrace: ") for line in lines)
    return [line.removeprefix("chaintrace: ") for line in lines if word in line]


def test_an_unknown_target_is_answered_with_near_matches(capsys: Captured) -> None:
    assert run(["graph", "good", "--to", "finsh"]) == MISUSE
    assert said(capsys, "finsh") == ["no symbol matches 'finsh'; did you mean program.finish?"]


def test_an_unknown_start_is_answered_with_near_matches(capsys: Captured) -> None:
    assert run(["graph", "good", "--from", "strat", "--to", "finish"]) == MISUSE
    assert said(capsys, "strat") == ["no symbol matches 'strat'; did you mean program.start?"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not-utf8"),
        (b'name = "caf\xe9"\n', "not-utf8"),
        (b"This file is a letter, no program.\n", "syntax-error"),
        (b"def broken(:\n    pass\n", "syntax-error"),
        (b"x = 1\n\x00\n", "syntax-error"),
    ],
    ids=["a picture", "latin-1", "prose", "a syntax error", "a null byte"],
)
def test_a_file_that_cannot_be_read_costs_that_file_only(
    content: bytes, problem: str, room: Path, capsys: Captured
) -> None:
    (room / "good" / "bad.py").write_bytes(content)
    assert run(["graph", "good", "--to", "finish", "--json"]) == FOUND
    out, err = capsys.readouterr()
    (line,) = (line for line in err.splitlines() if "bad.py" in line)
    assert line.startswith("chaintrace: bad.py:")
    assert problem in line
    document = json.loads(out)
    assert [diagnostic["code"] for diagnostic in document["diagnostics"]] == [problem]
    (path,) = document["paths"]
    assert [document["edges"][index]["callee"] for index in path["edges"]] == [
        "program.start",
        "program.finish",
    ]


def test_a_file_that_changes_during_the_run_costs_its_lines_only(
    room: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chaintrace.pointsto import roots

    solve = roots.run

    def edit(*arguments: Any) -> Any:
        (room / "good" / "program.py").write_text("edited = 1\n", encoding="utf-8")
        return solve(*arguments)

    monkeypatch.setattr(roots, "run", edit)
    assert run(["graph", "good", "--to", "finish", "--json"]) == FOUND
    document = json.loads(capsys.readouterr().out)
    assert [diagnostic["code"] for diagnostic in document["diagnostics"]] == ["changed-file"]
    assert {edge["text"] for edge in document["edges"]} == {""}


TWO_WRITERS = """
class Shown:
    def put(self):
        self.weights = 1


class Hidden:
    def put(self):
        self.weights = 2


def start():
    Shown().put()


def other():
    Hidden().put()
"""


def test_a_limited_search_names_every_candidate(room: Path, capsys: Captured) -> None:
    (room / "two").mkdir()
    (room / "two" / "writers.py").write_text(TWO_WRITERS, encoding="utf-8")
    assert run(["graph", "two", "--from", "start", "--to", "weights"]) == FOUND
    out, err = capsys.readouterr()
    assert "writers.Shown.weights (attribute, writers.py:4) from writers.start: 1 chain" in out
    assert "writers.Hidden.weights" in out
    assert "no chain in what the starts lead to" in out
    assert "only what the starts lead to; calls: " in err
    assert run(["graph", "two", "--from", "start", "--to", "weights", "--json"]) == FOUND
    assert json.loads(capsys.readouterr().out)["summary"]["limited"] == 1
    assert run(["graph", "two", "--to", "weights", "--json"]) == FOUND
    assert "limited" not in json.loads(capsys.readouterr().out)["summary"]


@pytest.mark.parametrize(
    "words", [["--from", "other", "--to", "start"], ["--from", "start", "--to", "other"]], ids=str
)
def test_where_nothing_is_found_an_old_output_file_does_not_stay(words: list[str], room: Path) -> None:
    (room / "two").mkdir()
    (room / "two" / "writers.py").write_text(TWO_WRITERS, encoding="utf-8")
    for name in ("old.json", "old.dot", "old.txt"):
        (room / name).write_text("old", encoding="utf-8")
    files = ["-o", "old.json", "-o", "old.dot", "-o", "old.txt"]
    assert run(["graph", "two", *words, *files]) == NOT_FOUND
    assert json.loads((room / "old.json").read_text(encoding="utf-8"))["paths"] == []
    assert "no chain was found" in (room / "old.dot").read_text(encoding="utf-8")
    assert (room / "old.txt").read_text(encoding="utf-8") == "no chain was found\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["-o", "nowhere/x.svg"], "there is no directory"),
        (["-o", "folder.svg"], "not a regular file"),
        (["--kind", "foo"], "'foo' is no kind"),
        (["-f", "png"], "terminal"),
    ],
)
def test_what_cannot_be_written_or_asked_is_refused_before_the_analysis(
    words: list[str], reason: str, room: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    (room / "folder.svg").mkdir()
    monkeypatch.setattr("chaintrace.api.open_project", None)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for command in (["graph", "good"], ["graph", "good", "--to", "x"], ["paths", "good", "--to", "x"]):
        assert run([*command, *words]) == MISUSE
        assert reason in capsys.readouterr().err


def test_a_syntax_error_says_where_in_one_line(room: Path, capsys: Captured) -> None:
    (room / "good" / "bad.py").write_text("x = 1\ny = = 2\n", encoding="utf-8")
    assert run(["graph", "good", "--to", "finish"]) == FOUND
    assert said(capsys, "bad.py") == ["bad.py:2: syntax-error: invalid syntax near column 6"]


def test_where_no_file_is_python_there_is_no_answer(room: Path, capsys: Captured) -> None:
    (room / "bad").mkdir()
    (room / "bad/one.py").write_text("x = = 1\n", encoding="utf-8")
    (room / "bad/two.py").write_bytes(b"\xff\xfe")
    for words in (["graph"], ["graph", "--to", "x"], ["report", "--to", "x"], ["callers", "--of", "x"]):
        assert run([words[0], "bad", "-q", *words[1:]]) == MISUSE
        assert said(capsys, "parsed") == [
            "none of the 2 files can be parsed; one.py:1: syntax-error: invalid syntax near column 6"
        ]
    (room / "bad/two.py").write_text("", encoding="utf-8")
    assert run(["graph", "bad"]) == FOUND


def test_quiet_says_nothing_but_errors(capsys: Captured) -> None:
    for words in (
        ["graph", "good", "--from", "finish", "--to", "start"],
        ["paths", "good", "--from", "finish", "--to", "start"],
        ["writers", "good", "--of", "start"],
        ["why", "finish", "start", "good"],
        ["why-not", "start", "finish", "good"],
        ["report", "good", "--from", "finish", "--to", "start"],
    ):
        assert run([*words, "-q"]) == NOT_FOUND
        assert capsys.readouterr().err == ""
        assert run(words) == NOT_FOUND
        assert capsys.readouterr().err != ""


def test_a_place_without_code_is_not_a_misspelt_file(capsys: Captured) -> None:
    assert run(["graph", "good", "--to", "program.py:9999"]) == MISUSE
    assert said(capsys, "9999") == ["there is no code at program.py:9999, though program.py was read"]


def test_what_would_have_no_effect_is_refused(room: Path, capsys: Captured) -> None:
    for words in (["--via", "x"], ["--avoid", "x"], ["-k", "2"]):
        assert run(["graph", "good", *words]) == MISUSE
        assert said(capsys, "add --to")
    trace = 'models = ["m.toml"]\n[[sources]]\nname = "good"\ndirectory = "good"\n'
    (room / "chaintrace.toml").write_text(trace, encoding="utf-8")
    assert run(["graph", "--to", "finish"]) == MISUSE
    (line,) = said(capsys, "m.toml")
    assert line.split(": ")[0].endswith("chaintrace.toml:1")


def test_two_checkouts_give_one_answer(room: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["graph", "good", "--json"]) == FOUND
    first = capsys.readouterr().out
    shutil.copytree(room / "good", room / "elsewhere" / "good")
    monkeypatch.chdir(room / "elsewhere")
    assert run(["graph", "good", "--json"]) == FOUND
    assert capsys.readouterr().out == first
    assert json.loads(first)["sources"][0]["root"] == "good"


def test_what_a_start_leads_to_includes_attributes(room: Path, capsys: Captured) -> None:
    (room / "two").mkdir()
    (room / "two" / "writers.py").write_text(TWO_WRITERS, encoding="utf-8")
    assert run(["graph", "two", "--from", "Shown.put", "--json"]) == FOUND
    edges = json.loads(capsys.readouterr().out)["edges"]
    assert [(edge["kind"], edge["callee"]) for edge in edges] == [("write", "writers.Shown.weights")]


def test_guards_of_many_early_returns_are_cut(room: Path, capsys: Captured) -> None:
    returns = "".join(f"    if x == {number}:\n        return finish(x)\n" for number in range(400))
    (room / "good" / "many.py").write_text(f"def finish(x): ...\ndef start(x):\n{returns}", encoding="utf-8")
    assert run(["graph", "good", "--json"]) == FOUND
    guards = [edge["guard"] for edge in json.loads(capsys.readouterr().out)["edges"]]
    assert max(map(len, guards)) < 1100
    assert any(guard.startswith("... and not (x == ") and guard.endswith(" and x == 399") for guard in guards)


def test_a_closed_stdout_is_no_error(room: Path) -> None:
    command = 'exec "$0" -m chaintrace graph good --to finish >&-'
    done = subprocess.run(["sh", "-c", command, sys.executable], cwd=room, capture_output=True, text=True)  # noqa: PLW1510
    assert (done.returncode, "error" in done.stderr) == (FOUND, False)


def test_help_names_words_and_no_classes(capsys: Captured) -> None:
    assert run(["graph", "--help"]) == FOUND
    out = capsys.readouterr().out
    assert "[SOURCE]..." in out
    assert "]...]" not in out


def test_many_bad_files_do_not_flood_the_terminal(room: Path, capsys: Captured) -> None:
    for number in range(9):
        (room / "good" / f"bad{number}.py").write_bytes(b"(")
    assert run(["graph", "good", "--to", "finish"]) == FOUND
    assert len(said(capsys, "syntax-error")) < 9


def test_a_source_that_cannot_be_fetched_is_said_once_and_the_others_are_read(
    room: Path, capsys: Captured
) -> None:
    lost = (room / "no-such-repository").as_uri()
    assert run(["graph", lost, "good", "--to", "finish"]) == FOUND
    (line,) = said(capsys, "source-lost")
    assert "no-such-repository" in line


def test_no_source_at_all_is_one_line(room: Path, capsys: Captured) -> None:
    lost = (room / "no-such-repository").as_uri()
    assert run(["graph", lost, "--to", "finish"]) == MISUSE
    (line,) = capsys.readouterr().err.splitlines()
    assert "no-such-repository" in line


def test_a_directory_that_does_not_exist_is_misuse(capsys: Captured) -> None:
    assert run(["graph", "goood", "--to", "finish"]) == MISUSE
    (line,) = said(capsys, "goood")
    assert "no such source" in line


def test_an_empty_directory_says_what_to_give(room: Path, capsys: Captured) -> None:
    (room / "empty").mkdir()
    assert run(["graph", "empty", "--to", "finish"]) == MISUSE
    (line,) = said(capsys, "no Python file")
    assert "give a folder that holds Python code" in line


def test_an_empty_directory_beside_another_is_no_error(room: Path) -> None:
    (room / "empty").mkdir()
    assert run(["graph", "empty", "good", "--to", "finish"]) == FOUND


def test_a_damaged_lock_file_is_said_and_written_anew(room: Path, capsys: Captured) -> None:
    repository = room / "good"
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], cwd=repository, check=True)
    lock = room / "chaintrace.lock"
    lock.write_text("{{{", encoding="utf-8")
    assert run(["clone", "good"]) == FOUND
    (line,) = said(capsys, "damaged-lock")
    assert line.startswith("chaintrace.lock:")
    assert list(json.loads(lock.read_text(encoding="utf-8"))["sources"]) == ["good"]
    assert run(["clone", "good"]) == FOUND
    assert said(capsys, "damaged-lock") == []


def test_a_damaged_cache_is_said_and_made_anew(room: Path, capsys: Captured) -> None:
    assert run(["graph", "good", "--to", "finish"]) == FOUND
    store = room.parent / "cache" / FILE_NAME
    for suffix in ("-wal", "-shm"):
        store.with_name(store.name + suffix).unlink(missing_ok=True)
    store.write_bytes(b"no database" * 1000)
    capsys.readouterr()
    assert run(["graph", "good", "--to", "finish"]) == FOUND
    (line,) = said(capsys, "damaged-cache")
    assert "made again" in line


def test_a_broken_trace_file_is_one_line(room: Path, capsys: Captured) -> None:
    (room / "chaintrace.toml").write_text("sources = [", encoding="utf-8")
    assert run(["graph", "--to", "finish"]) == MISUSE
    (line,) = capsys.readouterr().err.splitlines()
    assert "chaintrace.toml" in line
