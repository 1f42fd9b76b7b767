"""The only file of the trainer that reaches into the engine."""

from dataclasses import dataclass, field
from typing import Any

from engine.launcher import Engine
from engine.worker import OverlapWorker


@dataclass
class SamplerConfig:
    replicas: int = 1
    overlap: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


class Sampler:
    def __init__(self, config: SamplerConfig) -> None:
        self.config = config
        self.engine = Engine(**self._engine_arguments(config))

    def _engine_arguments(self, config: SamplerConfig) -> dict[str, Any]:
        arguments: dict[str, Any] = {"single_process": True}
        arguments["replicas"] = config.replicas
        arguments["overlap"] = config.overlap
        arguments.update(config.extra)
        return arguments

    def __call__(self, prompts: list[str], limit: int = 4) -> list[str]:
        return [self.engine.generate(text=prompt, limit=limit) for prompt in prompts]

    @property
    def _runner(self):
        # Single-process mode only: the engine hands out its scheduler object itself.
        worker = self.engine.scheduler_info["scheduler"].worker
        if isinstance(worker, OverlapWorker):
            return worker.worker.runner
        return worker.runner

    def update(self, weights: dict[str, float]) -> None:
        new = {name: float(value) for name, value in weights.items()}
        self._runner.weights = new

    def close(self) -> None:
        self.engine.shutdown()
