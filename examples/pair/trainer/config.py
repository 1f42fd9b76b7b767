"""What a run of the trainer is told."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class ClusterConfig:
    rollout: str = "local"
    learning_rate: float = 0.5
    replicas: int = 1
    overlap: bool = False
    engine_options: dict[str, Any] = field(default_factory=dict)
