"""Clones: made once, reused, never half-made, and deaf to what a hostile repository or URL asks for."""

import shutil
import subprocess
from pathlib import Path

import pytest

from chaintrace.errors import SourceError
from chaintrace.sources.directory import Directory
from chaintrace.sources.git import Git, repository_name


def git(top: Path, *arguments: str) -> str:
    settings = ["user.name=t", "user.email=t@t", "init.defaultBranch=main"]
    options = [part for setting in settings for part in ("-c", setting)]
    command = ["git", *options, "-C", str(top), *arguments]
    return subprocess.run(command, text=True, capture_output=True, check=True).stdout.strip()


def commit(top: Path, text: str) -> str:
    (top / "pkg").mkdir(exist_ok=True)
    (top / "pkg/__init__.py").write_text(text)
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", text)
    return git(top, "rev-parse", "HEAD")


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    top = tmp_path / "upstream"
    top.mkdir()
    git(top, "init", "-q")
    commit(top, "one = 1\n")
    git(top, "tag", "-a", "v1", "-m", "v1")
    git(top, "branch", "old/line")
    commit(top, "two = 2\n")
    return top


def content(source: Git) -> bytes:
    return source.files()[0].read()


def left(workdir: Path) -> list[str]:
    return sorted(path.name for path in workdir.iterdir())


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_clone_is_shallow_recorded_and_reused(upstream: Path, tmp_path: Path, form: str) -> None:
    source = Git(form.format(upstream), workdir=tmp_path / "work")
    assert (source.name, content(source)) == ("upstream", b"two = 2\n")
    assert source.revision == git(upstream, "rev-parse", "HEAD")
    assert git(source.path, "rev-list", "--count", "HEAD") == "1"
    commit(upstream, "three = 3\n")
    assert content(Git(form.format(upstream), workdir=tmp_path / "work")) == b"two = 2\n"
    assert left(tmp_path / "work") == ["upstream"]


@pytest.mark.parametrize("revision", ["v1", "old/line", "full", "short"])
def test_a_revision_is_a_tag_a_branch_or_a_commit(upstream: Path, tmp_path: Path, revision: str) -> None:
    first = git(upstream, "rev-parse", "v1^{commit}")
    asked = {"full": first, "short": first[:9]}.get(revision, revision)
    source = Git(f"file://{upstream}", asked, workdir=tmp_path / "work")
    assert (content(source), source.revision) == (b"one = 1\n", first)
    shutil.rmtree(upstream)
    assert Git(f"file://{upstream}", asked, workdir=tmp_path / "work").revision == first


def test_another_revision_is_checked_out_in_place_and_refused_over_changes(
    upstream: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    head = Git(str(upstream), workdir=work)
    assert content(head) == b"two = 2\n"
    assert content(Git(str(upstream), "v1", workdir=work)) == b"one = 1\n"
    (work / "upstream/pkg/__init__.py").write_text("mine = 0\n")
    with pytest.raises(SourceError, match="local changes"):
        Git(str(upstream), "main", workdir=work).files()
    assert (work / "upstream/pkg/__init__.py").read_text() == "mine = 0\n"
    assert left(work) == ["upstream"]


def test_moving_a_clone_spares_what_is_ignored_stashed_and_on_branches(
    upstream: Path, tmp_path: Path
) -> None:
    top = tmp_path / "work/upstream"
    Git(str(upstream), workdir=tmp_path / "work").files()
    (top / ".git/info").mkdir(exist_ok=True)
    (top / ".git/info/exclude").write_text("notes.txt\n")
    (top / "notes.txt").write_text("mine")
    git(top, "checkout", "-q", "-b", "mine")
    mine = commit(top, "mine = 3\n")
    git(top, "checkout", "-q", "--detach", "HEAD~1")
    (top / "pkg/__init__.py").write_text("stashed = 4\n")
    git(top, "stash", "-q")
    assert content(Git(str(upstream), "v1", workdir=tmp_path / "work")) == b"one = 1\n"
    assert (top / "notes.txt").read_text() == "mine"
    assert git(top, "rev-parse", "mine") == mine
    assert "stashed" in git(top, "stash", "show", "-p")


@pytest.mark.parametrize("branch", [[], ["-b", "mine"]])
def test_a_clone_with_commits_of_the_user_is_never_moved(
    upstream: Path, tmp_path: Path, branch: list[str]
) -> None:
    top = tmp_path / "work/upstream"
    Git(str(upstream), workdir=tmp_path / "work").files()
    if branch:
        git(top, "checkout", "-q", *branch)
    mine = commit(top, "mine = 3\n")
    with pytest.raises(SourceError, match="did not fetch"):
        Git(str(upstream), "v1", workdir=tmp_path / "work").files()
    assert git(top, "rev-parse", "HEAD") == mine


def test_a_branch_moves_when_an_update_is_asked_for(upstream: Path, tmp_path: Path) -> None:
    assert content(Git(str(upstream), "main", workdir=tmp_path / "work")) == b"two = 2\n"
    commit(upstream, "three = 3\n")
    assert content(Git(str(upstream), "main", workdir=tmp_path / "work")) == b"two = 2\n"
    again = Git(str(upstream), "main", workdir=tmp_path / "work")
    again.update = True
    assert content(again) == b"three = 3\n"
    assert (again.at, git(again.path, "tag")) == ("main", "")


def test_a_clone_with_changed_code_says_so(upstream: Path, tmp_path: Path) -> None:
    clean = Git(str(upstream), workdir=tmp_path / "work")
    assert (clean.revision, clean.diagnostics) == (git(upstream, "rev-parse", "HEAD"), ())
    (clean.path / "notes.txt").touch()
    assert Git(str(upstream), workdir=tmp_path / "work").revision == clean.revision
    (clean.path / "pkg/new.py").touch()
    changed = Git(str(upstream), workdir=tmp_path / "work")
    assert changed.revision == f"{clean.revision}+dirty"
    assert [note.code for note in changed.diagnostics] == ["changed-clone"]


def test_a_place_that_is_taken_is_refused(upstream: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    Git(str(upstream), workdir=work).files()
    other = tmp_path / "other/upstream"
    shutil.copytree(upstream, other)
    with pytest.raises(SourceError, match="already a clone of"):
        Git(str(other), workdir=work).files()
    (work / "plain").mkdir()
    (work / "plain/file").touch()
    with pytest.raises(SourceError, match="not a clone"):
        Git(str(upstream), name="plain", workdir=work).files()


def test_a_clone_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="file:///no/such/repository: "):
        Git("file:///no/such/repository", workdir=tmp_path / "work").files()
    assert left(tmp_path) == []


def test_a_run_killed_before_the_end_leaves_no_clone(
    upstream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Git(str(upstream), workdir=tmp_path / "work")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Git, "_give_name", killed)
        with pytest.raises(KeyboardInterrupt):
            source.files()
    assert not (tmp_path / "work").exists()
    assert content(source) == b"two = 2\n"


def test_the_revision_of_a_directory_is_known_without_git_and_then_unchecked(
    upstream: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = git(upstream, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert Directory(upstream).revision == head
    monkeypatch.setenv("PATH", "/nowhere")
    source = Directory(upstream)
    assert (source.revision, source.origin) == (f"{head}+unchecked", upstream.as_posix())
    (note,) = source.diagnostics
    assert (note.code, "git is not installed" in note.message) == ("unchecked-clone", True)


def test_an_unknown_revision_is_one_clear_line(upstream: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="couldn't find remote ref nope") as caught:
        Git(str(upstream), "nope", workdir=tmp_path / "work").files()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["ext::sh -c touch% owned", "--upload-pack=touch owned", "-u", "fd::1", "ftp://h/r"]
)
def test_urls_that_run_programs_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a git URL"):
        Git(url, workdir=tmp_path)


@pytest.mark.parametrize("revision", ["--upload-pack=x", "a b", "HEAD:refs/heads/x", "a..b", "@{1}", "v1^{}"])
def test_revisions_that_are_options_or_refspecs_are_refused(revision: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a revision"):
        Git("https://example.invalid/r", revision, workdir=tmp_path)


def test_hooks_filters_and_submodules_of_the_user_and_the_repository_stay_off(
    upstream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned, hooks = tmp_path / "owned", tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "post-checkout").write_text(f"#!/bin/sh\ntouch {owned}\n")
    (hooks / "post-checkout").chmod(0o755)
    (tmp_path / "gitconfig").write_text(
        f'[core]\nhooksPath = {hooks}\n[filter "lfs"]\nsmudge = touch {owned}; cat\n'
    )
    (upstream / ".gitattributes").write_text("*.py filter=lfs\n")
    module = f'[submodule "s"]\npath = s\nurl = ext::sh -c "touch {owned}"\n'
    (upstream / ".gitmodules").write_text(module)
    commit(upstream, "hostile = 3\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert content(Git(f"file://{upstream}", workdir=tmp_path / "work")) == b"hostile = 3\n"
    assert not owned.exists()
    assert not (tmp_path / "index").exists()


def test_credentials_are_never_shown(tmp_path: Path) -> None:
    source = Git("https://user:secret@localhost:1/owner/repo.git", workdir=tmp_path)
    assert source.origin == "https://localhost:1/owner/repo.git"
    with pytest.raises(SourceError) as caught:
        source.files()
    assert "secret" not in str(caught.value)


def test_names_come_from_the_url() -> None:
    urls = ["https://h/o/repo.git", "git@h:o/repo", "/a/b/repo/", "https://h/o/.git"]
    assert [repository_name(url) for url in urls] == ["repo", "repo", "repo", "repository"]
