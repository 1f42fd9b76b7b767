"""What a pattern means."""

import pytest

from chaintrace.query.near import NoMatchError
from chaintrace.query.select import select
from tests.unit.graphs import two_rollouts

GRAPH = two_rollouts()


def names(pattern: str) -> list[str]:
    return [match.name for match in select(GRAPH, pattern)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("weights", ["engine.runner.Runner.weights", "engine.runner.SlowRunner.weights"]),
        ("Runner.weights", ["engine.runner.Runner.weights"]),
        ("runner.Runner.weights", ["engine.runner.Runner.weights"]),
        ("unner.weights", None),
        ("Cluster", ["app.cluster.Cluster"]),
        (
            "*.update",
            ["app.rollout.Rollout.update", "app.sampler.Sampler.update", "app.sampler.SlowSampler.update"],
        ),
        ("S*Sampler.update", ["app.sampler.SlowSampler.update"]),
        ("debug.<locals>.show", ["app.cluster.Cluster.debug.<locals>.show"]),
        ("Cluster.debug.show", ["app.cluster.Cluster.debug.<locals>.show"]),
        ("app.cluster", ["app.cluster.<module>"]),
        ("print", ["print"]),
    ],
)
def test_names_and_globs(pattern: str, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(NoMatchError):
            names(pattern)
    else:
        assert names(pattern) == expected


def test_an_alias_names_the_members_of_the_class_behind_it() -> None:
    assert names("Trainer.sync") == ["app.cluster.Cluster.sync"]
    assert names("app.Cluster.sync") == ["app.cluster.Cluster.sync"]
    assert names("Trainer") == ["app.cluster.Cluster"]


def test_an_inherited_method_may_be_named_by_the_class_that_inherits_it() -> None:
    (match,) = select(GRAPH, "SlowRollout.update")
    assert (match.name, match.receiver) == ("app.rollout.Rollout.update", "app.rollout.SlowRollout")
    (direct,) = select(GRAPH, "app.rollout.Rollout.update")
    assert direct.receiver == ""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("app/cluster.py:12", ["app.cluster.Cluster.sync"]),
        ("cluster.py:25", ["app.cluster.Cluster.debug.<locals>.show"]),
        ("./app/cluster.py:56", ["app.cluster.<module>"]),
        ("/home/me/work/app/cluster.py:12", ["app.cluster.Cluster.sync"]),
    ],
)
def test_a_place_means_the_innermost_code_around_it(place: str, expected: list[str]) -> None:
    assert names(place) == expected


def test_no_match_offers_what_comes_closest() -> None:
    with pytest.raises(NoMatchError, match="did you mean") as caught:
        select(GRAPH, "Runner.wieghts")
    assert caught.value.near[0] == "engine.runner.Runner.weights"
    with pytest.raises(NoMatchError) as caught:
        select(GRAPH, "clutser.py:3")
    assert caught.value.near[0] == "app/cluster.py"


def test_a_path_from_elsewhere_is_not_taken_for_a_file_of_the_same_name() -> None:
    with pytest.raises(NoMatchError):
        select(GRAPH, "/home/me/other/cluster.py:12")
