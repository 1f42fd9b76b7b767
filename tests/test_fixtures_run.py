"""Run every fixture and hold its annotations to what really happens: an annotation cannot lie."""

from pathlib import Path

import pytest

from chaintrace.testing.expect import check_run, filled_in_run
from chaintrace.testing.fixture import read_fixture
from chaintrace.testing.observe import observe

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize("name", [str(path.relative_to(FIXTURES)) for path in sorted(FIXTURES.rglob("*.py"))])
def test_annotations_are_what_a_run_shows(name: str) -> None:
    fixture = read_fixture(FIXTURES / name)
    observed = observe(fixture)
    if problems := check_run(fixture, observed):
        pytest.fail("\n".join([name, *problems, "", filled_in_run(fixture, observed)]), pytrace=False)
