"""What the commands say of what they find, of what they do not, and of where it is."""

import json
import subprocess
from pathlib import Path

import pytest

from chaintrace.cli.app import run

Captured = pytest.CaptureFixture[str]
PROGRAM = """
class Box:
    def put(self, thing):
        self.thing = thing


def main(box: Box):
    box.put(1)
"""


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work beside a program with a `src` folder, with a cache of its own."""
    monkeypatch.setenv("CHAINTRACE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "app" / "src" / "box").mkdir(parents=True)
    (tmp_path / "app" / "src" / "box" / "__init__.py").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def looked_twice(captured: Captured) -> bool:
    return "looking again" in captured.readouterr().err


def test_a_name_that_stands_nowhere_is_looked_for_once(capsys: Captured) -> None:
    for start, target in (("mian", "Box.thing"), ("main", "Box.thnig")):
        assert run(["graph", "app", "--from", start, "--to", target]) == 2
        said = capsys.readouterr().err
        assert "did you mean" in said
        assert "looking again" not in said
    assert run(["why", "main", "Box.thnig", "app"]) == 2
    assert not looked_twice(capsys)
    assert run(["graph", "app", "--from", "Box.put", "--to", "main"]) == 1
    assert looked_twice(capsys)


def test_what_is_assumed_away_is_not_looked_for_in_everything(room: Path, capsys: Captured) -> None:
    (room / "app/src/box/more.py").write_text(
        "from box import Box\n\n\ndef start(mode):\n    if mode == 1:\n        Box().put(2)\n"
    )
    question = ["paths", "app", "--from", "start", "--to", "Box.thing"]
    assert run([*question, "--assume", "mode == 1"]) == 0
    assert run([*question, "--assume", "mode == 2"]) == 1
    out, err = capsys.readouterr()
    assert "no chain in what the starts lead to" in out
    assert "it is found without them" in err
    assert "looking again" not in err
    assert run([*question, "--assume", "mode == 2", "--everything"]) == 1
    out, err = capsys.readouterr()
    assert "from box.more.start: no chain\n" in out
    assert "starts lead to" not in err
    report = ["report", "app", "--from", "start", "--to", "Box.thing"]
    assert run([*report, "--assume", "mode == 2"]) == 1
    assert "No chain was found in what the starts lead to" in capsys.readouterr().out
    assert run(["why", "main", "start", "app", "--assume", "mode == 2"]) == 1
    assert looked_twice(capsys)


def test_edges_known_too_weakly_are_hinted_at(capsys: Captured) -> None:
    question = ["--from", "main", "--to", "Box.thing", "--min-resolution", "static"]
    assert run(["graph", "app", *question]) == 1
    assert "known less surely than static; leave out --min-resolution" in capsys.readouterr().err
    assert run(["graph", "app", "--from", "Box.put", "--to", "main", "--min-resolution", "static"]) == 1
    assert "known less surely" not in capsys.readouterr().err


def test_quiet_hides_neither_what_was_lost_nor_what_was_assumed_in_vain(room: Path, capsys: Captured) -> None:
    trace = 'targets = ["Box.thing"]\n[[sources]]\nname = "app"\ndirectory = "app"\n'
    lost = '[[sources]]\nname = "gone"\ngit = "./gone@v2"\n'
    (room / "chaintrace.toml").write_text(trace + lost)
    for command in ("graph", "report"):
        words = ["--to", "Box.thing", "--assume", "mode == 1", "--assume", "not mood", "-q"]
        assert run([command, *words]) == 0
        source, *assumed = capsys.readouterr().err.splitlines()
        assert "gone: source-lost: " in source
        assert 'for v2 of ./gone, add revision = "v2"' in source
        assert assumed == [
            "chaintrace: assumed mode == 1: matched nothing",
            "chaintrace: assumed not mood: matched nothing",
        ]


def test_a_clone_with_changes_is_refused_in_one_line(room: Path, capsys: Captured) -> None:
    for words in (["init"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-m", "x"]):
        subprocess.run(["git", *words], cwd=room / "app", check=True, capture_output=True)
    trace = '[[sources]]\nname = "own"\ndirectory = "app"\n[[sources]]\nname = "app"\ngit = "app"\n'
    (room / "chaintrace.toml").write_text(trace)
    assert run(["clone", "-q"]) == 0
    (room / "workdir/app/src/box/__init__.py").write_text("")
    assert run(["clone", "-q"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "not fetched: app: " in line
    assert "were changed; clone --force" in line


def test_places_are_told_from_the_top_of_a_source(capsys: Captured) -> None:
    assert run(["graph", "app", "--from", "main", "--to", "Box.thing", "-f", "sarif", "-q"]) == 0
    (log,) = json.loads(capsys.readouterr().out)["runs"]
    (result,) = log["results"]
    (location,) = result["locations"]
    at = {"uri": "src/box/__init__.py", "uriBaseId": "app"}
    assert location["physicalLocation"]["artifactLocation"] == at
    assert list(log["originalUriBaseIds"]) == ["app"]
    assert run(["report", "app/src/box/__init__.py", "--from", "main", "--to", "Box.thing", "-q"]) == 0
    out = capsys.readouterr().out
    assert "__init__.py:7` | `main`" in out
    assert "`.:" not in out


def test_a_format_may_be_named_by_its_extension(room: Path, capsys: Captured) -> None:
    question = ["graph", "app", "--from", "main", "--to", "Box.thing", "-q"]
    assert run([*question, "-f", "mmd"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("flowchart TD")
    assert run([*question, "-f", "mermaid", "-o", "a.picture", "-o", "b.mmd"]) == 0
    assert (room / "a.picture").read_text() == (room / "b.mmd").read_text() == shown
