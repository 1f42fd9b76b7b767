import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from chaintrace.demo import demo_directory

ROOT = Path(__file__).parents[2]


def test_the_demo_pair_runs_and_its_weights_arrive() -> None:
    command = [sys.executable, "-B", "-m", "trainer"]
    done = subprocess.run(
        command, cwd=demo_directory(), capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "before ['hello 1.0'] after ['hello 2.0']\n"


@pytest.mark.parametrize("rollout", ["local", "replay", "engine"])
@pytest.mark.parametrize("overlap", [False, True])
def test_every_branch_of_the_demo_pair_can_run(rollout: str, *, overlap: bool) -> None:
    program = (
        "from trainer import Cluster, ClusterConfig\n"
        f"cluster = Cluster(ClusterConfig(rollout={rollout!r}, overlap={overlap}))\n"
        "cluster.sync(); print(len(cluster.generate(['x']))); cluster.close()\n"
    )
    command = [sys.executable, "-B", "-c", program]
    done = subprocess.run(
        command, cwd=demo_directory(), capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "1\n"


def test_the_trace_file_names_what_is_there() -> None:
    trace = tomllib.loads((demo_directory() / "chaintrace.toml").read_text(encoding="utf-8"))
    assert [source["name"] for source in trace["sources"]] == ["trainer", "engine"]
    assert all(
        (demo_directory() / source["directory"] / "__init__.py").is_file() for source in trace["sources"]
    )


def test_the_wheel_carries_the_demo_pair_and_no_leftovers(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("chaintrace-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "chaintrace/examples/pair/chaintrace.toml" in names
    assert "chaintrace/examples/pair/engine/runner.py" in names
    assert "chaintrace/py.typed" in names
    assert not [name for name in names if "__pycache__" in name]
