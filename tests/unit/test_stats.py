"""What a run costs is told on stderr where it is asked for, and is no part of the answer."""

import subprocess
import sys
from pathlib import Path

import chaintrace as ct
from chaintrace.stats import Stats

FILES = {"m.py": "class C:\n    def set(self): self.x = 1\n\ndef f(): C().set()\n", "n.py": ""}


def test_every_stage_is_measured() -> None:
    stats = Stats()
    ct.Project([ct.Memory(FILES)], cache=False, jobs=1).analyze(entries=["f"], targets=["C.x"], stats=stats)
    assert list(stats.stages) == ["start", "list", "choose", "read", "link", "solve", "graph"]
    assert all(spent.processor >= 0 and spent.clock >= 0 for spent in stats.stages.values())
    assert list(stats.counts) == ["variables", "constraints", "objects", "facts", "steps"]
    assert all(stats.counts.values())
    times, sizes, memory = stats.lines()
    assert ", answer " in times
    assert ", all " in times
    assert "objects" in sizes
    assert memory.startswith("peak memory: ")


def test_the_command_tells_it_on_stderr_and_prints_the_same(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    command = [sys.executable, "-m", "chaintrace", "graph", str(tmp_path), "-q", "--json"]
    plain = subprocess.run(command, capture_output=True, check=True)
    measured = subprocess.run([*command, "--stats"], capture_output=True, check=True)
    assert measured.stdout == plain.stdout
    assert plain.stderr == b""
    assert b"chaintrace: seconds of the processors (of the clock): start " in measured.stderr
