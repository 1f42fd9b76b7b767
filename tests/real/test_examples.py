"""The write-up of the second profile, of real releases, is the one in examples/."""

from pathlib import Path

import pytest

from chaintrace.cli.app import run
from chaintrace.errors import SourceError
from chaintrace.sources.config import read_profile
from chaintrace.sources.package import PyPI

PROFILE = "flask-werkzeug"
EXAMPLE = Path(__file__).parents[2] / "examples" / f"{PROFILE}.md"
COMMAND = ["report", "--profile", PROFILE, "-o", f"examples/{PROFILE}.md"]
STALE = f"stale: run `chaintrace {' '.join(COMMAND)}` at the top of the checkout"


def test_the_example_asks_what_the_profile_asks() -> None:
    """This much is checked without the releases."""
    text, profile = EXAMPLE.read_text("utf-8"), read_profile(PROFILE)
    for source in profile.sources:
        name, _, version = source.pypi.partition("==")
        assert f"| `{source.name}` | `pypi:{name}=={version}` | `{version}` |" in text, STALE
    asked = [f"`{word}`" for word in (*profile.entries, *profile.targets, *profile.waypoints)]
    asked += [f"\n## {link.role}\n" for link in profile.links]
    assert [word for word in asked if word not in text] == [], STALE


def test_the_example_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        for source in read_profile(PROFILE).sources:
            PyPI(source.pypi).files()
    except SourceError as error:
        pytest.skip(f"the releases cannot be had: {error}")
    monkeypatch.setattr("sys.argv", ["chaintrace", *COMMAND])
    monkeypatch.chdir(tmp_path)
    assert run([*COMMAND[:-1], "made.md"]) == 0
    assert (tmp_path / "made.md").read_text("utf-8") == EXAMPLE.read_text("utf-8"), STALE
