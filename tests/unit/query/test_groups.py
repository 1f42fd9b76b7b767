"""Diverse paths: several that differ in more than a detour."""

import chaintrace as ct
from chaintrace.query.groups import Groups, owner_of

SOURCE = """
class Target:
    def hit(self): ...


class Near:
    def go(self): Target().hit()
    def a(self): self.go()
    def b(self): self.a()
    def c(self): self.b()


class Far:
    def one(self): Deep().two()


class Deep:
    def two(self): Target().hit()


class Detour:
    def round(self): Near().go()


def main():
    near = Near()
    near.go()
    near.a()
    near.b()
    near.c()
    Detour().round()
    Far().one()
"""


def answer() -> ct.Answer:
    return ct.Project([ct.Memory({"m.py": SOURCE})], cache=False, jobs=1).analyze()


def test_paths_of_other_classes_come_before_detours_in_one() -> None:
    (chain,) = answer().paths("m.main", "Target.hit", k=2)
    assert [path.symbols[1] for path in chain.paths] == ["m.Near.go", "m.Far.one"]
    (chain,) = answer().paths("m.main", "Target.hit", k=3)
    assert {path.symbols[1] for path in chain.paths} == {"m.Near.go", "m.Detour.round", "m.Far.one"}


def test_where_there_are_no_more_of_them_the_next_best_follow() -> None:
    (chain,) = answer().paths("m.main", "Target.hit", k=6)
    assert {path.symbols[1] for path in chain.paths[:4]} == {
        "m.Near.go",
        "m.Near.a",
        "m.Detour.round",
        "m.Far.one",
    }
    assert [path.symbols[1] for path in chain.paths[4:]] == ["m.Near.b", "m.Near.c"]
    assert [path.order for path in chain.paths] == sorted(path.order for path in chain.paths)


def test_the_owner_of_what_stands_in_a_function_is_that_of_the_function() -> None:
    assert owner_of("m.C.f.<locals>.g") == "m.C"
    assert owner_of("m.f") == "m"
    (chain,) = answer().paths("m.main", "Target.hit", k=1)
    assert Groups((), ()).sequence(chain.paths[0]) == ("m", "m.Near", "m.Target")


LOOPS = """
import queue


class Box:
    def __init__(self, fast):
        self.jobs = queue.Queue()
        self.fast = fast

    def put(self): self.jobs.put(1)
    def take(self): return self.jobs.get()

    def slow_loop(self): self.run(self.take())
    def fast_loop(self): self.run(self.take())
    def run(self, job): print(job)


def main():
    box = Box(True)
    box.put()
    if box.fast:
        box.fast_loop()
    else:
        box.slow_loop()
"""


def test_loops_of_one_class_that_consume_a_message_are_different_ways() -> None:
    graph = ct.Project([ct.Memory({"m.py": LOOPS})], cache=False, jobs=1).analyze()
    (chain,) = graph.paths("Box.put", "Box.run", k=2)
    assert [path.symbols[1] for path in chain.paths] == ["m.Box.fast_loop", "m.Box.slow_loop"]
    (only,) = graph.paths("Box.put", "Box.run")
    assert "      or by Box.slow_loop when not (box.fast)\n" in str(only)
