"""Paths that must and must not exist: a path leaves a method with the receiver that it came in with."""

import json
from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace.cli.app import run

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


SHARED = """
class A:
    def go(self): self.a()
    def a(self): ...
    def reset(self): ...


class B:
    def go(self): self.b()
    def b(self): ...


def call(function, *args, **kwargs):
    function(*args, **kwargs)


def use(thing):
    thing.go()
    thing.weights = 1


def forward_a(): call(use, A())
def forward_b(): call(use, B())
def keyword_a(): call(use, thing=A())


def fa(): ...
def fb(): ...
def fc(): ...


def retry(function, fallback=fc):
    try:
        function()
    except ValueError:
        fallback()


def retry_a(): retry(fa)
def retry_b(): retry(fb, fa)


def outer(function):
    def inner():
        function()
    inner()


def outer_a(): outer(fa)
def outer_b(): outer(fb)
def none(): outer(None)
def unknown(given): outer(given.callback)


class Holder:
    def __init__(self, handler): self.handler = handler
    def run(self): self.handler()


def hold(holder): holder.run()
def hold_a(): hold(Holder(fa))
def hold_b(): hold(Holder(fb))


hold_a()
hold_b()
"""

REACHED = [
    ("forward_a", "A.a"),
    ("forward_b", "B.b"),
    ("keyword_a", "A.a"),
    ("forward_a", "A.weights"),
    ("retry_a", "fa"),
    ("retry_a", "fc"),
    ("retry_b", "fb"),
    ("retry_b", "fa"),
    ("outer_a", "fa"),
    ("outer_b", "fb"),
    ("unknown", "fa"),
    ("hold_a", "fa"),
    ("hold_b", "fb"),
]
REFUTED = [
    ("forward_a", "B.b"),
    ("forward_b", "A.a"),
    ("keyword_a", "B.b"),
    ("forward_a", "B.weights"),
    ("retry_a", "fb"),
    ("retry_b", "fc"),
    ("outer_a", "fb"),
    ("outer_b", "fa"),
    ("none", "fa"),
    ("hold_a", "fb"),
    ("hold_b", "fa"),
]


@pytest.fixture(scope="module")
def shared() -> ct.Answer:
    return ct.Project([ct.Memory({"m.py": SHARED})], cache=False, jobs=1).analyze()


@pytest.mark.parametrize(("start", "target"), REACHED)
def test_a_shared_function_goes_on_with_what_its_caller_handed_over(
    shared: ct.Answer, start: str, target: str
) -> None:
    assert shared.path(start, target)


@pytest.mark.parametrize(("start", "target"), REFUTED)
def test_it_does_not_go_on_with_what_another_caller_handed_over(
    shared: ct.Answer, start: str, target: str
) -> None:
    assert not shared.path(start, target)


def test_a_refuted_path_says_which_hop_refutes_it(shared: ct.Answer) -> None:
    chain = shared.path("outer_a", "fb")
    (refuted,) = chain.refuted
    assert chain.refutations == 1
    assert refuted.path.symbols == ("m.outer_a", "m.outer", "m.outer.<locals>.inner", "m.fb")
    assert (refuted.at, refuted.needs) == (0, 2)
    assert refuted.given == "function of m.outer"
    assert (refuted.wanted, refuted.held) == (("function m.fb",), ("function m.fa",))
    assert str(chain) == "m.fb (function, m.py:28) from m.outer_a: no chain, 1 refuted"


def test_a_part_of_the_graph_is_tried_out_too(shared: ct.Answer) -> None:
    assert not shared.only("call").path("outer_a", "fb")
    assert shared.only("call").path("outer_a", "fa")


def test_refuted_chains_are_listed_where_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.py").write_text(SHARED, encoding="utf-8")
    question = ["paths", str(tmp_path), "--from", "hold_a", "--to", "m.fb", "-q"]
    assert run(question) == 1
    assert "refuted:" not in capsys.readouterr().out
    assert run([*question, "--refuted"]) == 1
    out = capsys.readouterr().out
    assert "refuted: hold_a -> hold -> Holder.run -> fb" in out
    assert "! holder of m.hold is instance of m.Holder made at m.py:61 from here; hop" in out
    assert run([*question, "--refuted", "--json"]) == 1
    (refuted,) = json.loads(capsys.readouterr().out)["refuted"]
    assert (refuted["at"], refuted["needs"]) == (0, 1)


def test_conditions_that_refute_a_chain_are_told_as_conditions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.py").write_text(
        "class Step:\n"
        "    def __init__(self, mode): self.mode = mode\n"
        "    def go(self):\n"
        "        if self.mode == 'a': self.step()\n"
        "    def step(self):\n"
        "        if self.mode == 'b': done()\n"
        "def done(): ...\n"
        "Step('a').go()\n",
        encoding="utf-8",
    )
    assert run(["paths", str(tmp_path), "--from", "Step.go", "--to", "m.done", "-q", "--refuted"]) == 1
    out = capsys.readouterr().out
    assert "! runs where self.mode == 'a'; hop 2 runs where self.mode == 'b', of the same object" in out
