"""The first trace file of a folder: from a profile, or from what lies there; never over another one."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

import chaintrace as ct
from chaintrace import api
from chaintrace.errors import SourceError
from chaintrace.sources.config import profile_names, read_profile, read_trace_file
from chaintrace.sources.schema import schema_text


def write(top: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)


def clone_at(path: Path, url: str) -> None:
    subprocess.check_call(["git", "init", "-q", path])
    subprocess.check_call(["git", "-C", path, "remote", "add", "origin", url])


def sources(top: Path) -> list[dict[str, Any]]:
    return list(tomllib.loads((top / "chaintrace.toml").read_text("utf-8"))["sources"])


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_becomes_a_trace_file_that_says_the_same(tmp_path: Path, name: str) -> None:
    trace, profile = read_trace_file(api.init(tmp_path, profile=name)), read_profile(name)
    for key in ("name", "sources", "entries", "targets", "waypoints", "assumptions"):
        assert getattr(trace, key) == getattr(profile, key)
    lines = (tmp_path / "chaintrace.toml").read_text("utf-8").splitlines()
    schema = lines[0].removeprefix("#:schema ")
    assert (tmp_path / schema).read_text("utf-8") == schema_text()


def test_a_project_names_its_import_root_and_its_scripts(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": '[project]\nname = "thing"\n[project.scripts]\n'
            'run = "thing.cli:app.main [all]"\n[project.gui-scripts]\n'
            'show = "thing.gui:show"\nbroken = "?"\n',
            "src/thing/__init__.py": "",
            "src/thing/cli.py": "def main(): pass\n",
            "tests/test_thing.py": "",
        },
    )
    clone_at(tmp_path, "https://forge.example/me/thing")
    trace = read_trace_file(api.init(tmp_path))
    assert trace.entries == ("thing.cli.app.main", "thing.gui.show")
    assert sources(tmp_path) == [{"name": "thing", "directory": ".", "subfolder": "src"}]
    assert "# without this line its tests are read too\n" in (tmp_path / "chaintrace.toml").read_text()
    assert [file.path for file in ct.open(tmp_path).sources[0].files()] == [
        "thing/__init__.py",
        "thing/cli.py",
    ]
    assert (tmp_path / ".gitignore").read_text() == "/workdir/\n"


def test_a_flat_folder_leaves_out_tests_and_what_was_fetched(tmp_path: Path) -> None:
    write(
        tmp_path / "my code",
        {
            "app/__init__.py": "",
            "app/__main__.py": "",
            "tests/test_app.py": "",
            "setup.cfg": "",
            "workdir/other/x.py": "",
            "beside/y.py": "",
        },
    )
    clone_at(tmp_path / "my code/workdir/other", "https://forge.example/a/other")
    run = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(tmp_path / "my code/workdir/other")]
    for arguments in (["add", "-A"], ["commit", "-q", "-m", "m"]):
        subprocess.check_call([*run, *arguments])
    clone_at(tmp_path / "my code/beside", "https://forge.example/a/beside")
    trace = read_trace_file(api.init(tmp_path / "my code"))
    assert [spec.name for spec in trace.sources] == ["my-code", "other", "beside"]
    assert (trace.sources[1].git, trace.sources[2].directory) == ("https://forge.example/a/other", "beside")
    assert trace.entries == ("app.__main__.<module>",)
    project = ct.open(tmp_path / "my code")
    assert [file.path for source in project.sources for file in source.files()] == [
        "app/__init__.py", "app/__main__.py", "x.py", "y.py",
    ]  # fmt: skip
    assert project.analyze().callees(trace.entries) is not None


def test_setup_cfg_names_scripts_too(tmp_path: Path) -> None:
    configured = "[options.entry_points]\nconsole_scripts =\n    run = pkg.main:run\n    bad\n"
    write(tmp_path, {"pkg/__init__.py": "", "setup.cfg": configured})
    assert read_trace_file(api.init(tmp_path)).entries == ("pkg.main.run",)


@pytest.mark.parametrize(
    "files",
    [
        {"chaintrace.toml": ""},
        {"pyproject.toml": "[tool.chaintrace]\n"},
        {"chaintrace.toml/kept": "x"},
    ],
)
def test_nothing_is_overwritten(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, {"m.py": "", **files})
    before = {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")}
    with pytest.raises(SourceError, match="already"):
        api.init(tmp_path)
    assert {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")} == before


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "m.py").touch()
    (tmp_path / "chaintrace.toml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="already there"):
        api.init(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=f"--profile with one of .*{profile_names()[0]}"):
        api.init(tmp_path)
    with pytest.raises(SourceError, match="no such profile"):
        api.init(tmp_path, profile="nope")
    assert list(tmp_path.iterdir()) == []


def test_odd_names_and_broken_projects_make_a_file_that_can_be_read(tmp_path: Path) -> None:
    top = tmp_path / 'a "b"\x7f\\c'
    write(top, {"m.py": "", "pyproject.toml": "[project", "setup.cfg": "= broken"})
    assert read_trace_file(api.init(top)).name == 'a "b"\x7f\\c'


def test_a_run_that_is_killed_leaves_no_half_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m.py").touch()
    for name in ("link", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(f"os.{name}", stopped)
            with pytest.raises(KeyboardInterrupt):
                api.init(tmp_path)
        left = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
        assert left == (["m.py"] if name == "link" else ["chaintrace.toml", "m.py"])
    assert read_trace_file(tmp_path / "chaintrace.toml").sources


def stopped(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_repositories_without_an_origin_are_sources_of_their_own(tmp_path: Path) -> None:
    for name in ("alpha", "beta"):
        write(tmp_path, {f"{name}/{name}.py": "def f(): pass\n"})
        subprocess.check_call(["git", "init", "-q", tmp_path / name])
    api.init(tmp_path)
    assert sources(tmp_path) == [{"name": name, "directory": name} for name in ("alpha", "beta")]
