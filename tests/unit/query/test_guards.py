"""The conditions of a whole path, and those that contradict each other."""

import json

import chaintrace as ct

TEMPLATE = """\
import sys


class Engine:
    def __init__(self, mode, parts):
        self.mode = mode
        self.parts = parts
        self.state = None

    def set(self, state):
        self.state = state

    def start(self):
        if self.mode == "fast":
            self.prepare()
        self.finish()

    def prepare(self):
        if self.mode == "slow":
            self.slow()
        if self.mode != "fast":
            self.other()
        if self.mode:
            self.truthy()
        if not self.mode:
            self.falsy()
        if self.mode is None:
            self.none()

    def finish(self):
        if self.mode == "slow":
            self.slow()

    def changing(self):
        if self.state == "on":
            self.turn()

    def turn(self):
        if self.state == "off":
            self.off()

    def delegate(self):
        if self.mode == "fast":
            Engine("slow", []).receive()

    def receive(self):
        if self.mode == "slow":
            self.late()

    def bound(self):
        if self.mode == "fast":
            self.parts()

    def early(self):
        if self.mode == "slow":
            return
        self.middle()

    def middle(self):
        if sys.argv:
            raise ValueError(self.mode)
        self.last()

    def slow(self): ...
    def other(self): ...
    def truthy(self): ...
    def falsy(self): ...
    def none(self): ...
    def off(self): ...
    def late(self): ...
    def last(self): ...


engine = Engine(sys.argv[0], None)
engine.set(sys.argv[1])
engine.start()
engine.changing()
engine.delegate()
engine.early()
holder = Engine("fast", engine.finish)
holder.bound()
"""

CLOSURE = """\
def outer(mode):
    kind = mode.lower()

    def first():
        if kind == "a":
            second()

    def second():
        if kind == "b":
            target()

    first()


def target(): ...


outer("A")
"""


def analysed(source: str) -> ct.Answer:
    return ct.Project([ct.Memory({"m.py": source})], cache=False, jobs=1).analyze()


def test_a_path_has_the_conditions_of_its_hops_in_order() -> None:
    chain = analysed(TEMPLATE).path("Engine.early", "Engine.last")
    assert [str(guard) for guard in chain.guards] == ['not (self.mode == "slow")', "not (sys.argv)"]
    assert [guard.hop for guard in chain.guards] == [0, 1]
    assert chain.guards[0].about == "m.Engine.mode"
    assert "all of: not (self.mode ==" in str(chain)
    assert not chain.contradictions


def test_what_no_value_of_one_object_meets_is_no_path() -> None:
    answer = analysed(TEMPLATE)
    for name in ("slow", "other", "falsy", "none"):
        chain = answer.path("Engine.start", f"Engine.{name}", via="Engine.prepare")
        assert not chain, name
        assert chain.refutations, name
    assert answer.path("Engine.start", "Engine.truthy", via="Engine.prepare")
    (refuted,) = answer.path("Engine.start", "Engine.none", via="Engine.prepare").refuted
    assert refuted.given == "m.Engine.mode"


def test_another_way_round_a_contradiction_is_found() -> None:
    chain = analysed(TEMPLATE).path("Engine.start", "Engine.slow")
    assert [hop.target.name for hop in chain] == ["m.Engine.finish", "m.Engine.slow"]


def test_an_attribute_that_may_change_is_only_flagged() -> None:
    chain = analysed(TEMPLATE).path("Engine.changing", "Engine.off")
    (pair,) = chain.contradictions
    assert not pair.certain
    assert "! hops 1 and 2 contradict each other" in str(chain)
    document = json.loads(chain.to_json())
    assert document["paths"][0]["contradictions"] == [[0, 1]]
    assert [guard["line"] for guard in document["paths"][0]["guards"]] == [35, 39]


def test_another_object_of_the_class_is_only_flagged() -> None:
    chain = analysed(TEMPLATE).path("Engine.delegate", "Engine.late")
    (pair,) = chain.contradictions
    assert not pair.certain


def test_a_method_of_another_object_in_an_attribute_is_only_flagged() -> None:
    chain = analysed(TEMPLATE).path("Engine.bound", "Engine.slow")
    (pair,) = chain.contradictions
    assert not pair.certain


def test_a_captured_variable_is_flagged() -> None:
    chain = analysed(CLOSURE).path("m.outer", "m.target")
    (pair,) = chain.contradictions
    assert pair.first.about == "m.outer.<locals>.kind"
    assert not pair.certain


BACKENDS = """
import queue


class Far:
    def put(self, job): ...
    def get(self): ...


class Near:
    def put(self, job): ...


box = queue.Queue()


class Loop:
    def __init__(self, far):
        self.far = far
        self.near = Near()

    def take(self):
        if self.far is None:
            return box.get()
        return self.far.get()

    def step(self):
        self.answer(self.take())

    def answer(self, job):
        if self.far is not None:
            self.far.put(job)
        else:
            self.near.put(job)


def send():
    box.put(1)


def main():
    for far in (None, Far()):
        loop = Loop(far)
        send()
        loop.step()
"""


def test_where_a_message_is_got_under_a_condition_the_chain_goes_on_only_where_it_still_holds() -> None:
    graph = ct.Project([ct.Memory({"m.py": BACKENDS})], cache=False, jobs=1).analyze()
    (chain,) = graph.paths("send", "Near.put", k=1)
    assert chain.paths[0].symbols == ("m.send", "m.Loop.step", "m.Loop.answer", "m.Near.put")
    assert not graph.path("send", "Far.put")
    assert graph.path("main", "Far.put")


SPECIAL = """
import queue

requests = queue.Queue()


class Request:
    def answer(self): ...


class Loops:
    def decode(self):
        requests.get().answer()

    def normal(self):
        requests.get().answer()


def serve(mode):
    loops = Loops()
    if mode == "decode":
        loops.decode()
    else:
        loops.normal()


def ask():
    requests.put(Request())


for mode in ("plain", "decode"):
    serve(mode)
ask()
"""


def test_of_equal_chains_the_one_that_asks_for_no_certain_value_comes_first() -> None:
    graph = ct.Project([ct.Memory({"m.py": SPECIAL})]).analyze()
    assert graph.path("ask", "Request.answer").paths[0].symbols[1] == "m.Loops.normal"
    (chain,) = graph.paths("ask", "Request.answer", k=2)
    assert [path.symbols[1] for path in chain.paths] == ["m.Loops.normal", "m.Loops.decode"]
