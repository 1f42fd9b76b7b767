"""Ports: the ends of channels, as models record them while the solver runs."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import Channel, Class, External, Instance, Object
from chaintrace.pointsto.variables import Variable


@dataclass(slots=True)
class Port:
    """Say that a site of one activation puts into a channel object, or gets from it.

    `value` holds what is put; `holder` is the variable in which the site finds `held`: the channel itself, or
    what names it. A `signal` tells a waiting function to go on. Where messages are taken all at once,
    `boxed` is the register of the list that holds them, else -1.
    """

    activation: Activation
    site: int
    channel: Object
    puts: bool
    transport: str
    value: Variable | None
    holder: Variable | None
    held: Object
    signal: bool = False
    boxed: int = -1


class Ports:
    """Hold the ports of an analysis in order of discovery, each once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, bool, Object], Port] = {}
        self._channels: dict[tuple[Hashable, str], Channel] = {}
        self._gets: set[tuple[int, int]] = set()

    def channel(self, address: Hashable, transport: str) -> Channel:
        """Return the channel between the ends that have an address in common."""
        found = self._channels.get((address, transport))
        if found is None:
            found = self._channels[address, transport] = Channel(address, transport)
        return found

    def add(self, port: Port) -> None:
        """Add a port unless it is known."""
        self._known.setdefault((port.activation.number, port.site, port.puts, port.channel), port)
        if not port.puts and not port.signal:
            self._gets.add((port.activation.number, port.site))

    def gets(self, activation: Activation, site: int) -> bool:
        """Say whether a site of an activation gets messages."""
        return (activation.number, site) in self._gets

    def by_channel(self) -> Iterator[tuple[list[Port], list[Port]]]:
        """Yield the puts and the gets of each channel that has both."""
        ends: dict[Object, tuple[list[Port], list[Port]]] = {}
        for port in self._known.values():
            ends.setdefault(port.channel, ([], []))[0 if port.puts else 1].append(port)
        for puts, gets in ends.values():
            if puts and gets:
                yield puts, gets


def transport_of(channel: Object) -> str:
    """Return what carries messages where a model says no more: the foreign class of the channel object."""
    if isinstance(channel, Channel):
        return channel.transport
    cls = channel.cls if isinstance(channel, Instance) else channel
    foreign = cls.mro if isinstance(cls, Class) else [cls]
    paths = [one.path for one in foreign if isinstance(one, External) and one.path != "builtins.object"]
    return paths[0] if paths else ""
