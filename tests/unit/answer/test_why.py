"""Why a hop holds: the derivation from allocation to use."""

import json

import chaintrace as ct

PROGRAM = {
    "engine.py": """\
class Runner:
    def step(self): ...


def launch():
    runner = Runner()
    return "ready", {"runner": runner}


class Engine:
    def __init__(self):
        word, info = launch()
        infos = []
        infos.append(info)
        self.info = infos[0]
""",
    "app.py": """\
from engine import Engine


class Sampler(Engine):
    @property
    def runner(self):
        return self.info["runner"]


def update(sampler):
    sampler.runner.step()


update(Sampler())
""",
}


def analysed() -> ct.Answer:
    return ct.Project([ct.Memory(PROGRAM)], cache=False, jobs=1).analyze()


def test_a_witness_walks_from_the_allocation_to_the_use() -> None:
    (hop,) = analysed().why("update", "Runner.step")
    lines = [(step.path, step.line) for step in hop.witness]
    walk = [
        ("app.py", 14),  # Sampler() is made
        ("engine.py", 12),  # a dict in a tuple is returned and taken apart
        ("engine.py", 14),  # it goes through a list
        ("engine.py", 15),
        ("engine.py", 6),  # the runner is made
        ("engine.py", 7),  # and put into the dict
        ("app.py", 7),  # from which the property takes it
        ("app.py", 11),
    ]
    assert {*walk} <= {*lines}
    assert lines.index(("engine.py", 12)) < lines.index(("engine.py", 14)) < lines.index(("engine.py", 6))
    assert lines[-1] == ("app.py", 11)
    assert hop.witness[-1].word == "used"
    assert len(set(hop.witness)) == len(hop.witness)


def test_an_inherited_method_passes_the_class_statement() -> None:
    (hop,) = analysed().why("app.<module>", "Engine.__init__")
    assert ("app.py", 4) in [(step.path, step.line) for step in hop.witness]


def test_without_a_direct_hop_those_of_the_best_chain_are_explained() -> None:
    why = analysed().why("app.<module>", "Runner.step")
    assert [hop.target.name for hop in why] == ["app.update", "engine.Runner.step"]
    document = json.loads(why.to_json())
    assert document["schema"] == "chaintrace-why/1"
    assert [step["line"] for step in document["hops"][1]["witness"]][-1] == 11
    assert "engine.py:6  constructed instance of engine.Runner" in why.to_text(whole=True)


def test_a_why_is_told_in_short_from_allocation_to_use() -> None:
    why = analysed().why("update", "Runner.step")
    lines = str(why).splitlines()[2:-1]
    assert [" ".join(line.split()[1:5]) for line in lines] == [
        "| app.py:14 made Sampler",
        "| engine.py:13 made list",
        "| engine.py:7 made tuple",
        "| engine.py:6 made Runner",
        "| engine.py:7 as item",
        "| app.py:7 as item",
        "| app.py:11 returned Runner",
        "engine.py:2 defined Runner.step def",
        "app.py:11 used Runner.step sampler.runner.step()",
    ]
    assert str(why).splitlines()[-1].endswith("more steps of names and objects, with --all")
    assert len(why.to_text(whole=True).splitlines()) > 2 * len(lines)


def test_a_loop_of_copies_is_cut() -> None:
    source = "def f(): ...\nx = f\nfor _ in 'ab':\n    y = x\n    x = y\nx()\n"
    answer = ct.Project([ct.Memory({"m.py": source})], cache=False, jobs=1).analyze()
    (hop,) = answer.why("m.<module>", "m.f")
    assert [step.line for step in hop.witness] == [1, 6]


def test_a_chain_gives_the_witness_of_its_hops() -> None:
    chain = analysed().path("app.<module>", "Runner.step")
    assert chain[-1].witness[-1].what == "engine.Runner.step"
