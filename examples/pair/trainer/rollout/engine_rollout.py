"""Generate through the engine package."""

from trainer.config import ClusterConfig
from trainer.rollout.base import Rollout
from trainer.sampler import Sampler, SamplerConfig


class EngineRollout(Rollout):
    def __init__(self, config: ClusterConfig, weights: dict[str, float]) -> None:
        self._sampler = Sampler(
            SamplerConfig(
                replicas=config.replicas,
                overlap=config.overlap,
                extra=config.engine_options,
            )
        )
        self._sampler.update(weights)

    def generate(self, prompts: list[str]) -> list[str]:
        return self._sampler(prompts, limit=8)

    def update(self, weights: dict[str, float]) -> None:
        self._sampler.update(weights)

    def close(self) -> None:
        self._sampler.close()
