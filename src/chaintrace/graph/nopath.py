"""Why there is no path, as plain data: where a search stopped, and what would connect the two ends."""

from dataclasses import dataclass
from typing import NamedTuple

from chaintrace.graph.edges import Resolution, Symbol, Unresolved
from chaintrace.graph.paths import Path, Refuted
from chaintrace.ir.location import Span


class Missing(NamedTuple):
    """Be an edge that the graph does not have: its ends and site, how it would be known, why it may be."""

    source: str
    target: str
    site: Span
    text: str
    resolution: Resolution
    reason: str


class Bridge(NamedTuple):
    """Be one or two missing edges that together connect the start and the target."""

    edges: tuple[Missing, ...]


class Stop(NamedTuple):
    """Be where a search stopped, how many hops away, with the calls there whose target is not known.

    `path` leads there, None for a start.
    """

    symbol: Symbol
    distance: int
    unresolved: tuple[Unresolved, ...] = ()
    path: Path | None = None


@dataclass(frozen=True)
class NoPath:
    """Hold why nothing leads from the sources to the targets.

    `path` is there where something does after all. `reached` and `leading` count the functions that the
    sources feasibly lead to and those that lead to the targets. `frontier` are the most telling places where
    the search from the sources stopped, `approach` where that from the targets did. `bridges` are edges that
    would connect them, the likeliest first. `is_end` says that the sources call nothing that was read,
    `is_uncalled` that nothing calls (reads, writes) the targets, `is_bounded` that a limit of work made the
    search from the sources leave ways out.
    """

    sources: tuple[Symbol, ...]
    targets: tuple[Symbol, ...]
    path: Path | None
    reached: int = 0
    leading: int = 0
    frontier: tuple[Stop, ...] = ()
    approach: tuple[Stop, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    refuted: tuple[Refuted, ...] = ()
    refutations: int = 0
    is_end: bool = False
    is_uncalled: bool = False
    is_bounded: bool = False
