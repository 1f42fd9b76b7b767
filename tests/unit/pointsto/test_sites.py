"""The condition of an edge, as text."""

import chaintrace as ct

CODE = """
def step(): ...


def run(fast, mode, jobs):
    if fast or mode == "a":
        if mode(1 or 2):
            if fast or mode == "a":
                if not (jobs or fast):
                    step()
"""


def test_each_condition_stands_once_and_none_falls_apart_beside_another() -> None:
    graph = ct.Project([ct.Memory({"m.py": CODE})], cache=False).analyze().graph
    (edge,) = graph.edges_to("m.step")
    assert edge.guard == 'mode(1 or 2) and (fast or mode == "a") and not (jobs) and not (fast)'
