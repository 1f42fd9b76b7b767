"""What is fetched stays out of the user's repository, and nothing else of the user is touched."""

from pathlib import Path

import pytest

from chaintrace.sources.ignore import ignore


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "below").mkdir()
    return tmp_path / "below"


@pytest.mark.parametrize(("before", "after"), [("", "/workdir/\n"), ("*.o", "*.o\n/workdir/\n")])
def test_the_entry_is_added_once(room: Path, before: str, after: str) -> None:
    file = room / ".gitignore"
    if before:
        file.write_text(before, "utf-8")
    assert ignore(room, "workdir")
    assert not ignore(room, "workdir")
    assert file.read_text("utf-8") == after


@pytest.mark.parametrize("entry", ["workdir", "workdir/", "/workdir", "/workdir/", "**/workdir/"])
def test_an_entry_in_another_spelling_serves(room: Path, entry: str) -> None:
    (room / ".gitignore").write_text(f"{entry}\n", "utf-8")
    assert not ignore(room, "workdir")


def test_outside_a_repository_nothing_is_written(tmp_path: Path) -> None:
    assert not ignore(tmp_path, "workdir")
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_not_written_through(room: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("", "utf-8")
    (room / ".gitignore").symlink_to(elsewhere)
    assert not ignore(room, "workdir")
    assert elsewhere.read_text("utf-8") == ""
