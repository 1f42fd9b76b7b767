"""Which sources a run reads, and that losing one costs only that one."""

import errno
import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chaintrace.errors import SourceError
from chaintrace.sources import choose, fetch
from chaintrace.sources.choose import choose_sources, clone_sources
from chaintrace.sources.config import TraceFile
from chaintrace.sources.directory import Directory
from chaintrace.sources.lock import read_lock
from chaintrace.sources.place import Manner
from chaintrace.sources.spec import SourceSpec


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
    assert said == [chosen.reasons[1]]  # the first is called as its user calls it
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

    def release(text: str, *, name: str, **_: Any) -> Directory:
        return Directory(package(place / "unpacked"), name=name, origin=f"pypi:{text}", revision="1.0")

    monkeypatch.setattr(fetch, "PyPI", release)
    chosen = choose_sources([], place)
    assert "pypi:far==1.0 (the fallback release, because" in chosen.reasons[0]
    assert read_lock(place / "chaintrace.lock")[0]["far"].origin == "pypi:far==1.0"


def add_commit(top: Path) -> str:
    run = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(top)]
    subprocess.check_call([*run, "commit", "-q", "--allow-empty", "-m", "m"])
    return subprocess.check_output([*run, "rev-parse", "HEAD"], text=True).strip()


@pytest.mark.parametrize("named", [False, True])
def test_a_lock_file_holds_the_commit_until_an_update_is_asked_for(place: Path, named: bool) -> None:
    upstream = place.parent / "up/one"
    arguments = [upstream.as_uri()] if named else []
    first = choose_sources(arguments, place).sources[0].revision
    newer = add_commit(upstream)
    shutil.rmtree(place / "workdir")
    again = choose_sources(arguments, place)
    assert again.sources[0].revision == first != newer
    assert "cloned at the commit in chaintrace.lock" in again.reasons[0]
    assert read_lock(place / "chaintrace.lock")[0]["one"].revision == first
    assert clone_sources(arguments, place).sources[0].revision == first
    assert (
        clone_sources(arguments, place, manner=Manner(strict=True, update=True)).sources[0].revision == newer
    )
    assert read_lock(place / "chaintrace.lock")[0]["one"].revision == newer


def test_a_clone_reused_without_a_revision_says_what_it_was_cloned_at(place: Path) -> None:
    upstream = place.parent / "up/one"
    subprocess.check_call(["git", "-C", str(upstream), "tag", "v1"])
    clone_sources([f"{upstream.as_uri()}@v1"], place)
    assert "the clone in workdir, at v1)" in choose_sources([upstream.as_uri()], place).reasons[0]
    first = read_lock(place / "chaintrace.lock")[0]["one"].revision
    newer = add_commit(upstream)
    clone_sources([f"{upstream.as_uri()}@{newer}"], place)
    clone_sources([f"{upstream.as_uri()}@v1"], place)
    assert read_lock(place / "chaintrace.lock")[0]["one"].revision == first


def test_a_damaged_lock_file_is_told_of(place: Path) -> None:
    (place / "chaintrace.lock").write_text("{")
    package(place / "code")
    said: list[str] = []
    choose_sources([str(place / "code")], place, say=said.append)
    assert any("damaged-lock" in line for line in said)


def test_a_script_that_leads_nowhere_says_why(place: Path) -> None:
    script = place / "script.py"
    script.symlink_to("script.py")
    with pytest.raises(SourceError, match="no such file"):
        choose_sources([str(script)], place)


@pytest.fixture
def closed(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a directory that may not be looked into, whoever runs the tests."""
    top = package(place / "closed")
    real_stat, real_scan, real_open = os.stat, os.scandir, io.open

    def refused(name: object) -> bool:
        return isinstance(name, str | os.PathLike) and str(name).startswith(f"{top}/")

    def stat(name: Any, **options: Any) -> os.stat_result:
        if refused(name):
            raise PermissionError(errno.EACCES, "Permission denied", str(name))
        return real_stat(name, **options)

    def scan(name: Any) -> Any:
        if refused(f"{name}/"):
            raise PermissionError(errno.EACCES, "Permission denied", str(name))
        return real_scan(name)

    def opened(name: Any, *arguments: Any, **options: Any) -> Any:
        if refused(name):
            raise PermissionError(errno.EACCES, "Permission denied", str(name))
        return real_open(name, *arguments, **options)

    monkeypatch.setattr(os, "stat", stat)
    monkeypatch.setattr(os, "scandir", scan)
    monkeypatch.setattr(io, "open", opened)
    return top


def test_a_directory_that_cannot_be_read_costs_itself_only(place: Path, closed: Path) -> None:
    chosen = choose_sources([str(closed), str(package(place / "open"))], place)
    assert [len(source.files()) for source in chosen.sources] == [0, 1]
    assert "unreadable" in [note.code for note in chosen.sources[0].diagnostics]
    with pytest.raises(SourceError, match="cannot be read"):
        choose_sources([str(closed)], place)


def test_a_script_that_cannot_be_read_says_why(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = place / "script.py"
    script.touch()

    def refuse(_: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SourceError, match=r"script.py: cannot be read \(Permission denied\)"):
        choose_sources([str(script)], place)
