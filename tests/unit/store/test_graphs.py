"""A solved graph comes back from the store as it was, and only for the same question."""

from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace.graph.graph import UNREAD
from chaintrace.pointsto import roots

CODE = {
    "a.py": "import b\n\ndef f(x):\n    return b.g(x)\n",
    "b.py": "def g(x):\n    x.y = 1\n    return x\n",
}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAINTRACE_CACHE", str(tmp_path / "cache"))


def project(root: Path, code: dict[str, str]) -> ct.Project:
    root.mkdir(exist_ok=True)
    for name, text in code.items():
        (root / name).write_text(text)
    return ct.Project([ct.Directory(root)])


def no_solver(*_: object) -> None:
    pytest.fail("solved again")


def test_the_second_time_nothing_is_solved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = project(tmp_path / "p", CODE).analyze()
    monkeypatch.setattr(roots, "run", no_solver)
    second = project(tmp_path / "p", CODE).analyze()
    assert second.graph == first.graph
    assert second.graph.derivations == first.graph.derivations
    assert second.path("a.f", "b.g")[0].witness == first.path("a.f", "b.g")[0].witness
    assert list(second.path("a.f", "b.g")) == list(first.path("a.f", "b.g"))


@pytest.mark.parametrize("change", ["content", "entries", "file", "assume"])
def test_another_question_is_solved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    project(tmp_path / "p", CODE).analyze()
    code = dict(CODE)
    if change == "content":
        code["b.py"] += "\n"
    if change == "file":
        code["c.py"] = ""
    monkeypatch.setattr(roots, "run", no_solver)
    with pytest.raises(pytest.fail.Exception, match="solved again"):
        project(tmp_path / "p", code).analyze(
            entries=["f"] if change == "entries" else None,
            assume=["x is None"] if change == "assume" else (),
        )


def test_without_a_cache_every_run_solves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = project(tmp_path / "p", CODE)
    one.analyze()
    one.cache = False
    monkeypatch.setattr(roots, "run", no_solver)
    with pytest.raises(pytest.fail.Exception, match="solved again"):
        one.analyze()


def test_a_question_with_ends_reads_what_it_needs_and_outlives_changes_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = CODE | {"c.py": "import b\n\ndef unasked():\n    b.h(1)\n"}
    first = project(tmp_path / "p", code).analyze(entries=["a.f"], targets=["b.g"])
    assert first.graph.summary["modules"] == len(CODE)
    assert first.graph.summary[UNREAD] == 1
    assert first.path("a.f", "b.g")
    monkeypatch.setattr(roots, "run", no_solver)
    assert project(tmp_path / "p", code).analyze(entries=["a.f"], targets=["b.g"]).graph == first.graph
    again = project(tmp_path / "p", code | {"c.py": "x = 1\n"})
    assert again.analyze(entries=["a.f"], targets=["b.g"]).graph == first.graph
    assert again.analyze(entries=["a.f"], targets=["b"]).graph == first.graph
    with pytest.raises(pytest.fail.Exception, match="solved again"):
        project(tmp_path / "p", CODE | {"b.py": "def g(x): ...\n"}).analyze(entries=["a.f"], targets=["b.g"])
