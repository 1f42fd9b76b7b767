"""Rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = sorted((ROOT / "src").rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

# The projects the built-in profile names are data: nothing of them may be known to the code.
PROFILE_WORDS = re.compile(r"tunix|sgl|rl_?cluster|model_state_leaves|model_?runner", re.IGNORECASE)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_only_profiles_know_the_projects_they_name() -> None:
    files = [path for path in (ROOT / "src").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    known = [path for path in files if "profiles" not in path.parts or path.suffix != ".toml"]
    assert [relative(path) for path in known if PROFILE_WORDS.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_files_and_functions_are_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    functions = [
        tree for tree in ast.walk(ast.parse(text)) if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 60] == []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
