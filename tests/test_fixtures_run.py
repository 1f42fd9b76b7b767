"""Run every fixture and hold its annotations to what really happens: an annotation cannot lie."""

from pathlib import Path

import pytest

from chaintrace.testing.expect import check_paths_run, check_run, filled_in_run
from chaintrace.testing.fixture import read_fixture
from chaintrace.testing.observe import observe_run

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize("name", [str(path.relative_to(FIXTURES)) for path in sorted(FIXTURES.rglob("*.py"))])
def test_annotations_are_what_a_run_shows(name: str) -> None:
    fixture = read_fixture(FIXTURES / name)
    observed, reached = observe_run(fixture)
    if problems := check_run(fixture, observed) + check_paths_run(fixture, reached):
        pytest.fail("\n".join([name, *problems, "", filled_in_run(fixture, observed)]), pytrace=False)
