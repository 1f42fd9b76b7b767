"""Why there is no path: the frontier, the approach, and what would connect them."""

import json

import pytest

import chaintrace as ct
from chaintrace.graph.edges import Resolution
from chaintrace.query import frontier

SOURCE = """
class Engine:
    def update(self): ...
    def flush(self): self.update()


class Fast(Engine):
    def update(self): store()


class Registry:
    def lookup(self): return plugin_of(self)


def store(): done()
def done(): ...
def relay(link): link.deliver()
class Link:
    def deliver(self): done()


def main(cfg):
    step(cfg)


def step(cfg):
    cfg.engine.flush()


def made():
    engine = Engine()
    engine.update()


def far(cfg):
    cfg.relay()


def foreign(cfg): cfg.unheard_of()
def towards(cfg):
    foreign(cfg)
    step(cfg)


def call(function): function()
def call_step(): call(step)
def call_done(): call(done)
"""


@pytest.fixture(scope="module")
def answer() -> ct.Answer:
    return ct.Project([ct.Memory({"m.py": SOURCE})], cache=False, jobs=1).analyze()


def test_the_frontier_is_where_a_call_is_not_known(answer: ct.Answer) -> None:
    found = answer.why_not("main", "done")
    (stop,) = found.frontier
    assert (stop.symbol.name, stop.distance) == ("m.step", 1)
    assert [item.detail for item in stop.unresolved] == [".flush"]
    assert stop.path is not None
    assert stop.path.symbols == ("m.main", "m.step")


def test_an_unknown_call_may_mean_a_function_of_its_name(answer: ct.Answer) -> None:
    (bridge,) = answer.why_not("main", "done").bridges
    (edge,) = bridge.edges
    assert (edge.source, edge.target, edge.resolution) == ("m.step", "m.Engine.flush", Resolution.ASSUMED)
    assert edge.site.line == 27


def test_a_call_may_mean_the_method_of_an_heir(answer: ct.Answer) -> None:
    (bridge,) = answer.why_not("made", "done").bridges
    (edge,) = bridge.edges
    assert (edge.source, edge.target, edge.resolution) == ("m.made", "m.Fast.update", Resolution.DECLARED)


def test_two_edges_connect_where_one_does_not(answer: ct.Answer) -> None:
    bridge = answer.why_not("far", "done").bridges[0]
    assert [(edge.source, edge.target) for edge in bridge.edges] == [
        ("m.far", "m.relay"),
        ("m.relay", "m.Link.deliver"),
    ]


def test_only_feasible_ways_count_as_reached(answer: ct.Answer) -> None:
    found = answer.why_not("call_step", "done")
    assert found
    assert found.answer.refutations == 1
    assert "m.done" not in [stop.symbol.name for stop in found.frontier]
    assert str(found).count("refuted: call_step -> call -> done") == 1


def test_the_approach_is_where_what_leads_to_the_target_begins(answer: ct.Answer) -> None:
    names = [stop.symbol.name for stop in answer.why_not("main", "m.done").approach]
    assert "m.call_done" in names
    assert "m.main" not in names


def test_a_chain_that_is_there_is_shown(answer: ct.Answer) -> None:
    found = answer.why_not("store", "done")
    assert not found
    assert found.path is not None
    assert str(found).startswith("there is a chain from m.store to m.done")
    assert len(json.loads(found.to_json())["path"]) == 1


def test_json(answer: ct.Answer) -> None:
    document = json.loads(answer.why_not("main", "done").to_json())
    assert document["schema"] == "chaintrace-why-not/1"
    assert document["path"] is None
    assert document["bridges"][0][0]["callee"] == "m.Engine.flush"
    assert document["frontier"][0]["unresolved"][0]["reason"] == "unknown receiver"
    assert "no chain from m.main to m.done" in str(answer.why_not("main", "done"))


WAYS = """
def call(job): job.run()
class Idle:
    def run(self): ...
class Busy:
    def run(self, cfg=None): cfg.engine.flush()
def start():
    call(Idle())
    call(Busy())
def only():
    call(Idle())
def relay(job): call(job)
def deep():
    relay(Idle())
    relay(Busy())
def alone(): ...
class Engine:
    def flush(self): done()
def done(): ...
class Box:
    def __init__(self): self.full = True
"""


@pytest.fixture(scope="module")
def ways() -> ct.Answer:
    return ct.Project([ct.Memory({"m.py": WAYS})], cache=False, jobs=1).analyze()


@pytest.mark.parametrize("start", ["m.start", "m.deep"])
def test_what_only_a_second_way_to_a_function_reaches_counts(ways: ct.Answer, start: str) -> None:
    found = ways.why_not(start, "m.done")
    assert [stop.symbol.name for stop in found.frontier] == ["m.Busy.run"]
    assert found.frontier[0].path is not None
    assert found.frontier[0].path.symbols[-2:] == ("m.call", "m.Busy.run")
    assert [edge.target for bridge in found.bridges for edge in bridge.edges] == ["m.Engine.flush"]


def test_a_way_that_cannot_go_on_reaches_nothing(ways: ct.Answer) -> None:
    found = ways.why_not("m.only", "m.done")
    assert found.bridges == ()
    assert found.answer.reached == 4  # only, the class Idle, call and Idle.run


def test_nothing_called_and_nothing_calling_are_said_in_words(ways: ct.Answer) -> None:
    assert "m.alone calls no code that was read" in str(ways.why_not("m.alone", "m.done"))
    assert "nothing in the graph calls m.start" in str(ways.why_not("Busy.run", "m.start"))
    assert "m.alone calls no code" not in str(ways.why_not("Busy.run", "m.alone"))
    assert "nothing in the graph makes an instance of m.Box" in str(ways.why_not("Busy.run", "m.Box"))
    assert "nothing in the graph writes" not in str(ways.why_not("Busy.run", "m.Box.full"))
    document = json.loads(ways.why_not("Busy.run", "m.start").to_json())
    assert (document["uncalled"], document["calls_nothing"], document["bounded"]) == (True, True, False)


def test_the_answer_is_shown_in_short(ways: ct.Answer) -> None:
    assert repr(ways.why_not("m.only", "m.done")) == "<WhyNot: no chain from m.only to m.done>"


def test_too_many_ways_to_one_function_are_said(ways: ct.Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "MOST_WAYS", 1)
    found = ways.why_not("m.start", "m.done")
    assert found.answer.is_bounded
    assert "not all ways were followed" in str(found)


@pytest.mark.parametrize(("start", "hops"), [("main", 5), ("made", 3), ("far", 3)])
def test_what_would_connect_does_so_when_it_is_supposed(answer: ct.Answer, start: str, hops: int) -> None:
    found = answer.why_not(f"m.{start}", "m.done")
    supposed = [f"{edge.source}:{edge.site.line} -> {edge.target}" for edge in found.bridges[0].edges]
    assert all(f"--suppose '{text}'" in str(found) for text in supposed)
    project = ct.Project([ct.Memory({"m.py": SOURCE})], cache=False, jobs=1)
    chain = project.analyze(suppose=supposed).path(f"m.{start}", "m.done")
    assert len(chain) == hops
    assert chain.rank == (Resolution.DECLARED, hops)


def test_a_call_of_a_name_that_no_code_has_is_no_place_to_look(answer: ct.Answer) -> None:
    found = answer.why_not("m.towards", "m.made")
    assert [stop.symbol.name for stop in found.frontier] == ["m.step"]
