"""A part of a source: its subfolder and its globs."""

from pathlib import Path

import pytest

from chaintrace.errors import SourceError
from chaintrace.sources.directory import Directory
from chaintrace.sources.part import Part, is_inside

FILES = ["pkg/__init__.py", "pkg/core.py", "pkg/deep/__init__.py", "pkg/deep/core.py", "tests/test_core.py"]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    for name in FILES:
        file = tmp_path / "top/python" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    (tmp_path / "top/setup.py").touch()
    return tmp_path / "top"


def read(top: Path, part: Part) -> list[str]:
    return [file.path for file in Directory(top, part=part).files()]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Part("python"), FILES),
        (Part("python", exclude=("tests",)), FILES[:4]),
        (Part("python", exclude=("test_*.py", "deep/")), FILES[:2]),
        (Part("python", include=("pkg/*.py",)), FILES[:2]),
        (Part("python", include=("pkg/**",), exclude=("pkg/**/core.py",)), [FILES[0], FILES[2]]),
        (Part("python", include=("**/deep/**",)), FILES[2:4]),
        (Part("python/pkg/deep"), FILES[2:4]),
        (Part("python/pkg", include=("core.py",)), [FILES[1], FILES[3]]),
        (Part("python/pkg", include=("/core.py",)), [FILES[1]]),
    ],
)
def test_names_stay_those_of_the_import_system(top: Path, part: Part, expected: list[str]) -> None:
    assert read(top, part) == expected


def test_what_is_excluded_is_not_complained_of(top: Path) -> None:
    (top / "python/tests/huge.py").write_bytes(b"#" * 6_000_000)
    assert [one.code for one in Directory(top, part=Part("python")).diagnostics] == ["too-large"]
    assert Directory(top, part=Part("python", exclude=("tests",))).diagnostics == ()
    nothing = Directory(top, part=Part("python", include=("gone",)))
    assert [one.code for one in nothing.diagnostics] == ["too-large", "empty-source"]


def test_a_subfolder_stays_inside(top: Path) -> None:
    (top / "out").symlink_to(top.parent)
    for folder in ("out", "gone", "setup.py"):
        with pytest.raises(SourceError, match=folder):
            read(top, Part(folder))
    inside = {
        "a": True,
        "a/b": True,
        "../a": False,
        "/a": False,
        "a/../../b": False,
        "C:/a": False,
        "": False,
    }
    assert {text: is_inside(text) for text in inside} == inside
