"""A work tree is at its commit only where the files that are read are those of it."""

import json
import os
from pathlib import Path

from chaintrace.sources.directory import Directory
from chaintrace.sources.part import Part
from chaintrace.sources.state import changed_code
from tests.unit.sources.repositories import git, repository


def test_a_directory_with_changed_files_is_not_at_its_commit(tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"pkg/a b.py": "", "gone.py": "", "docs/d.py": ""})
    head = git(top, "rev-parse", "HEAD")
    index = (top / ".git/index").read_bytes()
    (top / ".venv").mkdir()
    (top / ".venv/new.py").touch()
    (top / "docs/d.py").write_text("changed = 1\n")
    part = Part(exclude=("docs",))
    assert Directory(top, part=part).revision == head  # nothing that is read was changed
    assert Directory(top).revision == f"{head}+dirty"
    assert (top / ".git/index").read_bytes() == index
    (top / "pkg/a b.py").write_text("changed = 1\n")
    assert Directory(top, part=part).revision == f"{head}+dirty"
    git(top, "checkout", "-q", "--", "pkg")
    (top / "gone.py").unlink()
    assert Directory(top, part=part).revision == f"{head}+dirty"
    git(top, "checkout", "-q", "--", "gone.py")
    assert Directory(top, part=part).revision == head
    (top / "new.py").touch()
    assert Directory(top, part=part).revision == f"{head}+dirty"


def test_a_pipe_in_the_place_of_a_file_is_a_change_and_not_waited_for(tmp_path: Path) -> None:
    top = repository(tmp_path / "top", {"a.py": ""})
    git(top, "config", f"chaintrace.{git(top, 'rev-parse', 'HEAD')}.unclean", json.dumps({"a.py": "0"}))
    (top / "a.py").unlink()
    os.mkfifo(top / "a.py")
    assert list(changed_code(top)) == ["a.py"]
