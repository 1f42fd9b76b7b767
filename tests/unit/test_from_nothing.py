"""From an empty directory to the write-up: init, clone, report; with and without the repositories at hand."""

import json
import shutil
from pathlib import Path

import pytest

from chaintrace.cli.app import run
from chaintrace.demo import demo_directory
from chaintrace.sources import config, draft, fetch
from chaintrace.sources.directory import Directory
from tests.unit.sources.repositories import git, repository

PROFILE = """
# How do the new weights get into the runner?
name = "pair"
default = true
entries = ["trainer.cluster.Cluster.sync"]
targets = ["Runner.weights"]
waypoints = ["EngineRollout.update", "Sampler.update"]

[[sources]]
name = "trainer"
git = "{forge}/trainer.git"
fallback = "trainer==1.0"

[[sources]]
name = "engine"
git = "{forge}/engine.git"
fallback = "engine==1.0"
"""


@pytest.fixture
def forge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a forge with bare repositories, a profile that names it, and an empty directory to be in."""
    for name in ("trainer", "engine"):
        package = demo_directory() / name
        code = {
            f"{name}/{path.relative_to(package).as_posix()}": path.read_text("utf-8")
            for path in package.rglob("*.py")
        }
        made = repository(tmp_path / "made" / name, code)
        git(tmp_path, "clone", "-q", "--bare", str(made), f"forge/{name}.git")

    def profile_text(_: str) -> str:
        return PROFILE.format(forge=(tmp_path / "forge").as_uri())

    monkeypatch.setattr(draft, "profile_text", profile_text)
    monkeypatch.setattr(config, "profile_text", profile_text)
    (tmp_path / "room").mkdir()
    monkeypatch.chdir(tmp_path / "room")
    return tmp_path / "forge"


def commits(room: Path) -> dict[str, str]:
    entries = json.loads((room / "chaintrace.lock").read_text())["sources"]
    return {name: entry["revision"] for name, entry in entries.items()}


def test_three_commands_make_the_write_up(forge: Path) -> None:
    room = Path.cwd()
    assert [run([*words, "-q"]) for words in (["init", "--profile", "pair"], ["clone"])] == [0, 0]
    assert run(["report", "-q", "-o", "chain.md", "-o", "chain.html"]) == 0
    text = (room / "chain.md").read_text("utf-8")
    heads = {name: git(forge / f"{name}.git", "rev-parse", "HEAD") for name in ("trainer", "engine")}
    assert commits(room) == heads
    assert all(commit in text for commit in heads.values())
    assert "Runner.weights" in text
    shutil.rmtree(room / "workdir")
    assert run(["clone", "-q", "--locked"]) == 0
    assert run(["report", "-q", "-o", "again.md"]) == 0
    again = (room / "again.md").read_text("utf-8")
    assert again.replace("again.md", "chain.md").splitlines()[:5] == text.splitlines()[:5]


def test_releases_are_read_where_the_forge_is_out_of_reach(
    forge: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Release(Directory):
        is_cached = True

        def __init__(self, spec: str, *, name: str, **_: object) -> None:
            super().__init__(demo_directory() / name, name=name, origin=f"pypi:{spec}", revision="1.0")

    monkeypatch.setattr(fetch, "PyPI", Release)
    shutil.rmtree(forge)
    assert run(["init", "--profile", "pair", "-q"]) == 0
    assert run(["clone"]) == 0
    assert "the fallback release, because file://" in capsys.readouterr().err
    assert run(["report", "-o", "chain.md"]) == 0
    said = capsys.readouterr().err
    assert "pypi:trainer==1.0 (the fallback release, as chaintrace.lock has it)" in said
    assert "pypi:engine==1.0" in Path("chain.md").read_text("utf-8")
