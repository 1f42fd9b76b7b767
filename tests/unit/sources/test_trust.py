"""Git is run only where the configuration of a repository is known to name no program."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from chaintrace.errors import TakenError
from chaintrace.sources.directory import Directory
from chaintrace.sources.gitcommand import run_git
from tests.unit.sources.repositories import git, repository

DOUBTFUL = {
    "core.sshCommand": "[core]\nsshCommand = x\n",
    "core.gitProxy": "[core]\ngitProxy = x\n",
    "core.askPass": "[core]\naskPass = x\n",
    "core.alternateRefsCommand": "[core]\nalternateRefsCommand = x\n",
    "filter.a.b.clean": '[filter "a.b"]\nclean = x\n',
    "remote.o.uploadpack": '[remote "o"]\nuploadpack = x\n',
    "remote.o.vcs": '[remote "o"]\nvcs = ext\n',
    "credential.helper": "[credential]\nhelper = !x\n",
    "credential.https://h.helper": '[credential "https://h"]\nhelper = !x\n',
    "include.path": "[include]\npath = ../x\n",
    "includeIf.gitdir:/.path": '[includeIf "gitdir:/"]\npath = ../x\n',
    "url.ext::x.insteadOf": '[url "ext::x"]\ninsteadOf = https://\n',
    "submodule.s.update": '[submodule "s"]\nupdate = !x\n',
    "diff.external": "[diff]\nexternal = x\n",
    "what git cannot read": "[core\n",
}
HARMLESS = """
[remote "up.stream"]
    url = u
    fetch = +refs/heads/*:refs/remotes/o/*
[branch "a.b"]
    remote = o
    merge = m
[user]
    name = n
[submodule "s/t"]
    url = u
    active = true
[core]
    autocrlf = input
[alias]
    st = !status
"""


@pytest.mark.parametrize("key", DOUBTFUL)
@pytest.mark.parametrize("name", ["config", "config.worktree"])
def test_a_key_that_is_not_known_to_be_harmless_is_named(tmp_path: Path, key: str, name: str) -> None:
    top = repository(tmp_path / "top", {"a.py": ""})
    with (top / ".git" / name).open("a") as config:
        config.write(DOUBTFUL[key])
    with pytest.raises(TakenError) as caught:
        run_git("status", "--porcelain", top=top)
    assert f"sets {key}, by which git may run a program".lower() in str(caught.value).lower()


@pytest.mark.parametrize("name", ["info/attributes", "objects/info/alternates", "index", "shallow", "config"])
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_git_would_read_without_end_is_named(
    tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    top = repository(tmp_path / "top", {"a.py": ""})
    (top / ".git" / name).parent.mkdir(exist_ok=True)
    (top / ".git" / name).unlink(missing_ok=True)
    make(top / ".git" / name)
    with pytest.raises(TakenError, match=f"{name}: no regular file"):
        run_git("status", "--porcelain", top=top)


def test_a_file_of_attributes_that_settings_name_is_not_read(tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"a.py": "", "b.py": ""})
    git(top, "config", "core.attributesFile", str(tmp_path / "pipe"))
    os.mkfifo(tmp_path / "pipe")
    (top / "a.py").write_text("changed = 1\n")
    (top / "c.py").touch()
    assert run_git("status", "--porcelain", top=top, seconds=10) == "M a.py\n?? c.py"


@pytest.mark.parametrize(
    "key", ["core.sshCommand", "credential.helper", "http.x.extraHeader", "url.x.insteadOf"]
)
def test_where_git_only_reads_it_may_be_set_how_it_talks_to_others(tmp_path: Path, key: str) -> None:
    top = repository(tmp_path / "top", {"a.py": ""})
    git(top, "config", key, f"!touch {tmp_path / 'owned'}")
    with pytest.raises(TakenError):
        run_git("status", "--porcelain", top=top)
    assert Directory(top).revision == git(top, "rev-parse", "HEAD")
    (top / "a.py").write_text("changed = 1\n")
    assert Directory(top).revision.endswith("+dirty")
    assert not (tmp_path / "owned").exists()


def test_what_clones_usually_hold_is_harmless(tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"a.py": ""})
    with (top / ".git/config").open("a") as config:
        config.write(HARMLESS)
    assert run_git("status", "--porcelain", top=top) == ""
    git(top, "worktree", "add", "-q", "--detach", str(tmp_path / "second"))
    assert run_git("status", "--porcelain", top=tmp_path / "second") == ""
    (top / ".git/config").write_text("")
    assert run_git("status", "--porcelain", top=top) == ""
