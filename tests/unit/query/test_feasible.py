"""Paths that must and must not exist: a path leaves a method with the receiver that it came in with."""

import pytest

import chaintrace as ct

TEMPLATE = """
class Base:
    def run(self):
        self.prepare()
        self.step()
    def prepare(self): ...
    def step(self):
        raise NotImplementedError
    def finish(self):
        class_of = self
        class_of.tool.close()
    @property
    def tool(self):
        return self._tool
    def late(self):
        def inner():
            self.step()
        inner()


class A(Base):
    def __init__(self):
        self.part = PartA()
        self._tool = ToolA()
    def step(self):
        self.part.go()


class B(Base):
    def __init__(self):
        self.part = PartB()
        self._tool = ToolB()
    def step(self):
        self.part.go()


class C(A):
    def step(self):
        super().step()
        self.only_c()
    def only_c(self): ...


class Part:
    def go(self):
        self.done()
    def done(self): ...


class PartA(Part):
    def done(self): ...


class PartB(Part):
    def done(self): ...


class ToolA:
    def close(self): ...


class ToolB:
    def close(self): ...


def make():
    return [A(), B(), C()]
"""

MUST = [
    ("A.run", "A.step"),
    ("B.run", "B.step"),
    ("C.run", "C.step"),
    ("C.run", "A.step"),
    ("C.run", "C.only_c"),
    ("A.run", "PartA.done"),
    ("B.run", "PartB.done"),
    ("A.finish", "ToolA.close"),
    ("B.late", "PartB.done"),
    ("C.late", "PartA.done"),
    ("Base.run", "PartA.done"),
    ("Base.run", "PartB.done"),
]
MUST_NOT = [
    ("A.run", "B.step"),
    ("B.run", "A.step"),
    ("A.run", "C.only_c"),
    ("A.run", "PartB.done"),
    ("B.run", "PartA.done"),
    ("C.run", "PartB.done"),
    ("A.step", "PartB.done"),
    ("A.late", "PartB.done"),
    ("PartA.go", "PartB.done"),
]


@pytest.fixture(scope="module")
def answer() -> ct.Answer:
    return ct.Project([ct.Memory({"m.py": TEMPLATE})], cache=False, jobs=1).analyze()


@pytest.mark.parametrize(("start", "target"), MUST)
def test_a_template_method_reaches_what_its_own_class_defines(
    answer: ct.Answer, start: str, target: str
) -> None:
    assert answer.path(start, target)


@pytest.mark.parametrize(("start", "target"), MUST_NOT)
def test_it_does_not_reach_what_a_sibling_defines(answer: ct.Answer, start: str, target: str) -> None:
    assert not answer.path(start, target)


def test_a_class_that_nothing_told_apart_is_not_given_the_paths_of_a_sibling() -> None:
    source = TEMPLATE.replace("[A(), B(), C()]", "[B()]")
    found = ct.Project([ct.Memory({"m.py": source})], cache=False, jobs=1).analyze()
    assert not found.path("A.run", "PartB.done")
    assert found.path("B.run", "PartB.done")
