"""Facts are the same whoever makes them: processes here, a cluster of which a worker dies, a shared store."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import chaintrace as ct
from chaintrace.errors import SourceError
from chaintrace.sources.memory import Memory
from chaintrace.store.shared import SharedStore
from chaintrace.workers import executor_at

PATIENCE = 150  # seconds, for a machine that is busy
FILES = {f"m{n}.py": f"def f{n}(x):\n    return x.a{n}\n" * (n + 1) for n in range(60)}


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Give the URL of a real scheduler, and its two workers: each a process of its own."""
    distributed = pytest.importorskip("distributed")
    named = tmp_path / "scheduler.json"
    started = [_started("scheduler", "--host", "127.0.0.1", "--port", "0", file=named)]
    try:
        deadline = time.monotonic() + PATIENCE
        while not named.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        started += [
            _started(
                "worker", "--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path), file=named
            )
            for _ in range(2)
        ]
        address = json.loads(named.read_text("utf-8"))["address"]
        with distributed.Client(address, set_as_default=False, timeout=PATIENCE) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        yield f"dask://{address.removeprefix('tcp://')}", started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def _started(what: str, *words: str, file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard", *words]
    return subprocess.Popen([*command, "--scheduler-file", str(file)], stderr=subprocess.DEVNULL)


# The client leaves sockets to the collector when its scheduler is gone.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_cluster_that_loses_a_worker_loses_and_doubles_nothing(
    scheduler: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, workers = scheduler
    monkeypatch.setenv("CHAINTRACE_CACHE", str(tmp_path / "cache"))
    seen: list[tuple[int, int]] = []

    def kill_one(_: str, done: int, total: int) -> None:
        seen.append((done, total))
        if done == total // 2:
            workers[0].kill()

    with executor_at(url) as executor:
        project = ct.Project([Memory(FILES)], executor=executor)
        indexed = project.index(kill_one)
    assert workers[0].wait() != 0
    assert (indexed.files, indexed.made) == (60, 60)
    assert seen == [(n, 60) for n in range(1, 61)]
    assert project.index().made == 0
    alone = [ct.Project([Memory(FILES)], cache=False, jobs=jobs).analyze().to_json() for jobs in (1, 2, 8)]
    assert ct.Project([Memory(FILES)]).analyze().to_json() == alone[0]
    assert alone == [alone[0]] * 3


class Failing(ThreadPoolExecutor):
    """Fail at every second piece of work."""

    count = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.count += 1
        return super().submit(fn if self.count % 2 else _fails, *args, **kwargs)


def test_an_executor_that_fails_leaves_its_work_to_this_process() -> None:
    with Failing(2) as executor:
        answer = ct.Project([Memory(FILES)], cache=False, executor=executor).analyze()
    assert answer.to_json() == ct.Project([Memory(FILES)], cache=False, jobs=1).analyze().to_json()


def _fails(_: object) -> None:
    raise MemoryError


def test_a_shared_store_gives_back_what_was_put_and_nothing_damaged(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/facts"
    first = SharedStore("v1", url)
    first.put_many({"aa1": b"one", "bb2": b"two"})
    assert first.diagnostics == []
    damaged = tmp_path / "facts" / "v1" / "bb" / "bb2"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    store = SharedStore("v1", url)
    assert store.get_many(["aa1", "bb2", "cc3"]) == {"aa1": b"one"}
    assert SharedStore("v2", url).get_many(["aa1"]) == {}
    assert store.diagnostics == []


def test_a_store_in_memory_works_as_one_on_disk() -> None:
    SharedStore("v1", "memory://facts").put_many({"aa1": b"one"})
    assert SharedStore("v1", "memory://facts").get_many(["aa1", "bb2"]) == {"aa1": b"one"}


def test_another_machine_finds_the_facts_in_a_shared_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"file://{tmp_path}/facts"
    monkeypatch.setenv("CHAINTRACE_CACHE", str(tmp_path / "first"))
    assert ct.Project([Memory(FILES)], store=url).index().made == 60
    monkeypatch.setenv("CHAINTRACE_CACHE", str(tmp_path / "second"))
    assert ct.Project([Memory(FILES)], store=url).index().made == 0


@pytest.mark.parametrize("url", ["spark://x:1", "dask://127.0.0.1:1"])
def test_what_is_no_executor_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("chaintrace.workers._SECONDS", 1)
    with pytest.raises(SourceError, match=url), executor_at(url):
        pass
