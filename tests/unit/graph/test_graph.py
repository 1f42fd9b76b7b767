"""The graph's look-ups, paths, and cutting a graph down."""

import pytest

from chaintrace.errors import QueryError
from chaintrace.graph.edges import Resolution, SymbolKind
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path
from chaintrace.graph.restrict import restrict
from tests.unit import graphs
from tests.unit.graphs import two_rollouts

GRAPH = two_rollouts()


def test_look_ups_by_symbol_and_by_site() -> None:
    assert [edge.target for edge in GRAPH.callees_of(graphs.UPDATE)] == [graphs.SAMPLER, graphs.SLOW_SAMPLER]
    assert [edge.source for edge in GRAPH.callers_of(graphs.SAMPLER)] == [graphs.SYNC, graphs.UPDATE]
    assert GRAPH.callers_of(graphs.WEIGHTS) == ()
    assert [edge.source for edge in GRAPH.edges_to(graphs.WEIGHTS)] == [graphs.SAMPLER, graphs.STEP]
    assert {edge.target for edge in GRAPH.edges_at("app/rollout.py", 7)} == {
        graphs.SAMPLER,
        graphs.SLOW_SAMPLER,
    }
    with pytest.raises(QueryError, match="no symbol is called 'nothing'"):
        GRAPH.symbol("nothing")


def test_an_end_without_a_symbol_counts_as_external() -> None:
    bare = Graph(edges=GRAPH.edges)
    assert bare.symbol(graphs.SYNC).kind is SymbolKind.EXTERNAL


def test_activations_of_a_receiver() -> None:
    both = GRAPH.activations_of(graphs.UPDATE)
    assert len(both) == 2
    assert GRAPH.activations_of(graphs.UPDATE, graphs.SLOW) == (both[1],)


def test_a_path_ranks_by_its_weakest_edge_then_by_length() -> None:
    edges = GRAPH.callees_of(graphs.START) + GRAPH.callees_of(graphs.RUN) + GRAPH.edges_from(graphs.STEP)
    path = Path(edges)
    assert path.rank == (Resolution.DECLARED, 3)
    assert path.symbols == (graphs.START, graphs.RUN, graphs.STEP, graphs.WEIGHTS)
    assert str(path) == f"{graphs.START} -> (spawn) {graphs.RUN} -> {graphs.STEP} -> (read) {graphs.WEIGHTS}"
    assert path[0] == edges[0]


def test_a_restricted_graph_keeps_what_belongs_to_its_edges() -> None:
    wanted = [
        index for index, edge in enumerate(GRAPH.edges) if edge.source in {graphs.UPDATE, graphs.SAMPLER}
    ]
    part = restrict(GRAPH, wanted)
    assert [symbol.name for symbol in part.symbols] == sorted(
        [graphs.UPDATE, graphs.SAMPLER, graphs.SLOW_SAMPLER, graphs.WEIGHTS]
    )
    assert [item.text for item in part.unresolved] == ["self.hook()"]
    for source, target, index in part.hops:
        edge = part.edges[index]
        assert (part.activations[source], part.activations[target]) == (edge.source, edge.target)
