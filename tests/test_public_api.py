"""The public names: a change of this list is a change users see."""

import subprocess
import sys

import chaintrace

NAMES = [
    "Answer",
    "Chain",
    "ChaintraceError",
    "Directory",
    "Git",
    "Memory",
    "Project",
    "PyPI",
    "clone",
    "open",
    "open_project",
]


def test_the_public_names_are_these_and_each_can_be_had() -> None:
    assert chaintrace.__all__ == NAMES
    assert [name for name in NAMES if not callable(getattr(chaintrace, name))] == []


def test_a_star_import_gives_them_and_dir_lists_them() -> None:
    code = (
        "import chaintrace; listed = dir(chaintrace); from chaintrace import *; "
        "print([n for n in chaintrace.__all__ if n not in globals() or n not in listed])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
