"""Which sources a run reads, and that losing one costs only that one."""

import subprocess
from pathlib import Path

import pytest

from chaintrace.errors import SourceError
from chaintrace.sources import choose
from chaintrace.sources.choose import choose_sources, clone_sources
from chaintrace.sources.config import SourceSpec, TraceFile
from chaintrace.sources.directory import Directory
from chaintrace.sources.lock import read_lock


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a place to work in, and a profile of two repositories of which one is out of reach."""
    upstream = tmp_path / "up/one"
    package(upstream)
    run = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(upstream)]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "m"]):
        subprocess.check_call([*run, *arguments])
    gone = (tmp_path / "up/gone").as_uri()
    profile = TraceFile(
        "profile", (SourceSpec("one", git=upstream.as_uri()), SourceSpec("two", git=gone)), ("pkg.main",)
    )
    monkeypatch.setattr(choose, "read_profile", lambda _=None: profile)
    (tmp_path / "cwd").mkdir()
    return tmp_path / "cwd"


def package(top: Path) -> Path:
    (top / "pkg").mkdir(parents=True)
    (top / "pkg/__init__.py").write_text("x = 1\n")
    return top


def test_arguments_win_and_their_names_are_made_unique(place: Path) -> None:
    (place / "chaintrace.toml").write_text("broken = [")
    said: list[str] = []
    first, second = package(place / "a/same"), package(place / "b/same")
    chosen = choose_sources([str(first), str(second)], place, say=said.append)
    assert [source.name for source in chosen.sources] == ["same", "same-2"]
    assert [source.files()[0].source for source in chosen.sources] == ["same", "same-2"]
    assert said == list(chosen.reasons)
    assert chosen.trace.entries == ()


def test_a_trace_file_is_next_and_its_paths_start_from_it(place: Path) -> None:
    package(place / "code")
    (place / "below").mkdir()
    (place / "chaintrace.toml").write_text('entries = ["e"]\n[[sources]]\nname = "mine"\ndirectory = "code"')
    chosen = choose_sources([], place / "below")
    assert [(s.name, s.origin, s.root) for s in chosen.sources] == [("mine", "code", str(place / "code"))]
    assert chosen.trace.entries == ("e",)
    assert not (place / "chaintrace.lock").exists()


def test_the_profile_is_last_and_a_source_out_of_reach_costs_itself_only(place: Path) -> None:
    said: list[str] = []
    chosen = choose_sources([], place, say=said.append)
    assert [source.name for source in chosen.sources] == ["one"]
    assert [(lost.path, lost.code) for lost in chosen.diagnostics] == [("two", "source-lost")]
    assert "cloned" in said[0]
    assert "two: source-lost" in said[1]
    assert sorted(read_lock(place / "chaintrace.lock")[0]) == ["one"]
    again = choose_sources([], place)
    assert "the clone in workdir" in again.reasons[0]


def test_a_clone_of_another_origin_is_read_but_not_by_the_clone_command(place: Path) -> None:
    elsewhere = (place.parent / "up/one").as_uri()
    subprocess.check_call(["git", "clone", "-q", elsewhere, place / "workdir/two"])
    chosen = choose_sources([], place)
    assert [source.name for source in chosen.sources] == ["one", "two"]
    assert "not of file:" in chosen.reasons[1]
    cloned = clone_sources([], place)
    assert "already a clone of" in cloned.diagnostics[0].message


def test_the_fallback_release_is_read_and_the_reason_said(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = SourceSpec("far", git=(place / "gone").as_uri(), fallback="far==1.0")
    monkeypatch.setattr(choose, "read_profile", lambda _=None: TraceFile("p", (spec,)))

    def release(text: str, *, name: str) -> Directory:
        return Directory(package(place / "unpacked"), name=name, origin=f"pypi:{text}", revision="1.0")

    monkeypatch.setattr(choose, "PyPI", release)
    chosen = choose_sources([], place)
    assert "pypi:far==1.0 (the fallback release, because" in chosen.reasons[0]


def test_nothing_left_is_an_error(place: Path) -> None:
    (place / "empty").mkdir()
    with pytest.raises(SourceError, match="no Python file"):
        choose_sources([str(place / "empty")], place)
    with pytest.raises(SourceError, match="file:///gone/x: "):
        choose_sources(["file:///gone/x"], place)
    (place / "chaintrace.toml").write_text('name = "x"')
    with pytest.raises(SourceError, match="names no sources"):
        choose_sources([], place)
