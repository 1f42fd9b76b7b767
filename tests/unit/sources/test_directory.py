"""A directory gives its Python files and says what it skipped; it is never left."""

import os
import subprocess
from pathlib import Path

import pytest

from chaintrace.errors import SourceError
from chaintrace.sources.directory import Directory
from chaintrace.sources.found import SIZE_LIMIT
from chaintrace.sources.memory import Memory


def write(top: Path, *paths: str, text: str = "x = 1\n") -> Path:
    for path in paths:
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text, encoding="utf-8")
    return top


def codes(source: Directory | Memory) -> dict[str, str]:
    return {diagnostic.path: diagnostic.code for diagnostic in source.diagnostics}


def test_files_are_sorted_named_and_carry_the_blob_id_git_gives_them(tmp_path: Path) -> None:
    top = write(tmp_path, "src/pkg/__init__.py", "src/pkg/b.py", "scripts/run.py")
    files = Directory(top, name="demo").files()
    assert [(f.path, f.module, f.is_package, f.source) for f in files] == [
        ("pkg/__init__.py", "pkg", True, "demo"),
        ("pkg/b.py", "pkg.b", False, "demo"),
        ("scripts/run.py", "scripts.run", False, "demo"),
    ]
    told = subprocess.check_output(["git", "hash-object", top / "src/pkg/b.py"], text=True).strip()
    assert files[1].digest == told
    assert files[1].read() == b"x = 1\n"


def test_what_is_not_source_is_skipped(tmp_path: Path) -> None:
    unwanted = [
        ".hidden/a.py",
        "venv/a.py",
        "node_modules/a.py",
        "build/a.py",
        "__pycache__/a.py",
        "p-stubs/a.py",
    ]
    top = write(
        tmp_path, *unwanted, "env/a.py", "env/pyvenv.cfg", "p/build/__init__.py", "p/__init__.py", "p/x.pyi"
    )
    assert [f.module for f in Directory(top).files()] == ["p", "p.build"]


def test_links_never_lead_out_and_never_loop(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", "secret.py")
    top = write(tmp_path / "top", "p/__init__.py", "p/real.py")
    (top / "p/alias.py").symlink_to("real.py")
    (top / "p/stolen.py").symlink_to(outside / "secret.py")
    (top / "p/out").symlink_to(outside)
    (top / "p/loop").symlink_to(top / "p")
    (top / "p/self.py").symlink_to("self.py")
    source = Directory(top)
    assert [f.path for f in source.files()] == ["p/__init__.py", "p/alias.py", "p/real.py"]
    assert codes(source) == {
        "p/stolen.py": "outside-root",
        "p/out": "outside-root",
        "p/self.py": "unreadable",
    }


def test_odd_files_cost_themselves_only(tmp_path: Path) -> None:
    top = write(tmp_path, "good.py")
    (top / "big.py").write_bytes(b"#" * (SIZE_LIMIT + 1))
    os.mkfifo(top / "pipe.py")
    (top / os.fsdecode(b"caf\xe9.py")).touch()
    source = Directory(top)
    assert [f.path for f in source.files()] == ["good.py"]
    assert codes(source) == {"big.py": "too-large", "pipe.py": "unreadable", "caf\\udce9.py": "not-utf8"}


def test_of_two_files_of_one_module_the_imported_one_is_read(tmp_path: Path) -> None:
    top = write(
        tmp_path,
        "m.py",
        "m/__init__.py",
        "src/p/__init__.py",
        "vendor/p/__init__.py",
        "pyproject.toml",
        text="",
    )
    source = Directory(top)
    assert [f.location.removeprefix(f"{top}/") for f in source.files()] == [
        "m/__init__.py",
        "src/p/__init__.py",
    ]
    assert codes(source) == {"m.py": "duplicate-module", "vendor/p/__init__.py": "duplicate-module"}


def test_a_package_is_rooted_above_itself_but_only_it_is_read(tmp_path: Path) -> None:
    top = write(tmp_path, "pkg/__init__.py", "pkg/other.py", "pkg/sub/__init__.py", "pkg/sub/mod.py")
    files = Directory(top / "pkg/sub").files()
    assert [(f.path, f.module) for f in files] == [
        ("pkg/sub/__init__.py", "pkg.sub"),
        ("pkg/sub/mod.py", "pkg.sub.mod"),
    ]
    assert all(f.read() == b"x = 1\n" for f in files)


def test_a_single_file_is_a_source(tmp_path: Path) -> None:
    top = write(tmp_path, "pkg/__init__.py", "pkg/mod.py", "script.py", "notes.txt")
    assert [(f.path, f.module) for f in Directory(top / "script.py").files()] == [("script.py", "script")]
    assert [(f.path, f.module) for f in Directory(top / "pkg/mod.py").files()] == [("pkg/mod.py", "pkg.mod")]
    with pytest.raises(SourceError, match=r"notes\.txt: not a Python file"):
        Directory(top / "notes.txt")
    with pytest.raises(SourceError, match="no such file"):
        Directory(top / "missing")


def test_an_empty_directory_says_so(tmp_path: Path) -> None:
    assert codes(Directory(tmp_path, name="nothing")) == {"nothing": "empty-source"}


def test_a_file_changed_after_listing_is_not_taken_for_what_was_listed(tmp_path: Path) -> None:
    (file,) = Directory(write(tmp_path, "a.py")).files()
    (tmp_path / "a.py").write_text("y = 2\n")
    with pytest.raises(SourceError, match=r"a\.py: changed"):
        file.read()


def test_memory_reads_like_a_directory() -> None:
    source = Memory({"pkg/mod.py": "é", "pkg/__init__.py": b"\xff", "readme.md": ""})
    assert [(f.module, f.read()) for f in source.files()] == [("pkg", b"\xff"), ("pkg.mod", "é".encode())]
    assert Memory({}).diagnostics[0].code == "empty-source"


def test_of_very_many_files_the_first_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chaintrace.sources.found.COUNT_LIMIT", 3)
    for name in ("a.py", "b.py", "c/d.py", "c/e.py", "c/f.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    source = Directory(tmp_path)
    assert [file.path for file in source.files()] == ["a.py", "b.py", "c/d.py"]
    assert [(one.code, "from c/e.py on" in one.message) for one in source.diagnostics] == [("too-many", True)]
