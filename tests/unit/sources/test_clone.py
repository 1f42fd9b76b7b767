"""`chaintrace clone`: the lock file holds, the user's work is never touched, what is done stays done."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chaintrace import api
from chaintrace.cli.app import run
from chaintrace.errors import SourceError
from chaintrace.sources import checkout
from tests.unit.sources.repositories import commit, git, repository


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a place whose trace file names two repositories and a folder."""
    for name in ("one", "two"):
        top = repository(tmp_path / f"up/{name}", {"m.py": "x = 1\n"}, "v1")
        commit(top, {"m.py": "x = 2\n"}, "v2")
        commit(top, {"m.py": "x = 3\n"})
    text = "".join(
        f'[[sources]]\nname = "{name}"\ngit = "{(tmp_path / "up" / name).as_uri()}"\n'
        for name in ("one", "two")
    )
    (tmp_path / "room/own").mkdir(parents=True)
    (tmp_path / "room/own/o.py").touch()
    (tmp_path / "room/chaintrace.toml").write_text(f'{text}[[sources]]\nname = "own"\ndirectory = "own"\n')
    monkeypatch.chdir(tmp_path / "room")
    return tmp_path / "room"


def lock(room: Path) -> dict[str, dict[str, Any]]:
    return dict(json.loads((room / "chaintrace.lock").read_text())["sources"])


def head(room: Path, name: str) -> str:
    return git(room / "workdir" / name, "rev-parse", "HEAD")


def text(room: Path, name: str) -> str:
    return (room / "workdir" / name / "m.py").read_text()


def test_the_lock_file_records_all_that_tells_a_source(room: Path) -> None:
    assert run(["clone", "-q", "--rev", "two=v1"]) == 0
    entries = lock(room)
    assert sorted(entries) == ["one", "own", "two"]
    assert entries["two"].pop("fetched").endswith("Z")
    up = room.parent / "up/two"
    assert entries["two"] == {
        "origin": up.as_uri(),
        "asked": "",
        "revision": git(up, "rev-parse", "v1"),
        "tree": git(up, "rev-parse", "v1^{tree}"),
        "files": 1,
        "hash": entries["two"]["hash"],
    }
    assert entries["two"]["hash"].startswith("listing:")
    assert text(room, "two") == "x = 1\n"
    shutil.rmtree(room / "workdir/two")
    assert run(["clone", "-q", "--locked"]) == 0
    assert text(room, "two") == "x = 1\n"
    assert run(["clone", "-q", "--rev", "own=v1"]) == 2


@pytest.mark.parametrize(("depth", "commits"), [([], 1), (["--depth", "2"], 2), (["--depth", "0"], 3)])
def test_depth_is_how_much_history_is_fetched(room: Path, depth: list[str], commits: int) -> None:
    assert run(["clone", "-q", *depth]) == 0
    assert int(git(room / "workdir/one", "rev-list", "--count", "HEAD")) == commits


def test_a_clone_is_deepened_in_place(room: Path) -> None:
    assert run(["clone", "-q"]) == 0
    for depth, commits in {"2": 2, "1": 2, "0": 3, "2 ": 3}.items():
        assert run(["clone", "-q", "--depth", depth.strip()]) == 0
        assert int(git(room / "workdir/one", "rev-list", "--count", "HEAD")) == commits
    commit(room.parent / "up/one", {"m.py": "x = 4\n"})
    assert run(["clone", "-q", "--update"]) == 0
    assert text(room, "one") == "x = 4\n"


def test_locked_makes_anew_what_was_recorded(room: Path) -> None:
    assert run(["clone", "-q"]) == 0
    before, recorded = (room / "chaintrace.lock").read_bytes(), head(room, "one")
    commit(room.parent / "up/one", {"m.py": "x = 4\n"})
    shutil.rmtree(room / "workdir/one")
    assert run(["clone", "-q", "--locked"]) == 0
    assert head(room, "one") == recorded
    git(room / "workdir/one", "config", f"chaintrace.{recorded}.asked", "")
    assert run(["clone", "-q", "--update"]) == 0
    assert head(room, "one") != recorded
    (room / "chaintrace.lock").write_bytes(before)
    assert run(["clone", "-q", "--locked"]) == 0
    assert head(room, "one") == recorded
    assert (room / "chaintrace.lock").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda entry: entry.update(tree="f" * 40), "one: .*its tree is"),
        (lambda entry: entry.update(hash="listing:0"), "one: .*its hash is"),
        (lambda entry: entry.update(files=7), "one: .*its files is 1"),
        (lambda entry: entry.update(origin="https://other.example/x"), "one: .*made for https://other"),
        (lambda entry: entry.update(asked="v1"), "one: .*was made for v1, not the head"),
        (lambda entry: entry.update(revision=entry["revision"] + "+dirty"), "one: .*changed files"),
        (lambda entry: entry.update(revision="f" * 40), "one: .*ffff|one: .*not our ref"),
    ],
)
def test_locked_refuses_anything_else(
    room: Path, change: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["clone", "-q"]) == 0
    document = json.loads((room / "chaintrace.lock").read_text())
    change(document["sources"]["one"])
    (room / "chaintrace.lock").write_text(json.dumps(document))
    written = (room / "chaintrace.lock").read_bytes()
    assert run(["clone", "--locked"]) == 2
    error = capsys.readouterr().err
    assert re.search(said, error), error
    assert error.splitlines()[-1].startswith("chaintrace: not fetched: one: ")
    assert (room / "chaintrace.lock").read_bytes() == written


def test_locked_refuses_what_is_not_named_or_changed(room: Path) -> None:
    with pytest.raises(SourceError, match="does not name it"):
        api.clone(locked=True)
    assert run(["clone", "-q"]) == 0
    (room / "own/o.py").write_text("changed = 1\n")
    with pytest.raises(SourceError, match="not fetched: own"):
        api.clone(locked=True)
    with pytest.raises(SourceError, match="leave out --update"):
        api.clone(locked=True, update=True)


def taken_by_changes(place: Path) -> None:
    (place / "m.py").write_text("mine = 1\n")


def taken_by_another(place: Path) -> None:
    git(place, "remote", "set-url", "origin", "https://other.example/x")


def taken_by_commits(place: Path) -> None:
    commit(place, {"mine.py": "mine = 1\n"})


def taken_by_files(place: Path) -> None:
    shutil.rmtree(place)
    place.mkdir()
    (place / "mine.py").write_text("mine = 1\n")


def taken_by_a_link(place: Path) -> None:
    place.rename(place.with_name("mine"))
    place.symlink_to("mine")
    (place / "m.py").write_text("mine = 1\n")


@pytest.mark.parametrize(
    "take", [taken_by_changes, taken_by_another, taken_by_commits, taken_by_files, taken_by_a_link]
)
def test_what_is_in_the_way_is_refused_and_set_aside_with_force(
    room: Path, take: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["clone", "-q"]) == 0
    place, aside = room / "workdir/one", room / "workdir/one.aside-1"
    take(place)
    mine = sorted((path.relative_to(place), path.read_bytes()) for path in place.glob("*.py"))
    words = ["--rev", "one=v2"] if take is taken_by_commits else []
    assert run(["clone", *words]) == 2
    said = capsys.readouterr().err
    assert "clone --force sets it aside, or move it away" in said
    assert sorted((path.relative_to(place), path.read_bytes()) for path in place.glob("*.py")) == mine
    assert run(["clone", "--force", *words]) == 0
    assert "what was there is now workdir/one.aside-1" in capsys.readouterr().err
    assert sorted((path.relative_to(aside), path.read_bytes()) for path in aside.glob("*.py")) == mine
    assert text(room, "one") == ("x = 2\n" if words else "x = 3\n")
    assert not (room / "workdir/two.aside-1").exists()
    assert run(["clone", "-q", "--force", *words]) == 0
    assert not (room / "workdir/one.aside-2").exists()


def test_a_place_that_is_taken_is_no_reason_for_the_fallback(
    room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = room / "chaintrace.toml"
    trace.write_text(trace.read_text().replace('name = "one"', 'name = "one"\nfallback = "one==1.0"'))
    (room / "workdir/one").mkdir(parents=True)
    (room / "workdir/one/mine").touch()
    assert run(["clone"]) == 2
    assert "already there and not a clone; clone --force sets it aside" in capsys.readouterr().err
    assert sorted(lock(room)) == ["own", "two"]


def test_force_never_takes_a_name_that_is_there(room: Path) -> None:
    assert run(["clone", "-q"]) == 0
    (room / "workdir/one.aside-1").symlink_to("nowhere")
    taken_by_changes(room / "workdir/one")
    assert run(["clone", "-q", "--force"]) == 0
    assert (room / "workdir/one.aside-1").is_symlink()
    assert (room / "workdir/one.aside-2/m.py").read_text() == "mine = 1\n"


def test_a_run_that_was_stopped_is_taken_up_again(
    room: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = checkout.fill

    def stopped(top: Path, url: str, *arguments: Any) -> None:
        if url.endswith("/two"):
            raise KeyboardInterrupt
        real(top, url, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(checkout, "fill", stopped)
        assert run(["clone", "-q"]) == 130
    assert sorted(path.name for path in (room / "workdir").iterdir() if path.name[0] != ".") == ["one"]
    inode = (room / "workdir/one").stat().st_ino
    capsys.readouterr()
    assert run(["clone"]) == 0
    said = capsys.readouterr().err
    assert "one: " in said
    assert "(the clone in workdir" in said
    assert "(cloned" in said
    assert (room / "workdir/one").stat().st_ino == inode
    assert sorted(lock(room)) == ["one", "own", "two"]


def test_one_that_cannot_be_had_costs_itself_only_and_the_exit_code(
    room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(room.parent / "up/two")
    assert run(["clone", "-q"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match("chaintrace: not fetched: two: .*up/two", line)
    assert sorted(lock(room)) == ["one", "own"]


@pytest.mark.usefixtures("room")
def test_transfers_are_told() -> None:
    told: list[tuple[str, int, int]] = []
    api.clone(progress=lambda name, done, total: told.append((name, done, total)))
    assert {name for name, _, _ in told} == {"one", "two"}
    assert all(0 < done <= total for _, done, total in told)
    with pytest.raises(SourceError, match="not fetched"):
        api.clone(revisions={"one": "nope"}, progress=lambda *_: None)


def test_a_repository_may_be_named_by_a_path_from_the_trace_file(room: Path) -> None:
    (room / "chaintrace.toml").write_text('[[sources]]\nname = "one"\ngit = "../up/one"\nbranch = "main"\n')
    (room / "below").mkdir()
    os.chdir(room / "below")
    assert run(["clone", "-q"]) == 0
    assert lock(room)["one"]["asked"] == "refs/heads/main"
    assert run(["clone", "-q", "--locked"]) == 0


def test_a_clone_has_the_bytes_of_the_commit_whatever_its_attributes_say(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = room.parent / "up/one"
    commit(up, {".gitattributes": "*.py text eol=crlf\nmixed.py text eol=lf\nid.py ident\n"})
    commit(up, {"id.py": "# $Id$\n", "m.py": "x = 5\n"})
    (room / "mixed").write_bytes(b"a = 1\r\n")
    blob = git(up, "hash-object", "-w", "--no-filters", str(room / "mixed"))
    git(up, "update-index", "--add", "--cacheinfo", f"100644,{blob},mixed.py")
    git(up, "commit", "-qm", "m")
    home = room.parent / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[core]\nautocrlf = true\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert run(["clone", "-q"]) == 0
    place = room / "workdir/one"
    assert [(place / name).read_bytes() for name in ("mixed.py", "id.py", "m.py")] == [
        b"a = 1\r\n",
        b"# $Id$\n",
        b"x = 5\n",
    ]
    assert lock(room)["one"]["revision"] == git(up, "rev-parse", "HEAD")
    assert [run(["clone", "-q", *words]) for words in ([], ["--locked"], ["--update"])] == [0, 0, 0]


def test_a_checkout_that_cannot_be_clean_is_not_the_doing_of_the_user(room: Path) -> None:
    up = room.parent / "up/one"
    first, second = (git(up, "rev-parse", f"{tag}:m.py") for tag in ("v1", "v2"))
    lines = f"100644 blob {first}\ta.py\n100644 blob {second}\ta.py\n"  # as names that differ in case alone
    made = subprocess.run(
        ["git", "-C", up, "mktree"], input=lines, text=True, check=True, capture_output=True
    )
    git(up, "tag", "odd", git(up, "commit-tree", "-m", "m", made.stdout.strip()))
    odd = git(up, "rev-parse", "odd")
    assert run(["clone", "-q", "--rev", "one=odd"]) == 0
    assert lock(room)["one"]["revision"] == odd
    assert [run(["clone", "-q", *words]) for words in ([], ["--locked"])] == [0, 0]
    (note,) = api.open_project().sources[0].diagnostics
    assert (note.code, "(a.py)" in note.message) == ("unclean-clone", True)
    (room / "workdir/one/a.py").write_text("mine = 1\n")
    assert run(["clone", "-q", "--locked"]) == 2
    assert run(["clone", "-q", "--update"]) == 2
    assert (room / "workdir/one/a.py").read_text() == "mine = 1\n"
