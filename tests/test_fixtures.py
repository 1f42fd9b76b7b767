"""Analyse every fixture and compare the edges with its annotations, exactly."""

from pathlib import Path

import pytest

import chaintrace
from chaintrace.testing.expect import check, check_paths, filled_in
from chaintrace.testing.fixture import read_fixture

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize("name", [str(path.relative_to(FIXTURES)) for path in sorted(FIXTURES.rglob("*.py"))])
def test_edges_are_as_annotated(name: str) -> None:
    fixture = read_fixture(FIXTURES / name)
    graph = chaintrace.Project([chaintrace.Memory(dict(fixture.files))]).analyze()
    problems = check(fixture, graph.edges)
    problems += check_paths(fixture, lambda start, target: bool(graph.path(start, target)))
    if problems:
        pytest.fail("\n".join([name, *problems, "", filled_in(fixture, graph.edges)]), pytrace=False)
