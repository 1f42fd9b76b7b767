"""The same input gives the same bytes: for any hash seed, number of jobs, file order and cache state."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

import chaintrace
from chaintrace.answer import Answer
from chaintrace.demo import demo_directory
from chaintrace.export.formats import render
from chaintrace.store.store import FILE_NAME

CODE = """
import sys
import chaintrace
import chaintrace.extraction

chaintrace.extraction._PARALLEL_FROM = 2
chaintrace.extraction._CHUNK = 1
source = chaintrace.Directory(sys.argv[1], name="pair", origin="pair")
project = chaintrace.Project([source], cache=sys.argv[3] == "cache", jobs=int(sys.argv[2]))
ends = {"entries": ["Cluster.sync"], "targets": ["weights"]} if sys.argv[4] == "ends" else {}
answer = project.analyze(**ends)
paths = [path for chain in answer.paths(None, ["weights"], k=4) for path in chain.paths]
from chaintrace.export.formats import render
sys.stdout.buffer.write(render(answer.graph, paths, "json"))
"""


def written(answer: Answer) -> bytes:
    paths = [path for chain in answer.paths(None, ["weights"], k=4) for path in chain.paths]
    return render(answer.graph, paths, "json")


def run(tmp_path: Path, seed: str, jobs: int, *, cache: bool, ends: str = "no ends") -> bytes:
    environment = os.environ | {"PYTHONHASHSEED": seed, "CHAINTRACE_CACHE": str(tmp_path / "cache")}
    arguments = [str(demo_directory()), str(jobs), "cache" if cache else "no-cache", ends]
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        capture_output=True,
        env=environment,
        timeout=120,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    root = demo_directory()
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.py"))}


def test_hash_seed_jobs_and_cache_change_no_byte(tmp_path: Path) -> None:
    first = run(tmp_path, "0", 1, cache=False)
    assert first.count(b'"paths"') == 1
    assert run(tmp_path, "1", 8, cache=False) == first
    assert run(tmp_path, "2", 2, cache=True) == first  # cold: the cache is made
    assert run(tmp_path, "3", 2, cache=True) == first  # warm: the graph comes from it
    with closing(sqlite3.connect(tmp_path / "cache" / FILE_NAME)) as connection, connection:
        assert connection.execute("DELETE FROM entries WHERE version LIKE 'graph-%'").rowcount == 1
    assert run(tmp_path, "4", 2, cache=True) == first  # the facts come from it, and are solved again
    assert list((tmp_path / "cache").iterdir())


def test_nor_where_only_what_a_question_needs_is_read(tmp_path: Path) -> None:
    first = run(tmp_path, "0", 1, cache=False, ends="ends")
    assert b'"limited": 1' in first
    assert run(tmp_path, "5", 8, cache=True, ends="ends") == first
    assert run(tmp_path, "6", 1, cache=True, ends="ends") == first


def test_the_order_of_files_changes_no_byte(texts: dict[str, str]) -> None:
    shuffled = list(texts.items())
    Random(7).shuffle(shuffled)
    orders = [dict(texts), dict(reversed(texts.items())), dict(shuffled)]
    assert len({written(chaintrace.Project([chaintrace.Memory(files)]).analyze()) for files in orders}) == 1


def test_the_order_of_sources_changes_no_byte(texts: dict[str, str]) -> None:
    sources = [
        chaintrace.Memory({path: text for path, text in texts.items() if path.startswith(top)}, name=top)
        for top in ("engine", "trainer")
    ]
    assert sum(len(source.files()) for source in sources) > 15
    assert written(chaintrace.Project(sources).analyze()) == written(
        chaintrace.Project(sources[::-1]).analyze()
    )


def test_a_file_that_nobody_imports_changes_no_edge_of_the_others(texts: dict[str, str]) -> None:
    alone = chaintrace.Project([chaintrace.Memory(texts)]).analyze().graph.edges
    more = texts | {"apart.py": "class Apart:\n    def update(self, weights): self.weights = weights\n"}
    beside = chaintrace.Project([chaintrace.Memory(more)]).analyze().graph.edges
    assert tuple(edge for edge in beside if not edge.source.startswith("apart.")) == alone
