"""Paths over activations: ranked, bounded, and never leaking from one receiver into another."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaintrace.errors import QueryError
from chaintrace.graph.edges import Edge, EdgeKind, Resolution, Symbol, SymbolKind
from chaintrace.graph.graph import Graph
from chaintrace.ir.location import Span
from chaintrace.query.paths import Found, find_paths
from chaintrace.query.question import Routes
from tests.unit import graphs
from tests.unit.graphs import two_rollouts

GRAPH = two_rollouts()


def chains(found: tuple[Found, ...]) -> dict[str, list[tuple[str, ...]]]:
    return {item.target.name: [path.symbols for path in item.paths] for item in found}


def test_a_path_stays_with_the_receiver_it_came_through() -> None:
    found = chains(find_paths(GRAPH, ["Cluster.sync"], ["weights"], count=5))
    through = (graphs.SYNC, graphs.UPDATE, graphs.SAMPLER, graphs.WEIGHTS)
    assert found == {
        graphs.WEIGHTS: [through, (graphs.SYNC, graphs.SAMPLER, graphs.WEIGHTS)],
        graphs.SLOW_WEIGHTS: [],
    }
    leaking = Graph(symbols=GRAPH.symbols, edges=GRAPH.edges)
    assert chains(find_paths(leaking, ["Cluster.sync"], ["weights"]))[graphs.SLOW_WEIGHTS]


def test_a_start_named_by_its_receiver_is_that_receivers_activation() -> None:
    (slow, fast) = find_paths(GRAPH, ["SlowRollout.update"], ["weights"])
    assert (slow.target.name, fast.target.name) == (graphs.SLOW_WEIGHTS, graphs.WEIGHTS)
    assert slow.source == "app.rollout.SlowRollout.update"
    assert slow.paths
    assert not fast.paths


def test_a_search_that_gives_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    (whole,) = find_paths(GRAPH, [graphs.SYNC], [graphs.WEIGHTS])
    assert not whole.ended_early
    monkeypatch.setattr("chaintrace.query.best.BUDGET", 1)
    (cut,) = find_paths(GRAPH, [graphs.SYNC], [graphs.WEIGHTS])
    assert (cut.ended_early, cut.paths) == (True, ())
    monkeypatch.undo()
    monkeypatch.setattr("chaintrace.query.best.MOST_VISITS", -4)
    (bounded,) = find_paths(GRAPH, [graphs.SYNC], [graphs.WEIGHTS])
    assert (bounded.ended_early, bounded.paths) == (True, ())


def test_a_certain_path_beats_a_shorter_guess() -> None:
    (found,) = find_paths(GRAPH, [graphs.SYNC], [graphs.WEIGHTS], count=2)
    assert [path.rank for path in found.paths] == [(Resolution.POINTS_TO, 3), (Resolution.ASSUMED, 2)]
    (short,) = find_paths(GRAPH, [graphs.SYNC], [graphs.WEIGHTS], Routes(depth=2))
    assert [path.rank for path in short.paths] == [(Resolution.ASSUMED, 2)]


def test_without_a_start_paths_begin_where_nobody_calls_and_writers_come_before_readers() -> None:
    (found,) = find_paths(GRAPH, [], [graphs.WEIGHTS])
    written, read = found.paths
    assert written.symbols[0] == read.symbols[0] == graphs.MAIN
    assert (written[-1].kind, read[-1].kind) == (EdgeKind.WRITE, EdgeKind.READ)
    assert [edge.kind for edge in read] == [EdgeKind.CALL, EdgeKind.SPAWN, EdgeKind.CALL, EdgeKind.READ]


def test_the_target_with_the_best_path_comes_first() -> None:
    found = find_paths(GRAPH, [graphs.MAIN], ["Runner.step", "Sampler.update"])
    assert [item.target.name for item in found] == [graphs.SAMPLER, graphs.STEP]
    assert [item.paths[0].rank for item in found] == [(Resolution.POINTS_TO, 3), (Resolution.DECLARED, 3)]


def test_via_and_avoid() -> None:
    (through,) = find_paths(GRAPH, [], [graphs.WEIGHTS], Routes(via=["engine.loop.run"]))
    assert [path.source for path in through.paths] == [graphs.MAIN]
    assert through.paths[0][-1].kind is EdgeKind.READ
    (around,) = find_paths(GRAPH, [graphs.SYNC], [graphs.WEIGHTS], Routes(avoid=["Rollout.update"]))
    assert [path.symbols for path in around.paths] == [(graphs.SYNC, graphs.SAMPLER, graphs.WEIGHTS)]
    (wrong_order,) = find_paths(
        GRAPH, [graphs.SYNC], [graphs.WEIGHTS], Routes(via=["Sampler.update", "Rollout.update"])
    )
    assert not wrong_order.paths


def test_kinds_narrow_how_a_path_moves_and_how_it_ends() -> None:
    (written,) = find_paths(GRAPH, [], [graphs.WEIGHTS], Routes(kinds=["write"]))
    assert [path[-1].kind for path in written.paths] == [EdgeKind.WRITE]
    (called,) = find_paths(GRAPH, [graphs.MAIN], [graphs.STEP], Routes(kinds=["call"]))
    assert not called.paths
    with pytest.raises(QueryError, match="the kinds are call, spawn"):
        find_paths(GRAPH, [], [graphs.WEIGHTS], Routes(kinds=["calls"]))


def test_a_class_is_reached_by_its_constructor() -> None:
    (found,) = find_paths(GRAPH, [graphs.MAIN], ["Cluster"])
    assert [path.symbols for path in found.paths] == [(graphs.MAIN, graphs.INIT)]


@st.composite
def small_graphs(draw: st.DrawFn) -> Graph:
    """Draw up to 12 edges between the functions m.f0 (the start) .. m.f5 (the goal)."""
    ends = st.integers(0, 5)
    drawn = draw(st.lists(st.tuples(ends, ends, st.sampled_from(list(Resolution))), max_size=12))
    edges = {
        Edge(f"m.f{a}", f"m.f{b}", EdgeKind.CALL, Span("m.py", line, 0, line, 1), resolution)
        for line, (a, b, resolution) in enumerate(drawn, start=1)
    }
    symbols = tuple(Symbol(f"m.f{n}", SymbolKind.FUNCTION, "m.py", n + 1, n + 1) for n in range(6))
    return Graph(symbols=symbols, edges=tuple(sorted(edges)))


def every_simple_path(
    graph: Graph, taken: tuple[Edge, ...], passed: tuple[str, ...]
) -> list[tuple[Edge, ...]]:
    """Enumerate all paths from the last symbol passed to m.f5 by brute force."""
    if passed[-1] == "m.f5":
        return [taken]
    steps = [edge for edge in graph.edges_from(passed[-1]) if edge.target not in passed]
    return [
        path for edge in steps for path in every_simple_path(graph, (*taken, edge), (*passed, edge.target))
    ]


@settings(max_examples=150, deadline=None)
@given(small_graphs(), st.integers(1, 6))
def test_the_k_best_paths_are_those_of_an_exhaustive_search(graph: Graph, count: int) -> None:
    best: dict[tuple[str, ...], tuple[int, int, int]] = {}
    for edges in every_simple_path(graph, (), ("m.f0",)):
        symbols = tuple(edge.target for edge in edges)
        supposed = sum(edge.resolution >= Resolution.DECLARED for edge in edges)
        rank = (max(edge.resolution for edge in edges), supposed, len(edges))
        best[symbols] = min(rank, best.get(symbols, rank))
    (found,) = find_paths(graph, ["m.f0"], ["m.f5"], count=count)
    assert [path.order for path in found.paths] == [(False, *rank) for rank in sorted(best.values())[:count]]
    for path in found.paths:
        assert all(before.target == after.source for before, after in pairwise(path))


def test_a_large_graph_is_searched_quickly() -> None:
    chooser = random.Random(7)
    size = 20_000
    symbols = tuple(Symbol(f"m.f{n}", SymbolKind.FUNCTION, "m.py", n + 1, n + 1) for n in range(size))
    edges = {
        Edge(
            f"m.f{n}",
            f"m.f{min(size - 1, n + chooser.randint(1, 50))}",
            EdgeKind.CALL,
            Span("m.py", n + 1, c, n + 1, c + 1),
            chooser.choice(list(Resolution)),
        )
        for n in range(size - 1)
        for c in range(4)
    }
    graph = Graph(symbols=symbols, edges=tuple(sorted(edges)))
    (found,) = find_paths(graph, ["m.f0"], [f"m.f{size - 1}"], count=3)
    assert len(found.paths) == 3
