"""The files that a question needs are those that name its ends, with all that they import."""

import ast
import sysconfig
from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace.sources.closure import Imports, needed_files

FILES = {
    "app/__init__.py": "",
    "app/start.py": "from . import (  # (both)\n    engine as e,\n    late,\n)\n\ndef begin(): e.run()\n",
    "app/engine.py": "def run():\n    import app.inner, \\\n        app.other as o\n    return o\n",
    "app/inner.py": "",
    "app/other.py": "x = 1; from app.deep.leaf import leaf\n",
    "app/late.py": "if True: import app.last\n",
    "app/last.py": "",
    "app/deep/__init__.py": "",
    "app/deep/leaf.py": "class Leaf:\n    def fall(self): self.depth = 1\n",
    "app/apart.py": "import app.unread\n",
    "app/unread.py": "",
    "tests/conftest.py": "import app.fixtures\n",
    "app/fixtures.py": "",
    "tests/test_start.py": "from app.start import begin\n\ndef test_begin(): begin()\n",
}


def needed(files: dict[str, str], *patterns: str) -> set[str]:
    listed = ct.Memory(files).files()
    found = needed_files(listed, patterns)
    assert found == [file for file in listed if file in found], "the order is that of the listing"
    return {file.path for file in found}


def test_imports_are_followed_wherever_they_stand() -> None:
    left_out = {"app/apart.py", "app/unread.py"}
    assert needed(FILES, "start.begin") == set(FILES) - left_out


def test_nothing_but_what_is_named_and_imported_is_read() -> None:
    assert needed(FILES, "Leaf.fall") == {"app/__init__.py", "app/deep/__init__.py", "app/deep/leaf.py"}
    assert needed(FILES, "app/inner.py:1") == {"app/__init__.py", "app/inner.py"}
    assert needed(FILES, "app.last") == {"app/__init__.py", "app/last.py", "app/late.py"}, "late names it"
    assert needed(FILES, "*.dep?h") == {"app/__init__.py", "app/deep/__init__.py", "app/deep/leaf.py"}


@pytest.mark.parametrize("pattern", ["nowhere", "Leaf.nowhere.at_all", "other.py:3"])
def test_everything_is_read_for_what_no_file_names(pattern: str) -> None:
    files = FILES if pattern != "other.py:3" else {"a.py": "", "b.py": ""}
    assert needed(files, pattern) == set(files)


def test_a_member_may_be_inherited_from_a_file_that_does_not_know_the_heir() -> None:
    files = {
        "base.py": "class Base:\n    def act(self): ...\n",
        "heir.py": "import base\nclass Heir(base.Base): ...\n",
    }
    files["other.py"] = "Heir = 1\n"
    assert needed(files, "Heir.act") == set(files)
    assert needed(files, "base.Base.act") == {"base.py"}


def test_names_in_texts_count_and_for_computed_ones_whole_packages() -> None:
    files = {
        "a.py": "import importlib\nimportlib.import_module('plug.' + name)\ntable = ['other.one:Class']\n",
        "plug/__init__.py": "",
        "plug/first.py": "",
        "plug/second.py": "import third\n",
        "third.py": "",
        "other/one.py": "",
        "other/two.py": "",
    }
    assert needed(files, "table") == set(files) - {"other/two.py"}


def test_imports_are_found_as_python_reads_the_bytes() -> None:
    files = {
        "marked.py": "\ufeffimport engine\ndef begin(): ...\n",
        "engine.py": "from app.größe import lauf\n",
        "app/größe.py": "# lines end as on an old machine\rimport last\rdef lauf(): ...\r",
        "last.py": "from app . \\\r\n  weite import x\r\n",
        "app/weite.py": "class Maß: ...\n",
        "unread.py": "",
    }
    assert needed(files, "marked.begin") == set(files) - {"unread.py"}
    assert needed(files, "Ma?") == needed(files, "M*") == needed(files, "Ma[ßs]") == {"app/weite.py"}
    assert needed(files, "Maß.wo") == {"app/weite.py"}


def test_no_import_statement_of_the_standard_library_is_overlooked() -> None:
    """The expressions that find imports in bytes agree with Python's own parser."""
    root = Path(sysconfig.get_path("stdlib"))
    packages = ("asyncio", "email", "json", "logging", "unittest", "importlib", "concurrent", "http")
    names = [*(p for name in packages for p in (root / name).rglob("*.py")), *sorted(root.glob("*.py"))[:60]]
    texts = {p.relative_to(root).as_posix(): p.read_text("utf-8") for p in names}
    listed = {file: file.read() for file in ct.Memory(texts).files()}
    modules = {file.module for file in listed}
    assert len(listed) > 100
    imports = Imports(listed)
    for file, data in listed.items():
        found = {name.rsplit(".", cut)[0] for name in imports.of(file) for cut in range(name.count(".") + 1)}
        assert _imported(data, file.path.rpartition("/")[0].replace("/", ".")) & modules <= found, file.path


def _imported(data: bytes, package: str) -> set[str]:
    """Return the absolute names that import statements name, as Python's own parser has them."""
    wanted: set[str] = set()
    for node in ast.walk(ast.parse(data)):
        if isinstance(node, ast.Import):
            wanted |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            wanted |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return wanted
