"""What travels through the queues."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Generate:
    text: str
    limit: int


@dataclass
class Flush:
    reason: str


@dataclass
class Stop:
    pass


@dataclass
class Reply:
    value: Any
