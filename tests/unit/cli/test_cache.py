"""The command `cache`: what it says of the cache, and what it drops."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chaintrace.cli.app import run
from chaintrace.extraction import facts_version
from chaintrace.store.store import FILE_NAME, Store

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Hold two facts of this version and one of another."""
    monkeypatch.setenv("CHAINTRACE_CACHE", str(tmp_path))
    Store(facts_version()).put_many({"a": b"one", "b": b"two"})
    Store("older").put_many({"a": b"old"})
    return tmp_path / FILE_NAME


def test_info_says_where_the_cache_is_and_what_it_holds(place: Path, capsys: Captured) -> None:
    assert run(["cache", "info"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{place}, at most ")
    assert [line.split()[:2] for line in rest] == [["2", "facts"], ["1", "of"]]


def test_info_has_the_same_as_json(place: Path, capsys: Captured) -> None:
    assert run(["cache", "info", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["path"] == str(place)
    held = {one["what"]: (one["entries"], one["size"]) for one in document["held"]}
    assert held == {"facts": (2, 6), "of another version": (1, 3)}


def test_verify_drops_the_damaged_entries_only(place: Path, capsys: Captured) -> None:
    assert run(["cache", "verify"]) == 0
    assert capsys.readouterr().out == "every entry is whole\n"
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("UPDATE entries SET value = x'00' WHERE digest = 'b'")
    assert run(["cache", "verify"]) == 0
    assert capsys.readouterr().out == "1 damaged entries dropped\n"
    assert Store(facts_version()).get_many(["a", "b"]) == {"a": b"one"}


def test_clear_drops_everything(place: Path, capsys: Captured) -> None:
    assert run(["cache", "clear"]) == 0
    assert capsys.readouterr().out == "the cache is empty\n"
    assert Store(facts_version()).holdings() == []
    assert place.exists()


def test_a_damaged_cache_is_said(place: Path, capsys: Captured) -> None:
    for suffix in ("-wal", "-shm"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    place.write_bytes(b"no database" * 1000)
    assert run(["cache", "info"]) == 0
    assert "damaged-cache" in capsys.readouterr().err


def test_without_a_word_the_command_says_which_there_are(capsys: Captured) -> None:
    run(["cache"])
    out, err = capsys.readouterr()
    assert all(word in out + err for word in ("info", "verify", "clear"))
