"""Opening a project: the trace file that is named, and nothing in its stead."""

from pathlib import Path

import pytest

import chaintrace as ct

TRACE = '[[sources]]\nname = "{name}"\ndirectory = "{name}"\n'


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a directory with two trace files and a directory without one below it."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text("x = 1\n")
    (tmp_path / "chaintrace.toml").write_text(TRACE.format(name="one"))
    (tmp_path / "other.toml").write_text(TRACE.format(name="two"))
    (tmp_path / "notes.txt").write_text(TRACE.format(name="two"))
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("place", "name"), [(".", "one"), ("chaintrace.toml", "one"), ("other.toml", "two")])
def test_the_trace_file_that_is_named_is_read(place: str, name: str) -> None:
    assert [source.name for source in ct.open(place).sources] == [name]


@pytest.mark.parametrize("place", ["one", "notes.txt", "nowhere", "nowhere.toml", "pyproject.toml"])
def test_what_is_no_trace_file_is_refused_and_nothing_is_fetched(place: str, room: Path) -> None:
    before = sorted(room.rglob("*"))
    with pytest.raises(ct.ChaintraceError, match=place):
        ct.open(place)
    assert sorted(room.rglob("*")) == before


def test_the_demo_pair_is_read_alone() -> None:
    for words in ({"arguments": ["one"]}, {"profile": "any"}):
        with pytest.raises(ct.ChaintraceError, match="alone"):
            ct.open_project(demo=True, **words)
