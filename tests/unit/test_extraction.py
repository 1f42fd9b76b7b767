"""What is kept of a run for the next one."""

from pathlib import Path

import pytest

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
