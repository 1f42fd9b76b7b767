"""What is kept of a run for the next one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace import extraction
from chaintrace.sources.memory import Memory
from chaintrace.store.store import Store


def test_another_version_of_the_parser_makes_other_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = extraction.facts_version()
    monkeypatch.setattr(extraction, "version", lambda _: "99.0")
    assert extraction.facts_version() != before


def test_a_file_with_diagnostics_is_read_anew_each_time(tmp_path: Path) -> None:
    files = Memory({"good.py": "x = 1\n", "bad.py": "x = (\n"}).files()
    store = Store("v1", tmp_path)
    first = extraction.read_modules(files, store, 1)
    assert [diagnostic.path for diagnostic in first.diagnostics] == ["bad.py"]
    kept = store.get_many([file.digest for file in files])
    assert list(kept) == [file.digest for file in files if file.path == "good.py"]
    assert extraction.read_modules(files, store, 1).diagnostics == first.diagnostics


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_is_stopped_keeps_what_it_has_made(tmp_path: Path, jobs: int) -> None:
    files = Memory({f"m{n}.py": f"x = {n}\n" for n in range(60)}).files()
    store = Store("v1", tmp_path)

    def stop(_: str, done: int, __: int) -> None:
        if done == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extraction.make_facts(files, store, jobs, stop)
    assert len(store.get_many([file.digest for file in files])) == 9
    assert extraction.make_facts(files, store, jobs).made == 51


def test_an_interrupted_command_ends_at_once_and_says_no_more_than_that(tmp_path: Path) -> None:
    """Ctrl-C reaches the workers too, which have been given much more than they can do in this time."""
    text = "\n".join(f"def f{n}(x):\n    return x.a{n}(f{n - 1}(x)) + {n}" for n in range(1, 1500))
    for number in range(80):
        (tmp_path / f"m{number}.py").write_text(f"{text}\n# {number}\n")
    # Where the tests themselves run in the background, interrupts are ignored from the start.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    telling = (
        "import sys; from chaintrace import extraction as e; extracted = e._extracted\n"
        "e._extracted = lambda *given: print('reading', file=sys.stderr, flush=True) or extracted(*given)"
    )
    code = f"{heeding}\n{telling}\nfrom chaintrace.cli.app import main; main()"
    command = [sys.executable, "-c", code, "index", str(tmp_path)]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "reading\n"
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (130, "chaintrace: interrupted\n")


def test_long_portions_are_cut_so_that_little_is_lost() -> None:
    contents = [(str(n), b" " * size) for n, size in enumerate([90_000, 40_000, 30_000, *[10] * 20])]
    portions = [[int(digest) for digest, _ in portion] for portion in extraction._chunks(contents)]
    assert portions == [[0], [1], [*range(2, 10)], [*range(10, 18)], [*range(18, 23)]]


def test_every_long_stage_tells_how_far_it_is() -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    files = {f"m{n}.py": "class C:\n    def f(self): self.x = 1\nC().f()\n" for n in range(3)}
    ct.Project([Memory(files)], cache=False, jobs=1).analyze(
        lambda stage, done, total: told.setdefault(stage, []).append((done, total))
    )
    assert list(told) == ["read", "solve", "calls", "attributes", "edges", "evidence"]
    assert all(last == total for (last, total) in (steps[-1] for steps in told.values()))
    assert all(steps == sorted(steps) for steps in told.values())
