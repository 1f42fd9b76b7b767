"""Meetings: both ends of a connection, joined where they name the same address.

Of an address there are two channels, from the end that connects to the one that listens and back, and a
signal: connecting lets the other end accept. Rows of a table say what writes and what reads.
"""

from collections.abc import Callable

from chaintrace.plugins.addresses import Address, Parts
from chaintrace.pointsto.models import Invocation
from chaintrace.pointsto.objects import Channel, Object
from chaintrace.pointsto.variables import Variable

ANSWERS = {"in": "out", "out": "in"}
"""The ways of an address's two channels, as the end that connects sees them, each with the other end's."""


def when_known(
    call: Invocation, find: Callable[[Parts], list[Address]], act: Callable[[Address], None]
) -> None:
    """Do something for each address that a call may mean, as soon as that is known."""
    done: dict[tuple[object, ...], None] = {}

    def look() -> bool:
        parts = call.analysis.of_plugins.setdefault(Parts, Parts(call.analysis))
        assert isinstance(parts, Parts)
        for address in find(parts):
            if address.parts not in done:
                done[address.parts] = None
                act(address)
        return False

    call.analysis.last.append(look)


def channel_of(call: Invocation, address: Address, way: str, end: Object) -> Channel:
    """Return the channel of an address that goes one way: `out` of the end that connects, or `in` to it."""
    found = call.analysis.ports.channel((address.parts, way), "socket")
    found.name = address.text
    opened(call, found, end)
    return found


def opened(call: Invocation, channel: Object, end: Object) -> None:
    """Note that a socket was opened at the address of a channel."""
    if isinstance(channel, Channel):
        channel.openings.setdefault((call.temporary("opening"), end), {})[end] = None


def join(call: Invocation, end: Object, address: Address, *, connects: bool) -> None:
    """Make an object an end of the channels of an address."""
    for way, other in ANSWERS.items():
        channel = channel_of(call, address, way if connects else other, end)
        call.analysis.add(call.analysis.field(end, f"[{way}]"), channel, call.reason)


def knock(call: Invocation, end: Object, address: Address) -> None:
    """Let the end that listens at an address go on."""
    channel = channel_of(call, address, "connect", end)
    call.port(channel, puts=True, signal=True, holder=(call.temporary("opening"), end))


def holding(call: Invocation, obj: Object, tag: object) -> Variable:
    """Return a variable of a call that holds one object; `tag` tells it from the call's others."""
    found = call.temporary(("holding", tag))
    call.analysis.add(found, obj, call.reason)
    return found
