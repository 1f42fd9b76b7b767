"""Analysed code is never run: not by any command, not in its folder, not by the names of its modules."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MANY = 45  # files: enough for processes of their own to read them
NAMES = (
    "__main__", "abc", "ast", "cloudpickle", "codecs", "conftest", "decimal", "encodings", "json", "libcst",
    "loky", "msgspec", "multiprocessing", "networkx", "pickle", "pip", "pydot", "pygraphviz", "pygments",
    "rich", "setup", "sitecustomize", "socket", "sqlite3", "struct", "tomllib", "typer", "typing",
    "usercustomize", "uuid",
)  # fmt: skip
COMMANDS = (
    ["graph", ".", "-o", "chain.svg"],
    ["graph", ".", "--to", "finish", "--json"],
    ["report", ".", "--from", "start", "--to", "finish", "-o", "chain.html"],
    ["show", "start", "."],
    ["outline", "typer.py", "."],
    ["callers", ".", "--of", "finish"],
    ["why", "start", "finish", "."],
    ["index", "."],
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold a program each of whose files says so when it is run."""
    folder = tmp_path_factory.mktemp("folder")
    tell = f"open({str(folder)!r} + '/RAN-' + __name__, 'w').close()\n"
    code = f"{tell}def start():\n    finish()\n\n\ndef finish(): ...\n\n\nstart()\n"
    for name in (*NAMES, *(f"m{number}" for number in range(MANY))):
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'setup'\nbackend-path = ['.']\n", encoding="utf-8"
    )
    (folder / "run.pth").write_text("import setup\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_no_command_runs_what_it_reads(words: list[str], folder: Path, tmp_path: Path) -> None:
    script = (
        tmp_path / "chaintrace"
    )  # as pip writes it: its own folder is looked into, the current one is not
    script.write_text("from chaintrace.cli.app import main\nmain()\n", encoding="utf-8")
    environment = os.environ | {"CHAINTRACE_CACHE": str(tmp_path / "cache")}
    environment.pop("PYTHONSAFEPATH", None)
    done = subprocess.run(
        [sys.executable, str(script), *words, "-q"]
        if words[0] != "index"
        else [sys.executable, str(script), *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in folder.glob("RAN-*")) == []
