"""The engine's options; every keyword of `Engine(...)` is one of them."""

from dataclasses import dataclass


@dataclass
class Options:
    single_process: bool = False
    replicas: int = 1
    overlap: bool = False
    max_tokens: int = 64

    def __post_init__(self) -> None:
        if self.replicas < 1:
            raise ValueError(f"replicas must be at least 1, not {self.replicas}")
