"""PyCG's form: calls only, in PyCG's names."""

import json

import chaintrace as ct
from chaintrace.export.pycg import pycg_name, to_pycg
from chaintrace.query.paths import find_paths
from tests.unit import graphs

CODE = """
from ext import Base, job
import threading

class A(Base):
    @staticmethod
    def m(f, g):
        f(), g()

    def n(self): ...

class B:
    def __init__(self):
        self.x = len("")

def outer():
    def inner():
        return " ".join([])
    return inner

A.m(lambda: outer()(), lambda: B())
A().n()
threading.Thread(target=outer).start()
job()
for _ in [1]:
    pass
"""


def pycg(text: str) -> dict[str, list[str]]:
    project = ct.Project([ct.Memory({"main.py": text})], cache=False, jobs=1)
    found: dict[str, list[str]] = json.loads(to_pycg(project.analyze().graph))
    return found


def test_names_are_those_of_pycg() -> None:
    assert pycg_name("pkg.mod.<module>") == "pkg.mod"
    assert pycg_name("m.f.<locals>.<lambda>.<locals>.g") == "m.f.<lambda1>.g"
    assert pycg_name("m.C.<lambda2>") == "m.C.<lambda2>"
    assert pycg_name("builtins.len") == "<builtin>.len"
    assert pycg_name("builtins.str.join") == "<**PyStr**>.join"
    assert pycg_name("os.path.join") == "os.path.join"


def test_calls_and_nothing_else() -> None:
    assert pycg(CODE) == {
        "main": [
            "ext.Base.__init__",
            "ext.job",
            "main.A.m",
            "main.A.n",
            "main.outer",
            "threading.Thread",
            "threading.Thread.start",
        ],
        "main.<lambda1>": ["main.outer", "main.outer.inner"],
        "main.<lambda2>": ["main.B.__init__"],
        "main.A.m": ["main.<lambda1>", "main.<lambda2>"],
        "main.A.n": [],
        "main.B.__init__": ["<builtin>.len"],
        "main.outer": [],
        "main.outer.inner": ["<**PyStr**>.join"],
        "ext.Base.__init__": [],
        "ext.job": [],
        "threading.Thread": [],
        "threading.Thread.start": [],
        "<builtin>.len": [],
        "<**PyStr**>.join": [],
    }


def test_a_chain_and_a_graph_without_activations() -> None:
    graph = graphs.two_rollouts()
    chain = find_paths(graph, [graphs.SYNC], [graphs.WEIGHTS])[0].paths
    found = json.loads(to_pycg(graph, chain))
    assert found[graphs.SYNC] == [graphs.UPDATE]
    assert not any(graphs.WEIGHTS in callees for callees in found.values())
