"""What a user holds: an answer to ask, a chain to index, hops to look at."""

from pathlib import Path

import pytest

from chaintrace.answer import Answer, Chain, Hop
from chaintrace.errors import ExportError, QueryError
from chaintrace.graph.edges import EdgeKind, Resolution
from tests.unit import graphs
from tests.unit.graphs import two_rollouts

ANSWER = Answer(two_rollouts())


def test_a_chain_is_a_sequence_of_hops() -> None:
    chain = ANSWER.path("Cluster.sync", "Runner.weights")
    assert chain
    assert len(chain) == 3
    assert [hop.target.name for hop in chain] == [graphs.UPDATE, graphs.SAMPLER, graphs.WEIGHTS]
    last = chain[-1]
    assert isinstance(last, Hop)
    assert (last.kind, last.resolution) == (EdgeKind.WRITE, Resolution.POINTS_TO)
    assert str(last.site) == "app/sampler.py:11"
    assert last.text == "self.runner.weights = params"
    assert chain[0].guard == 'kind == "fast"'
    assert str(chain).startswith("engine.runner.Runner.weights (attribute")


def test_other_candidates_come_along_and_an_unreached_target_is_false() -> None:
    chain = ANSWER.path("Cluster.sync", "weights")
    (other,) = chain.others
    assert other.target.name == graphs.SLOW_WEIGHTS
    assert not other
    assert str(other).endswith("no chain")
    with pytest.raises(IndexError):
        other[0]


def test_chains_start_at_the_entries_that_exist() -> None:
    answer = Answer(two_rollouts(), ("Cluster.debug", "Cluster.gone"))
    assert answer.missing_entries == ("Cluster.gone",)
    assert answer.path(None, "SlowRunner.weights").source == graphs.DEBUG
    assert ANSWER.path(None, "Runner.weights")[0].source.name == graphs.MAIN


def test_questions_around_a_symbol() -> None:
    assert [hop.source.name for hop in ANSWER.callers("Rollout.update")] == [graphs.DEBUG, graphs.SYNC]
    assert [hop.source.name for hop in ANSWER.writers("Runner.weights")] == [graphs.SAMPLER]
    assert [hop.source.name for hop in ANSWER.readers("Runner.weights")] == [graphs.STEP]
    assert str(ANSWER.callees("engine.loop.start")).endswith("engine/loop.py:3  [static]")
    assert len(ANSWER.slice("Cluster.sync", "weights").edges) == 4


def test_a_graph_is_restricted_to_edges_of_some_kinds() -> None:
    assert {edge.kind for edge in ANSWER.only("write").edges} == {EdgeKind.WRITE}
    assert {symbol.name for symbol in ANSWER.only("spawn").symbols} == {graphs.START, graphs.RUN}
    led_to = ANSWER.only(["call", "write"], "Cluster.sync")
    assert {edge.target for edge in led_to.edges} == {graphs.UPDATE, graphs.SAMPLER, graphs.WEIGHTS}
    near = ANSWER.only(["call", "write"], "Cluster.sync", depth=1)
    assert {edge.source for edge in near.edges} == {graphs.SYNC}
    with pytest.raises(QueryError, match="the kinds are"):
        ANSWER.only("calls")


def test_a_misput_question_says_so() -> None:
    with pytest.raises(QueryError, match="at least 1"):
        ANSWER.paths(None, "weights", k=0)
    with pytest.raises(QueryError, match="depth is 0"):
        ANSWER.paths(None, "weights", depth=0)


def test_a_notebook_is_given_the_picture_and_the_hops() -> None:
    bundle = ANSWER.path("Cluster.sync", "Runner.weights")._repr_mimebundle_()
    assert "<svg" in bundle["image/svg+xml"]
    assert "<table" in bundle["text/html"]
    assert set(ANSWER._repr_mimebundle_(include={"text/plain"})) == {"text/plain"}


def test_saving_takes_the_format_from_the_extension(tmp_path: Path) -> None:
    chain: Chain = ANSWER.path("Cluster.sync", "Runner.weights")
    assert chain.save(tmp_path / "chain.dot").read_text() == chain.to_dot()
    with pytest.raises(ExportError, match="the extension is no format"):
        chain.save(tmp_path / "chain.doc")
    with pytest.raises(ExportError, match="cannot be written"):
        chain.save(tmp_path / "missing" / "chain.dot")
    assert [file.name for file in tmp_path.iterdir()] == ["chain.dot"]
