"""A revision read from the object store is the one a checkout would show, and nothing is touched."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import chaintrace as ct
from chaintrace import api
from chaintrace.cli.app import run
from chaintrace.errors import SourceError
from chaintrace.sources import gitcommand, objects
from chaintrace.sources.directory import Directory
from chaintrace.sources.git import Git
from chaintrace.sources.objects import Revision
from chaintrace.sources.part import Part
from chaintrace.sources.source import SourceFile
from tests.unit.sources.repositories import commit, git, repository

OLD = {
    "pyproject.toml": '[tool.setuptools.packages.find]\nwhere = ["python"]\n',
    "setup.py": "",
    "python/pkg/__init__.py": "",
    "python/pkg/core.py": "def run():\n    old()\n\ndef old(): pass\n",
    "python/pkg/deep/__init__.py": "",
    "python/pkg/build/x.py": "",
    "tools/node_modules/n.py": "",
    "tools/.hidden/h.py": "",
    "tools/made/pyvenv.cfg": "",
    "tools/made/v.py": "",
    "tests/test_core.py": "import pkg.core\n",
    "notes.txt": "",
}
NEW = {"python/pkg/core.py": "def run():\n    new()\n\ndef new(): pass\n", "python/pkg/more.py": "more = 1\n"}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    made = repository(tmp_path / "up", OLD, "v1")
    (made / "python/pkg/link.py").symlink_to("core.py")
    (made / "python/pkg/out.py").symlink_to("../../../elsewhere.py")
    (made / "python/pkg/gone.py").symlink_to("nothing.py")
    (tmp_path / "elsewhere.py").touch()
    commit(made, {}, "v2")
    commit(made, NEW, "v3")
    return made


def plain(files: list[SourceFile]) -> list[tuple[str, str, bool, str, bytes]]:
    return [(file.path, file.module, file.is_package, file.digest, file.read()) for file in files]


def state(top: Path) -> list[object]:
    work = {
        path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes())
        for path in top.rglob("*.py")
        if path.exists()
    }
    return [work, git(top, "status", "--porcelain"), git(top, "rev-parse", "HEAD"), git(top, "for-each-ref")]


@pytest.mark.parametrize("asked", ["v1", "v2", "v3", "HEAD", "HEAD~1", "v3~2", "main"])
@pytest.mark.parametrize(
    "part",
    [
        Part(),
        Part("python"),
        Part("python/pkg/deep"),
        Part("python", exclude=("deep",)),
        Part("python/pkg/."),
    ],
)
def test_it_is_what_a_checkout_of_it_shows(top: Path, tmp_path: Path, asked: str, part: Part) -> None:
    before = state(top)
    found = Revision(top, asked, name="up", origin="o", part=part)
    files, notes = plain(found.files()), found.diagnostics
    assert state(top) == before
    other = tmp_path / "other"
    subprocess.check_call(["git", "clone", "-q", top, other])
    git(other, "checkout", "-q", "--detach", git(top, "rev-parse", asked))
    there = Directory(other, part=part)
    assert files == plain(there.files())
    assert found.hash == there.hash
    assert [(note.path, note.code) for note in notes] == [
        (note.path, note.code) for note in there.diagnostics
    ]
    assert all((other / file.place).samefile(file.location or other / file.place) for file in found.files())


def test_a_work_tree_of_several_reads_the_one_repository(top: Path, tmp_path: Path) -> None:
    git(top, "worktree", "add", "-q", "--detach", str(tmp_path / "second"), "v1")
    found = Revision(tmp_path / "second", "v3", name="n", origin="o")
    assert "python/pkg/more.py" in [file.place for file in found.files()]


def test_what_is_not_there_is_said(top: Path) -> None:
    with pytest.raises(SourceError, match="has no revision 'v9'"):
        Revision(top, "v9", name="n", origin="o").files()
    with pytest.raises(SourceError, match="there is no folder 'src'"):
        Revision(top, "v1", name="n", origin="o", part=Part("src")).files()
    for asked in ("-x", "v1:python", "a b", "@{1}", "v1^{tree}", "v1..v2", "--all", ""):
        with pytest.raises(SourceError, match="not a revision"):
            Revision(top, asked or " ", name="n", origin="o")


def test_large_files_and_repositories_inside_are_left_out(top: Path, tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner", {"i.py": ""})
    (top / "python/pkg/huge.py").write_bytes(b"#" * 6_000_000)
    subprocess.check_call(
        [
            "git",
            "-C",
            top,
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            str(inner),
            "inner",
        ]
    )
    commit(top, {})
    notes = Revision(top, "HEAD", name="n", origin="o").diagnostics
    assert [(note.path, note.code) for note in notes if note.code != "outside-root"] == [
        ("inner", "nested-repository"),
        ("python/pkg/gone.py", "unreadable"),
        ("python/pkg/huge.py", "too-large"),
    ]


def test_a_full_commit_id_is_that_commit_whatever_is_called_so(top: Path, tmp_path: Path) -> None:
    first, last = git(top, "rev-parse", "v1"), git(top, "rev-parse", "v3")
    git(top, "tag", first, last)
    git(top, "branch", first, last)
    for asked, commit_read in {first: first, f"{last}~2": first}.items():
        assert Revision(top, asked, name="n", origin="o").revision == commit_read
    source = Git(top.as_uri(), first, workdir=tmp_path / "work")
    assert source.revision == first
    git(source.path, "fetch", "-q", "--unshallow", "--tags", "origin")
    git(source.path, "checkout", "-q", "--detach", last)
    git(source.path, "config", f"chaintrace.{last}.asked", "")
    assert Git(top.as_uri(), first, workdir=tmp_path / "work").revision == first


def test_links_are_followed_as_in_a_checkout(tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"a/b/real.py": "x = 1\n", "text.txt": "y = 2\n", "sub/m.py": ""})
    for link, target in {
        "one.py": "two.py",
        "two.py": "short/real.py",
        "short": "a/b",
        "text.py": "text.txt",
        "sub/up.py": "../one.py",
        "sub/out.py": "../../x.py",
        "folder.py": "a",
        "loop.py": "loop.py",
        "none.py": "a/none.py",
    }.items():
        (top / link).symlink_to(target)
    commit(top, {})
    for part in (Part(), Part("sub")):
        found, there = Revision(top, "HEAD", name="n", origin="o", part=part), Directory(top, part=part)
        assert plain(found.files()) == plain(there.files())
        assert [note[:3] for note in found.diagnostics] == [note[:3] for note in there.diagnostics]


def test_limits_are_those_of_a_checkout_and_hold_before_anything_is_read(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (top / "big").write_bytes(b"x" * 6_000_000)
    big = git(top, "hash-object", "-w", "big")
    (top / "big").unlink()
    git(top, "update-index", "--add", "--cacheinfo", f"120000,{big},python/pkg/big.py")
    git(top, "commit", "-qm", "m")
    asked: list[str] = []
    read = gitcommand.reading

    def recorded(*words: str, **given: Any) -> Any:
        asked.append(given.get("asked", b"").decode())
        return read(*words, **given)

    monkeypatch.setattr(objects, "reading", recorded)
    notes = Revision(top, "HEAD", name="n", origin="o").diagnostics
    assert ("python/pkg/big.py", "unreadable") in [(note.path, note.code) for note in notes]
    assert big not in "".join(asked)
    monkeypatch.setattr("chaintrace.sources.found.COUNT_LIMIT", 4)
    monkeypatch.setattr("chaintrace.sources.found.BYTES_LIMIT", 70)
    git(top, "checkout", "-q", "v2")
    found, there = Revision(top, "v2", name="n", origin="o"), Directory(top)
    assert plain(found.files()) == plain(there.files())
    assert [note for note in found.diagnostics if note.code == "too-many"] == [
        note for note in there.diagnostics if note.code == "too-many"
    ]
    monkeypatch.setattr("chaintrace.sources.tree.LISTED_LIMIT", 4)
    with pytest.raises(SourceError, match="more than 4 files"):
        Revision(top, "HEAD", name="n", origin="o").files()


def test_names_that_are_no_text_are_refused(top: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", str(top), "--rev", "up=v\udcff1"]) == 2
    assert "not a revision" in capsys.readouterr().err
    assert run(["graph", str(top), "--rev", "u\udcff=v1"]) == 2
    assert "there is no such source" in capsys.readouterr().err


@pytest.fixture
def room(top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a place with a trace file that names the repository at v1."""
    (tmp_path / "room").mkdir()
    (tmp_path / "room/chaintrace.toml").write_text(
        f'entries = ["pkg.core.run"]\n[[sources]]\nname = "up"\ngit = "{top.as_uri()}"\ntag = "v1"\n'
    )
    monkeypatch.chdir(tmp_path / "room")
    monkeypatch.setenv("CHAINTRACE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "room"


def test_a_revision_of_a_clone_is_fetched_once_and_its_files_stay(
    room: Path, top: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["clone", "-q"]) == 0
    clone = room / "workdir/up"
    lock = (room / "chaintrace.lock").read_bytes()
    before = state(clone)[:3]
    assert run(["paths", "--to", "pkg.core.new", "--rev", "up=v3"]) == 0
    said = capsys.readouterr()
    assert f"at {git(top, 'rev-parse', 'v3')} (v3, read from the objects of" in said.err
    assert "pkg.core.run -> pkg.core.new  python/pkg/core.py:2" in said.out or "pkg/core.py:2" in said.out
    assert state(clone)[:3] == before
    assert (room / "chaintrace.lock").read_bytes() == lock
    top.rename(top.with_name("away"))
    assert run(["paths", "--to", "pkg.core.new", "--rev", "up=v3", "-q"]) == 0
    assert run(["paths", "--to", "pkg.core.new", "-q"]) == 2
    assert run(["paths", "--to", "pkg.core.new", "--rev", "up=v7", "-q"]) == 2


@pytest.mark.usefixtures("room")
def test_only_changed_files_are_read_of_a_second_revision(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["index", "-q"]) == 0
    assert run(["index", "-q", "--rev", "up=v3"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "5 files, the facts of 3 made now"  # two are empty, a link has the content of another
    assert second.endswith("the facts of 2 made now")


def test_the_graph_of_a_revision_is_that_of_its_checkout(room: Path, tmp_path: Path) -> None:
    trace = room / "chaintrace.toml"
    trace.write_text(trace.read_text().replace('tag = "v1"', ""))
    assert run(["clone", "-q", "--rev", "up=v3"]) == 0
    for name, words in {"one": [], "two": ["--rev", "up=v3"]}.items():
        assert run(["graph", "-q", *words, "-o", str(tmp_path / f"{name}.json")]) == 0
    one, two = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("one", "two"))
    assert [(each["name"], each["revision"]) for each in one["sources"]] == [
        (each["name"], each["revision"]) for each in two["sources"]
    ]
    for part in ("symbols", "edges", "unresolved", "summary"):  # diagnostics say why a link leads nowhere
        assert one[part] == two[part]


def test_directories_releases_and_misuse(
    room: Path, top: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = api.open_project([str(top / "python")], revisions={"python": "v3"})
    assert "pkg/more.py" in [file.path for file in found.sources[0].files()]
    script = api.open_project([str(top / "python/pkg/core.py")], revisions={"core": "HEAD~1"})
    assert [file.place for file in script.sources[0].files()] == ["python/pkg/core.py"]
    (room / "plain").mkdir()
    (room / "plain/m.py").touch()
    for words, said in {
        ("plain", "--rev", "plain=v1"): "in no repository",
        ("plain", "--rev", "other=v1"): "there is no such source; there is plain",
        ("plain", str(top / "python"), "--rev", "python=nope"): "has no revision 'nope'",  # not without it
        ("plain", "--rev", "plain"): "write NAME=REV",
        ("plain", "--rev", "plain=v1", "--rev", "plain=v2"): "given twice",
    }.items():
        assert run(["graph", *words]) == 2
        assert said in capsys.readouterr().err
    monkeypatch.setattr(
        ct.PyPI, "files", lambda release: [SourceFile("m.py", "m", False, release.name, "d", data=b"")]
    )
    assert api.open_project(["some==1.0"], revisions={"some": "2.0"}).sources[0].origin == "pypi:some==2.0"
