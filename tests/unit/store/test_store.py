"""The facts store: whole, versioned, shared, and never in the way."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from chaintrace.store.store import FILE_NAME, Store


def test_values_come_back_by_digest_and_version(tmp_path: Path) -> None:
    values = {f"{n:040x}": bytes([n % 256]) * n for n in range(1200)}
    Store("v1", tmp_path).put_many(values)
    store = Store("v1", tmp_path)
    assert store.get_many([*values, "unknown"]) == values
    assert Store("v2", tmp_path).get_many(values) == {}
    assert store.diagnostics == []


def test_a_later_value_replaces_an_earlier_one(tmp_path: Path) -> None:
    store = Store("v1", tmp_path)
    store.put_many({"a": b"old"})
    store.put_many({"a": b"new"})
    assert store.get_many(["a"]) == {"a": b"new"}


def test_a_damaged_entry_is_a_miss(tmp_path: Path) -> None:
    store = Store("v1", tmp_path)
    store.put_many({"a": b"good", "b": b"good"})
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE entries SET value = x'00' WHERE digest = 'a'")
    assert store.get_many(["a", "b"]) == {"b": b"good"}


@pytest.mark.parametrize("damage", [b"", b"not a database" * 1000, "table"])
def test_a_damaged_file_is_set_aside_and_made_again(tmp_path: Path, damage: bytes | str) -> None:
    path = tmp_path / FILE_NAME
    if isinstance(damage, bytes):
        path.write_bytes(damage)
    else:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE entries (other TEXT)")
    store = Store("v1", tmp_path)
    store.put_many({"a": b"x"})
    assert store.get_many(["a"]) == {"a": b"x"}
    assert [d.code for d in store.diagnostics] == (["damaged-cache"] if damage else [])


def test_damage_while_it_is_open_is_survived(tmp_path: Path) -> None:
    store = Store("v1", tmp_path)
    store.put_many({f"{n}": b"x" * 1000 for n in range(100)})
    store.path.write_bytes(b"garbage" * 4096)
    assert store.get_many(["1"]) == {}
    store.put_many({"1": b"again"})
    assert store.get_many(["1"]) == {"1": b"again"}


def test_a_place_that_cannot_be_written_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = Store("v1", tmp_path / "file")
    store.put_many({"a": b"x"})
    assert store.get_many(["a"]) == {}
    assert [d.code for d in store.diagnostics] == ["no-cache"]


def _write(directory: Path, part: int) -> int:
    store = Store("v1", directory)
    for step in range(10):
        store.put_many({f"{part}-{step}-{n}": b"x" * 500 for n in range(20)})
    return len(store.diagnostics)


def test_processes_share_it(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(_write, [tmp_path] * 4, range(4))) == [0] * 4
    keys = [f"{part}-{step}-{n}" for part in range(4) for step in range(10) for n in range(20)]
    assert len(Store("v1", tmp_path).get_many(keys)) == 800


def test_past_its_limit_the_store_drops_what_was_used_longest_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: clock[0])
    store = Store("v1", tmp_path, limit=400_000)
    for number in range(6):
        clock[0] += 10_000
        store.put_many({f"k{number}": bytes(50_000)})
    clock[0] += 10_000
    assert "k0" in store.get_many(["k0"])  # used again: younger than the others now
    for number in range(6, 9):
        clock[0] += 10_000
        store.put_many({f"k{number}": bytes(50_000)})
    left = store.get_many([f"k{number}" for number in range(9)])
    assert {"k0", "k8"} <= set(left)
    assert "k1" not in left


def test_verify_drops_what_is_damaged_and_clear_everything(tmp_path: Path) -> None:
    store = Store("v1", tmp_path)
    store.put_many({"a": b"1", "b": b"2"})
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE entries SET value = x'00' WHERE digest = 'a'")
    assert store.verify() == 1
    assert store.holdings() == [("v1", 1, 1)]
    store.clear()
    assert store.holdings() == []
