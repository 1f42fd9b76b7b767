"""The facade of the trainer: one object that trains, generates and synchronises."""

from trainer.config import ClusterConfig
from trainer.learner import Learner
from trainer.rollout.base import Rollout
from trainer.timing import timed


class Cluster:
    def __init__(self, config: ClusterConfig) -> None:
        self.config = config
        self.learner = Learner(config.learning_rate)
        self._rollout: Rollout
        self._start_rollout()

    def _start_rollout(self) -> None:
        weights = self.learner.weights
        if self.config.rollout == "local":
            from trainer.rollout.local_rollout import LocalRollout

            self._rollout = LocalRollout(weights)
        elif self.config.rollout == "replay":
            from trainer.rollout.replay_rollout import ReplayRollout

            self._rollout = ReplayRollout(["recorded answer"])
        elif self.config.rollout == "engine":
            from trainer.rollout.engine_rollout import EngineRollout

            self._rollout = EngineRollout(self.config, weights)
        else:
            raise ValueError(f"unknown rollout {self.config.rollout!r}")

    @property
    def rollout(self) -> Rollout:
        return self._rollout

    def step(self) -> None:
        self.learner.step()

    @timed("generate")
    def generate(self, prompts: list[str]) -> list[str]:
        return self.rollout.generate(prompts)

    def sync(self) -> None:
        self.rollout.update(self.learner.weights)

    def close(self) -> None:
        self.rollout.close()
