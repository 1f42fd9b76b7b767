"""Callers, callees, accesses and slices."""

from chaintrace.graph.edges import EdgeKind
from chaintrace.graph.graph import Graph
from chaintrace.query.around import find_accesses, find_callees, find_callers, find_slice
from chaintrace.query.question import Routes
from tests.unit import graphs
from tests.unit.graphs import two_rollouts

GRAPH = two_rollouts()


def ends(edges: tuple[int, ...], graph: Graph = GRAPH) -> list[tuple[str, str]]:
    return [(graph.edges[index].source, graph.edges[index].target) for index in edges]


def test_callers_and_callees_come_nearest_first() -> None:
    assert ends(find_callers(GRAPH, ["SlowSampler.update"], depth=2)) == [
        (graphs.UPDATE, graphs.SLOW_SAMPLER),
        (graphs.DEBUG, graphs.UPDATE),
    ]
    assert ends(find_callees(GRAPH, ["engine.loop.start"], depth=2)) == [
        (graphs.START, graphs.RUN),
        (graphs.RUN, graphs.STEP),
    ]


def test_callees_at_a_distance_follow_the_receiver() -> None:
    reached = {target for _, target in ends(find_callees(GRAPH, ["Cluster.debug"], depth=5))}
    assert graphs.SLOW_SAMPLER in reached
    assert graphs.SAMPLER not in reached


def test_readers_and_writers_of_an_attribute() -> None:
    assert ends(find_accesses(GRAPH, ["Runner.weights"], EdgeKind.READ)) == [(graphs.STEP, graphs.WEIGHTS)]
    assert ends(find_accesses(GRAPH, ["Runner.weights"], EdgeKind.WRITE)) == [
        (graphs.SAMPLER, graphs.WEIGHTS)
    ]


def test_a_slice_holds_every_way_and_nothing_beside() -> None:
    assert ends(find_slice(GRAPH, ["Cluster.sync"], ["weights"])) == [
        (graphs.SYNC, graphs.UPDATE),
        (graphs.SYNC, graphs.SAMPLER),
        (graphs.UPDATE, graphs.SAMPLER),
        (graphs.SAMPLER, graphs.WEIGHTS),
    ]
    assert ends(find_slice(GRAPH, ["Cluster.sync"], ["weights"], Routes(depth=2))) == [
        (graphs.SYNC, graphs.SAMPLER),
        (graphs.SAMPLER, graphs.WEIGHTS),
    ]
