"""The write-up of the built-in profile covers what a person would have written up by hand."""

import json

import pytest

import chaintrace as ct
from chaintrace.export.report import Report, to_markdown, to_page

ROLES = [
    "RLCluster generation path",
    "sglang-jax rollout wrapper",
    "engine call site",
    "engine architecture and single-process mode",
    "weight hot-swap",
]


@pytest.fixture(scope="module")
def report() -> Report:
    project = ct.open_project(["google-tunix==0.1.7", "sglang-jax==0.0.2"], profile="tunix-sglang-jax")
    return project.report(command="chaintrace report")


def test_every_part_of_the_procedure_is_there_with_its_code(report: Report) -> None:
    assert [link.role for link in report.links] == ROLES
    assert [link.missing for link in report.links] == [()] * len(ROLES)
    assert report.missing == ()
    markdown = to_markdown(report)
    for role in ROLES:
        assert f"\n## {role}\n" in markdown
        assert f"<h2>{role}</h2>" in to_page(report)


def test_the_arguments_that_reach_the_engine_are_told_through_the_unpacked_mapping(report: Report) -> None:
    calls = report.wiring["sgl_jax.srt.entrypoints.engine.Engine"]
    (made,) = [one for one in calls if one.edge.source.endswith("SglangJaxSampler.__init__")]
    told = {wire.name: wire for wire in made.wires}
    assert made.shared["config.mesh"] == ["tp_size", "device_indexes"]
    assert told["tp_size"].text == "self._find_tp_size(config.mesh)"
    assert [one.text for one in told["device_indexes"].origins] == ["mesh", "self.r2m[Role.ROLLOUT]"]
    assert told["load_format"].text == "config.load_format"
    assert "enable_single_process" in told


def test_the_architecture_has_the_threads_the_processes_and_their_sockets(report: Report) -> None:
    started = {edge.target.rpartition(".")[2] for edge in report.architecture.spawns}
    assert {"run_scheduler_process", "run_detokenizer_thread", "scheduler_loop_after_create"} <= started
    joined = {
        (edge.source.rpartition(".")[2], edge.target.rpartition(".")[2])
        for edge in report.architecture.components.edges
        if edge.channel is not None
    }
    assert {("TokenizerManager", "Scheduler"), ("DetokenizerManager", "TokenizerManager")} <= joined


def test_the_same_is_there_as_data(report: Report) -> None:
    document = json.loads(report.to_json())
    assert [link["role"] for link in document["links"]] == ROLES
    assert all(hop["text"] for chain in document["chains"] for hop in chain["hops"])
