"""What an edge is known by while edges are gathered: its key, and how strongly and from what it is known."""

from typing import NamedTuple

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.ir.location import Span
from chaintrace.pointsto.objects import Object
from chaintrace.pointsto.variables import Variable

Key = tuple[str, str, EdgeKind, Span, tuple[str, str, Span] | tuple[()]]
"""Source, target, kind and site; for a `send` edge the channel too, as (name, transport, site of the get)."""

Fact = tuple[Variable | None, Object | None]


class Known(NamedTuple):
    """Say how an edge is known, in which words, and by which fact."""

    resolution: Resolution
    flags: tuple[str, ...] = ()
    fact: Fact = (None, None)
