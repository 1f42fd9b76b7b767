"""What the cluster asks of whatever generates text for it."""

from abc import ABC, abstractmethod


class Rollout(ABC):
    @abstractmethod
    def generate(self, prompts: list[str]) -> list[str]: ...

    @abstractmethod
    def update(self, weights: dict[str, float]) -> None: ...

    def close(self) -> None:
        """Release what the rollout holds; most hold nothing."""
