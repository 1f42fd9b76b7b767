"""What a repository says of itself is read without git, as git has it, and nothing in it is waited for."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace import api
from chaintrace.errors import SourceError
from chaintrace.sources.origin import head_revision, raw_remote_url
from tests.unit.sources.repositories import commit, git, repository

SETTINGS = [
    '[remote "origin"]\n\turl = https://forge.example/a b.git  # where it is\n',
    '[remote "origin"] url = "https://forge.example/#;x"\n',
    '[remote "origin"]\nurl=\\"quoted\\"\\\\\n[remote "other"]\nurl = https://other.example\n',
    '[Remote "origin"]\n  URL = first\n  url = second ; third\n',
    '[remote "Origin"]\nurl = https://other.example\n',
    "[core]\nurl = https://other.example\n",
    '[remote "o\\"x"]\nurl = 1\n[remote\t"origin"]url = https://forge.example/b.git\n',
]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return repository(tmp_path / "top", {"m.py": "def f(): ...\n"})


@pytest.mark.parametrize("text", SETTINGS)
def test_the_url_of_the_origin_is_the_one_that_git_reads(top: Path, text: str) -> None:
    (top / ".git/config").write_text(text)
    try:
        wanted = git(top, "config", "--file", ".git/config", "--get", "remote.origin.url")
    except subprocess.CalledProcessError:  # there is none
        wanted = ""
    assert raw_remote_url(top) == wanted


@pytest.mark.parametrize(
    "line", ["[" + " " * 900_000, '[remote "' + "\\" * 900_000, '[remote "' + "a" * 900_000]
)
def test_a_long_line_of_settings_takes_no_long_time(top: Path, line: str) -> None:
    (top / ".git/config").write_text(f'{line}\n[remote "origin"]\nurl = https://forge.example/c.git\n')
    assert raw_remote_url(top) == "https://forge.example/c.git"  # a slow one would not end


def test_the_commit_is_found_loose_packed_detached_and_in_a_second_work_tree(top: Path) -> None:
    first = head_revision(top)
    assert first == git(top, "rev-parse", "HEAD")
    git(top, "pack-refs", "--all")
    assert head_revision(top) == first
    second = commit(top, {"m.py": "def g(): ...\n"})
    assert head_revision(top) == second
    git(top, "worktree", "add", "-q", "-b", "side", str(top.parent / "side"), first)
    assert (head_revision(top.parent / "side"), raw_remote_url(top.parent / "side")) == (first, "")
    git(top, "checkout", "-q", "--detach", first)
    assert head_revision(top) == first
    git(top, "checkout", "-q", "--orphan", "new")
    assert head_revision(top) == ""


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def huge(path: Path) -> None:
    os.truncate(path, 1 << 32)


def huge_instead(path: Path) -> None:
    shutil.rmtree(path)
    path.touch()
    huge(path)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        *((f".git/{name}", how) for name in ("HEAD", "config") for how in (pipe, endless, huge)),
        (".git/refs/heads/main", pipe),
        (".git/refs/heads/main", endless),
        (".git", huge_instead),
        ("pyproject.toml", pipe),
    ],
)
def test_a_folder_made_to_be_waited_for_is_read_all_the_same(
    top: Path, name: str, spoil: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (top / "pyproject.toml").touch()
    with (top / ".git/config").open("a") as config:
        config.write("[include]\npath = /dev/zero\n")
    spoil(top / name)
    monkeypatch.chdir(top)
    answer = ct.Project([ct.Directory(".")], cache=False, jobs=1).analyze()
    assert "m.f" in {symbol.name for symbol in answer.graph.symbols}
    api.init(top)
    with pytest.raises(SourceError, match="trace file already"):
        api.init(top)
