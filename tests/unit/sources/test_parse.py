"""What a user may write for a source."""

import subprocess
from pathlib import Path

import pytest

from chaintrace.errors import SourceError
from chaintrace.sources.directory import Directory
from chaintrace.sources.git import Git
from chaintrace.sources.package import PyPI
from chaintrace.sources.parse import parse_source, split_revision


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://h/o/r", ("https://h/o/r", "")),
        ("https://h/o/r@v1", ("https://h/o/r", "v1")),
        ("https://me:pw@h/o/r.git@feature/x", ("https://me:pw@h/o/r.git", "feature/x")),
        ("git@h:o/r", ("git@h:o/r", "")),
        ("git@h:o/r@abc", ("git@h:o/r", "abc")),
        ("ssh://git@h", ("ssh://git@h", "")),
        ("../r@main", ("../r", "main")),
    ],
)
def test_the_revision_is_split_off(text: str, expected: tuple[str, str]) -> None:
    assert split_revision(text) == expected


def test_each_form_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a==1").mkdir()
    repository = tmp_path / "r"
    subprocess.check_call(["git", "init", "-q", repository])
    subprocess.check_call(["git", "init", "-q", "--bare", tmp_path / "bare.git"])
    assert isinstance(parse_source(str(tmp_path / "a==1")), Directory)
    assert isinstance(parse_source(str(repository)), Directory)
    for text in (f"{repository}@main", str(tmp_path / "bare.git"), "git+https://h/o/r", "git@h:o/r"):
        assert isinstance(parse_source(text), Git)
    for text in ("pypi:name==1.0", "name==1.0"):
        assert isinstance(parse_source(text), PyPI)


@pytest.mark.parametrize("text", ["", "nowhere", "pypi:name", "ext::sh -c id", "nowhere@main", "ftp://h/o/r"])
def test_anything_else_is_one_clear_line(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_source(text)
    assert "\n" not in str(caught.value)
