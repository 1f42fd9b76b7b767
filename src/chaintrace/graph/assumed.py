"""What was taken for granted, and which conditions that decided."""

from typing import NamedTuple


class Decided(NamedTuple):
    """Name a condition that an assumption decided, and how."""

    path: str
    line: int
    text: str
    holds: bool


class Assumed(NamedTuple):
    """Hold an assumption as the user wrote it, with what it decided: nothing where it matched nothing."""

    text: str
    decided: tuple[Decided, ...]
