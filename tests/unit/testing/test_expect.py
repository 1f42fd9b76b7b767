from chaintrace.graph.edges import Edge, EdgeKind, Resolution
from chaintrace.ir.location import Span
from chaintrace.testing.expect import check, check_run, filled_in, filled_in_run
from chaintrace.testing.fixture import Place, parse_fixture

TEXT = '''"""Two ways to call."""
def f(): ...
def g(): ...
class Empty: ...

f()  #! calls: f
#! missing: g
eval("g")()
[f, g][0]()  #! calls: f; spurious: g
Empty()
#-- pkg/b.py --#
def h(): ...
h()  #! calls: pkg.b.h
'''


def edge(target: str, line: int, path: str = "main.py", kind: EdgeKind = EdgeKind.CALL) -> Edge:
    return Edge("main.<module>", target, kind, Span(path, line, 0, line, 1), Resolution.STATIC)


AGREED = [edge("main.f", 6), edge("main.f", 9), edge("main.g", 9), edge("pkg.b.h", 2, "pkg/b.py")]


def test_edges_as_noted_leave_nothing_to_say() -> None:
    assert check(parse_fixture("two", TEXT), AGREED) == []


def test_classes_and_externals_do_not_count() -> None:
    beyond = [edge("main.Empty", 10), edge("eval", 8), edge("json.dumps", 1, "json.py")]
    assert check(parse_fixture("two", TEXT), AGREED + beyond) == []


def test_every_kind_of_disagreement_is_named_in_the_order_of_the_fixture() -> None:
    edges = [edge("main.f", 9), edge("main.g", 8), edge("pkg.b.h", 2, "pkg/b.py"), edge("main.g", 2)]
    assert check(parse_fixture("two", TEXT), edges) == [
        "main.py:2: new calls: g",
        "main.py:6: lost calls: f",
        "main.py:8: fixed missing calls: g (move it to expected)",
        "main.py:9: fixed spurious calls: g (delete it)",
    ]


def test_a_spawn_is_not_a_call() -> None:
    fixture = parse_fixture("thread", "def f(): ...\nstart(f)  #! spawns: f\n")
    assert check(fixture, [edge("main.f", 2, kind=EdgeKind.SPAWN)]) == []
    assert check(fixture, [edge("main.f", 2)]) == ["main.py:2: new calls: f", "main.py:2: lost spawns: f"]


def test_writes_count_only_where_noted() -> None:
    fixture = parse_fixture("write", "x.a = 1  #! writes: C.a\nx.a = 2\n")
    edges = [edge("main.C.a", line, kind=EdgeKind.WRITE) for line in (1, 2)]
    assert check(fixture, edges) == []
    assert check(fixture, edges[1:]) == ["main.py:1: lost writes: C.a"]


def test_the_filled_in_fixture_agrees_with_its_edges() -> None:
    edges = [edge("main.f", 9), edge("main.g", 8), edge("main.f", 8)]
    text = filled_in(parse_fixture("two", TEXT), edges)
    assert 'eval("g")()  #! calls: g; spurious: f\n[f, g][0]()  #! calls: f\nEmpty()\n' in text
    assert text.endswith("#-- pkg/b.py --#\ndef h(): ...\nh()  #! calls:; missing: pkg.b.h\n")
    # The comment that stood alone on a line is gone, so later lines moved up by one.
    moved = [each._replace(site=each.site._replace(line=each.site.line - 1)) for each in edges]
    assert check(parse_fixture("two", text), moved) == []


def test_a_run_shows_expected_and_missing_and_never_spurious() -> None:
    fixture = parse_fixture("two", TEXT)
    observed = {
        Place("main.py", 6, "calls"): frozenset({"f"}),
        Place("main.py", 8, "calls"): frozenset({"g"}),
        Place("main.py", 9, "calls"): frozenset({"f"}),
        Place("pkg/b.py", 2, "calls"): frozenset({"pkg.b.h"}),
    }
    assert check_run(fixture, observed) == []
    observed[Place("main.py", 9, "calls")] = frozenset({"g"})
    assert check_run(fixture, observed) == [
        "main.py:9: the run never calls: f",
        "main.py:9: the run also calls: g",
    ]
    assert "[f, g][0]()  #! calls: g; spurious: f\n" in filled_in_run(fixture, observed)
