"""The write-up of the demo pair is the one in examples/, and what is in code cannot break out of it."""

from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace.cli.app import run
from chaintrace.export.permalink import permalink
from chaintrace.export.report import to_markdown, to_page

EXAMPLE = Path(__file__).parents[2] / "examples" / "pair.md"
COMMIT = "c" * 40


def test_the_report_in_examples_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["chaintrace", "report", "--demo", "-o", "examples/pair.md"])
    assert run(["report", "--demo", "-o", str(tmp_path / "pair.md")]) == 0
    message = "stale: run `chaintrace report --demo -o examples/pair.md` at the top of the checkout"
    assert (tmp_path / "pair.md").read_text("utf-8") == EXAMPLE.read_text("utf-8"), message


def test_waypoints_that_are_not_on_the_chain_fail_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "def a():\n    b()\n\ndef b():\n    c()\n\ndef c(): pass\n\ndef d(): pass\n"
    (tmp_path / "m.py").write_text(code)
    (tmp_path / "chaintrace.toml").write_text(
        'entries = ["m.a"]\ntargets = ["m.c"]\nwaypoints = ["b", "d", "gone"]\n'
        '[[sources]]\nname = "one"\ndirectory = "."\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        assert run(["report"]) == 1
    said = capsys.readouterr()
    assert "expected on the way and not there: d\n" in said.err
    assert "expected on the way and not there: gone\n" in said.err
    assert "not there: b" not in said.err
    assert "### 1.2 call `c`" in said.out


def test_code_stays_code_in_both_forms() -> None:
    text = "def start():\n    end('``` </code></pre><script>alert(1)</script> | `x`')\n\ndef end(x): pass\n"
    report = ct.Project([ct.Memory({"m.py": text})], cache=False).report(["m.start"], ["m.end"])
    assert "<script" not in to_page(report)
    markdown = to_markdown(report)
    assert "````python\n" in markdown


def test_code_that_looks_like_the_report_does_not_disturb_it() -> None:
    text = "def start():\n    end('<!-- picture -->')\n\ndef end(x): pass\n"
    report = ct.Project([ct.Memory({"m.py": text})], cache=False).report(["m.start"], ["m.end"])
    assert to_markdown(report).count("<!-- picture -->") == 1
    assert to_page(report).count("<figure>") == 1


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://github.com/a/b", f"https://github.com/a/b/blob/{COMMIT}/x/y.py#L3-L5"),
        ("git@github.com:a/b.git", f"https://github.com/a/b/blob/{COMMIT}/x/y.py#L3-L5"),
        ("https://gitlab.com/g/h/b", f"https://gitlab.com/g/h/b/-/blob/{COMMIT}/x/y.py#L3-5"),
        ("https://bitbucket.org/a/b", f"https://bitbucket.org/a/b/src/{COMMIT}/x/y.py#lines-3:5"),
        ("https://codeberg.org/a/b", f"https://codeberg.org/a/b/src/commit/{COMMIT}/x/y.py#L3-L5"),
        ("pypi:a==1", ""),
        ("/home/me/a", ""),
    ],
)
def test_permalinks_have_the_form_of_their_forge(origin: str, expected: str) -> None:
    assert permalink(origin, COMMIT, "x/y.py", 3, 5) == expected
    assert permalink(origin, f"{COMMIT}+dirty", "x/y.py", 3, 5) == ""
