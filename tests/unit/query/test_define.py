"""Class bodies: chains go through them, and end in a class only where instances of it are made."""

import chaintrace
from chaintrace.graph.edges import EdgeKind
from chaintrace.graph.graph import Graph
from chaintrace.query.around import find_callees, find_callers, find_slice
from chaintrace.query.paths import find_paths
from chaintrace.query.question import Routes

PROGRAM = """
def size(): ...

class Table:
    rows = size()

class Unused:
    pass

def make():
    return Table()

make()
"""
GRAPH = chaintrace.Project([chaintrace.Memory({"main.py": PROGRAM})], cache=False).analyze().graph


def ends(edges: tuple[int, ...], graph: Graph = GRAPH) -> list[tuple[str, str]]:
    return [(graph.edges[index].source, graph.edges[index].target) for index in edges]


def test_a_chain_goes_through_the_body_of_a_class() -> None:
    (found,) = find_paths(GRAPH, [], ["size"])
    assert [(edge.kind, edge.target) for edge in found.paths[0]] == [
        (EdgeKind.DEFINE, "main.Table"),
        (EdgeKind.CALL, "main.size"),
    ]
    (called,) = find_paths(GRAPH, [], ["size"], Routes(kinds=["call"]))
    assert called.paths[0].symbols == ("main.Table", "main.size")


def test_a_chain_to_a_class_ends_where_an_instance_is_made() -> None:
    (found,) = find_paths(GRAPH, [], ["Table"])
    assert found.paths[0].symbols == ("main.<module>", "main.make", "main.Table")
    assert ends(find_callers(GRAPH, ["Table"])) == [("main.make", "main.Table")]
    assert ("main.<module>", "main.Table") not in ends(find_slice(GRAPH, [], ["Table"]))
    assert find_paths(GRAPH, [], ["Unused"])[0].paths == ()


def test_a_define_is_shown_to_who_asks_for_it() -> None:
    (found,) = find_paths(GRAPH, [], ["Unused"], Routes(kinds=["define"]))
    assert [edge.kind for edge in found.paths[0]] == [EdgeKind.DEFINE]
    assert ("main.<module>", "main.Unused") in ends(find_callees(GRAPH, ["main.<module>"]))
