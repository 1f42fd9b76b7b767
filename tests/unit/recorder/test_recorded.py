"""A file given as a recorded run may be anything: it is one plain error, and nothing is waited for."""

import json
import os
from pathlib import Path

import pytest

from chaintrace.cli.app import run
from chaintrace.errors import QueryError
from chaintrace.query import recorded
from chaintrace.query.recorded import read_run

ROW = {"caller": "m.f", "callee": "m.g", "file": "m.py", "line": 2}
JUNK = {
    "names that cannot be looked up": {"edges": [ROW | {"caller": ["m.f"]}]},
    "a name that is none": {"edges": [ROW | {"callee": None}]},
    "a line that is none": {"edges": [ROW | {"line": "2"}]},
    "a word for yes": {"edges": [ROW | {"direct": "yes"}]},
    "edges that are none": {"edges": 3},
    "no edges": {},
    "a list": [ROW],
}
TEXTS = {
    "an endless number": '{"edges": [{"caller": "a", "callee": "b", "file": "c", "line": 1e400}]}',
    "a long number": '{"edges": [{"caller": "a", "callee": "b", "file": "c", "line": 1' + "0" * 5000 + "}]}",
    "a deep value": '{"more": ' + "[" * 100_000 + "]" * 100_000 + ', "edges": []}',
    "half of a letter": '{"edges": [{"caller": "\\ud800", "callee": "b", "file": "c", "line": 1}]}',
    "nothing": "",
}


@pytest.mark.parametrize("name", [*JUNK, *TEXTS])
def test_junk_is_a_plain_error(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "run.json"
    file.write_text(TEXTS.get(name) or json.dumps(JUNK.get(name)) if name != "nothing" else "")
    (tmp_path / "m.py").write_text("def f(): g()\ndef g(): ...\n")
    assert run(["graph", str(tmp_path), "--to", "m.g", "--observed", str(file)]) == 2
    said = capsys.readouterr().err
    assert "run.json: holds no recorded run" in said
    assert said.count("\n") == 1


def test_what_is_no_file_or_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(QueryError, match=r"no regular file|Is a directory"):
            read_run(path)
    (tmp_path / "run.json").write_text(json.dumps({"edges": [ROW], "more": "what is not known"}))
    assert [(call.caller, call.line, call.is_direct) for call in read_run(tmp_path / "run.json")] == [
        ("m.f", 2, True)
    ]
    monkeypatch.setattr(recorded, "SIZE_LIMIT", 20)
    with pytest.raises(QueryError, match="the limit is 20"):
        read_run(tmp_path / "run.json")
