"""Generate in this process, with a copy of the weights."""

from trainer.rollout.base import Rollout


class LocalRollout(Rollout):
    def __init__(self, weights: dict[str, float]) -> None:
        self._sampler = LocalSampler(weights)

    def generate(self, prompts: list[str]) -> list[str]:
        return self._sampler(prompts)

    def update(self, weights: dict[str, float]) -> None:
        self._sampler.update(weights)


class LocalSampler:
    def __init__(self, weights: dict[str, float]) -> None:
        self.state = dict(weights)

    def __call__(self, prompts: list[str]) -> list[str]:
        return [f"{prompt} {self.state['scale']}" for prompt in prompts]

    def update(self, weights: dict[str, float]) -> None:
        self.state = dict(weights)
