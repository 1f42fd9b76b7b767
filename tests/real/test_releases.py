"""The built-in profile's two releases: the chain from the weight sync into the engine's runner."""

import pytest

import chaintrace
from chaintrace import Answer
from chaintrace.graph.edges import EdgeKind
from chaintrace.graph.paths import Path

SYNC = "tunix.rl.rl_cluster.RLCluster.sync_weights"
RUNNER = "sgl_jax.srt.model_executor.model_runner.ModelRunner"
WRITER = "tunix.generate.sglang_jax_sampler.SglangJaxSampler.update_params"
OTHER_ROLLOUTS = ("vllm", "vanilla")


@pytest.fixture(scope="module")
def answer() -> Answer:
    releases = [chaintrace.PyPI("google-tunix==0.1.7"), chaintrace.PyPI("sglang-jax==0.0.2")]
    return chaintrace.Project(releases).analyze()


def symbols(path: Path) -> list[str]:
    return [path.edges[0].source, *(edge.target for edge in path.edges)]


def test_the_weight_sync_ends_in_a_write_to_the_runner_of_the_engine(answer: Answer) -> None:
    chain = answer.path(SYNC, "model_state_leaves")
    assert symbols(chain.paths[0]) == [
        SYNC,
        "tunix.rl.rollout.sglang_jax_rollout.SglangJaxRollout.update_params",
        WRITER,
        f"{RUNNER}.model_state_leaves",
    ]
    last = chain.paths[0].edges[-1]
    assert last.kind is EdgeKind.WRITE
    assert last.text == "self._model_runner.model_state_leaves = new_model_state_leaves"
    assert last.site.path == "tunix/generate/sglang_jax_sampler.py"


def test_no_chain_to_the_runner_passes_another_rollout(answer: Answer) -> None:
    for chain in answer.paths(SYNC, f"{RUNNER}.model_state_leaves", k=10):
        assert chain.paths
        for path in chain.paths:
            assert [n for n in symbols(path) if any(word in n.lower() for word in OTHER_ROLLOUTS)] == []


def test_each_rollout_pushes_its_weights_through_its_own_sampler(answer: Answer) -> None:
    pushed = {
        (hop.edge.source, hop.edge.target)
        for rollout in ("SglangJaxRollout", "VllmRollout", "VanillaRollout")
        for hop in answer.callees(f"{rollout}.update_params")
        if hop.edge.target.startswith("tunix.")
    }
    home = "tunix.rl.rollout"
    expected = {
        (f"{home}.sglang_jax_rollout.SglangJaxRollout.update_params", WRITER),
        (
            f"{home}.vllm_rollout.VllmRollout.update_params",
            "tunix.generate.vllm_sampler.VllmSampler.update_params",
        ),
    }
    assert expected <= pushed
    assert {edge for edge in pushed if "anilla" not in edge[0]} == expected


def test_in_these_releases_the_attribute_is_written_from_outside_only(answer: Answer) -> None:
    """In the runner itself, `model_state_leaves` is a local of a method: no write of the attribute."""
    assert [hop.edge.source for hop in answer.writers(f"{RUNNER}.model_state_leaves")] == [WRITER]


def test_candidates_are_listed_apart(answer: Answer) -> None:
    found = [symbol.name for symbol in answer.find("model_state_leaves")]
    assert f"{RUNNER}.model_state_leaves" in found
    chain = answer.path(SYNC, "model_state_leaves")
    targets = [chain.target, *(other.target for other in chain.others)]
    assert len(targets) == len(set(targets)) == len(found)
    assert not any(other.paths for other in chain.others)


def test_most_calls_have_one_target(answer: Answer) -> None:
    summary = answer.graph.summary
    several = sum(summary[f"calls internal with {many} targets"] for many in ("2 to 5", "more"))
    one, none = summary["calls internal with 1 target"], summary["calls unresolved"]
    assert one > 0.8 * (one + several + none)
    assert none == sum(value for key, value in summary.items() if key.startswith("unresolved: "))
