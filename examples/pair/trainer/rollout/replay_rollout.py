"""Answer from a recording; weights do not matter."""

from trainer.rollout.base import Rollout


class ReplayRollout(Rollout):
    def __init__(self, answers: list[str]) -> None:
        self.answers = answers

    def generate(self, prompts: list[str]) -> list[str]:
        return self.answers[: len(prompts)]

    def update(self, weights: dict[str, float]) -> None:
        return None
