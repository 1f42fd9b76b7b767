from pathlib import Path

from chaintrace.testing.limits import limits_page

ROOT = Path(__file__).parents[3]


def test_the_page_in_docs_is_what_the_fixtures_say() -> None:
    page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    assert page == limits_page(ROOT / "tests" / "fixtures"), "run `make docs`"


def test_a_fixture_without_limits_has_no_section(tmp_path: Path) -> None:
    (tmp_path / "exact.py").write_text('"""Exact."""\ndef f(): ...\nf()  #! calls: f\n', encoding="utf-8")
    (tmp_path / "gap.py").write_text('"""A gap."""\ndef f(): ...\nf()  #! missing: f\n', encoding="utf-8")
    assert limits_page(tmp_path).endswith("\n## A gap.\n\n`gap.py`\n\n- `f()` misses `f`\n")
    assert "Exact" not in limits_page(tmp_path)
