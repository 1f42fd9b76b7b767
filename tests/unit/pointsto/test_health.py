"""Health: calls by the number of their targets, and why some have none."""

import chaintrace as ct

PROGRAM = """
def one(): ...
def two(): ...

one()
(one if two() else two)()
len("x")
missing()
one().x.go()
one.nothing()

def entry(given):
    given()
    given[0]()
    unbound()()
    given.method()
"""

GRAPH = ct.Project([ct.Memory({"main.py": PROGRAM})], cache=False).analyze().graph


def test_every_call_counts_once_by_its_targets() -> None:
    counts = {key: value for key, value in GRAPH.summary.items() if value and key.startswith("calls")}
    assert counts == {
        "calls internal with 1 target": 3,
        "calls internal with 2 to 5 targets": 1,
        "calls external with 1 target": 1,
        "calls unresolved": 8,
    }


def test_the_reason_is_a_word_and_the_detail_apart() -> None:
    assert [(item.site.line, item.reason.value, item.detail) for item in GRAPH.unresolved] == [
        (8, "unbound name", "missing"),
        (9, "unknown receiver", ".go"),
        (10, "no such attribute", "'nothing' on function main.one"),
        (13, "unknown argument", "given"),
        (14, "unknown element", ""),
        (15, "unbound name", "unbound"),
        (15, "unknown result", ""),
        (16, "unknown receiver", ".method"),
    ]
    reasons = {key: value for key, value in GRAPH.summary.items() if key.startswith("unresolved")}
    assert sum(reasons.values()) == GRAPH.summary["calls unresolved"]
