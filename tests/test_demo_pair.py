"""The demo pair, end to end: the command finds the chain, and the graph holds every call that a run makes."""

import json
import subprocess
import sys

import chaintrace
from chaintrace.demo import demo_directory
from chaintrace.testing.expect import found_names
from chaintrace.testing.fixture import Fixture, parse_fixture
from chaintrace.testing.observe import observe


def demo_as_fixture() -> Fixture:
    root = demo_directory()
    files = {
        path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.py"))
    }
    parts = [f"#-- {path} --#\n{text}" for path, text in files.items()]
    return parse_fixture("demo", "from trainer.__main__ import main\nmain()\n" + "".join(parts))


def test_the_command_prints_the_chain_into_the_engine() -> None:
    command = [sys.executable, "-m", "chaintrace", "graph", "--demo", "--to", "weights", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    graph = json.loads(done.stdout)
    chains = [[graph["edges"][index] for index in path["edges"]] for path in graph["paths"]]
    pushed = [chain for chain in chains if chain[-1]["callee"] == "engine.runner.Runner.weights"]
    assert [edge["callee"] for edge in pushed[0]] == [
        "trainer.rollout.engine_rollout.EngineRollout.update",
        "trainer.sampler.Sampler.update",
        "engine.runner.Runner.weights",
    ]
    assert pushed[0][0]["caller"] == "trainer.cluster.Cluster.sync"
    assert (pushed[0][-1]["kind"], pushed[0][-1]["text"]) == ("write", "self._runner.weights = new")


def test_every_call_of_a_run_is_in_the_graph() -> None:
    fixture = demo_as_fixture()
    observed = {place: names for place, names in observe(fixture).items() if place.tag != "defines"}
    assert len(observed) > 40
    found = found_names(fixture, chaintrace.Project([chaintrace.Memory(dict(fixture.files))]).analyze().edges)
    missed = {place: names - found.get(place, frozenset()) for place, names in observed.items()}
    assert {place: names for place, names in missed.items() if names} == {}
