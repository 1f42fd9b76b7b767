"""What an edge is known by while edges are gathered: its key, and how strongly and from what it is known."""

from dataclasses import dataclass
from typing import NamedTuple

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.ir.location import Span
from chaintrace.pointsto.analysis import AttributeFact, CallFact
from chaintrace.pointsto.channels import Sending
from chaintrace.pointsto.objects import Object
from chaintrace.pointsto.ports import Port
from chaintrace.pointsto.variables import Variable

Key = tuple[str, str, EdgeKind, Span, tuple[str, str, Span] | tuple[()]]
"""Source, target, kind and site; for a `send` edge the channel too, as (name, transport, site of the get)."""

Fact = tuple[Variable | None, Object | None]
NOTHING: Fact = (None, None)


@dataclass(slots=True)
class Captured:
    """Say that an edge is the use of a captured local, which is this variable."""

    variable: Variable


@dataclass(slots=True)
class Returned:
    """Say that an edge is the way back of a message from the function that got it at a port."""

    got: Port


Origin = CallFact | AttributeFact | Sending | Returned | Captured
"""What the record of the analysis says of an edge."""


class Known(NamedTuple):
    """Say how an edge is known, in which words, and from what."""

    resolution: Resolution
    flags: tuple[str, ...] = ()
    origin: Origin | None = None


def fact_of(origin: Origin | None) -> Fact:
    """Return the fact that an edge rests on."""
    match origin:
        case CallFact() | AttributeFact():
            return origin.via, origin.evidence
        case Sending():
            return origin.put.holder, origin.put.held
        case Returned():
            return origin.got.holder, origin.got.held
        case Captured():
            return origin.variable, next(iter(origin.variable.points_to), None)
        case _:
            return NOTHING
