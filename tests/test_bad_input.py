"""Bad input, through the command: one clear line each on stderr; the rest of the run goes on where it can."""

import json
import subprocess
from pathlib import Path

import pytest

from chaintrace.cli.app import run

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
    assert run(["graph", "good", "--to", "finsh"]) == NOT_FOUND
    assert said(capsys, "finsh") == ["no symbol matches 'finsh'; did you mean program.finish?"]


def test_an_unknown_start_is_answered_with_near_matches(capsys: Captured) -> None:
    assert run(["graph", "good", "--from", "strat", "--to", "finish"]) == NOT_FOUND
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
    store = room.parent / "cache" / "facts.sqlite3"
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
