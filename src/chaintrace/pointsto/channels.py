"""Channels: what one function puts into a queue-like object, another one gets out of it.

Models record the two ends as ports while the solver runs. Afterwards the ports of one channel object are
joined: each put leads to the functions that consume what the gets give.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.consumers import Consumers, Handover
from chaintrace.pointsto.mailboxes import Mailboxes
from chaintrace.pointsto.objects import Channel, Class, Instance, ModuleObject, Object, String
from chaintrace.pointsto.owners import Owners
from chaintrace.pointsto.ports import Port
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


@dataclass(slots=True)
class Sending:
    """Join a put with one consumer: the activation reached at the end of `handovers`.

    Where `handovers` is empty, the function that gets the message consumes it.
    """

    put: Port
    got: Port
    consumer: Activation
    handovers: tuple[Handover, ...]


def sendings(analysis: "Analysis") -> Iterator[Sending]:
    """Yield every way from a put to a consumer."""
    consumers = Consumers(analysis)
    for puts, gets in chain(_between_kinds(analysis), Mailboxes(analysis).pairs()):
        for got in gets:
            for consumer, handovers in consumers.of(got):
                for put in puts:
                    if put.held is not got.held or not isinstance(put.channel, Channel):
                        yield Sending(put, got, consumer, handovers)


def _between_kinds(analysis: "Analysis") -> Iterator[tuple[list[Port], list[Port]]]:
    """Yield the ends of each channel.

    Where sockets of two kinds meet at an address, those of one kind are many and do not talk to each other.
    """
    found = list(analysis.ports.by_channel())
    mixed = {_place(puts[0].channel) for puts, _gets in found if _kinds(puts[0].channel) == "two"}
    for puts, gets in found:
        channel = puts[0].channel
        if _kinds(channel) != "one" or _place(channel) not in mixed:
            yield puts, gets


def _kinds(channel: Object) -> str:
    """Say whether a channel is between sockets of `one` kind or `two`, "" for all other channels."""
    giver, arrow, taker = channel.transport.partition("→") if isinstance(channel, Channel) else ("", "", "")
    return "" if not arrow else "one" if giver.rpartition(" ")[2] == taker else "two"


def messages_of(port: Port) -> tuple[str, ...]:
    """Return the short names of the classes of what is put, the program's own where there are any."""
    own: set[str] = set()
    foreign: set[str] = set()
    for obj in port.value.points_to if port.value is not None else ():
        if isinstance(obj, Instance):
            if isinstance(obj.cls, Class):
                own.add(obj.cls.code.name.rpartition(".")[2])
            else:
                foreign.add(obj.cls.path.rpartition(".")[2])
    return tuple(sorted(own or foreign))


def name_of(port: Port, owners: Owners) -> str:
    """Return the name of a channel as seen from one end: of the attribute or variable that holds it.

    The nearest attribute counts, then the nearest module variable; "" where neither holds it.
    """
    if isinstance(port.channel, Channel):
        found = [_nearest(*opening, owners) for opening in port.channel.openings]
        named = [name for name, is_attribute in found if is_attribute] or [name for name, _ in found if name]
        return named[0] if named else _text(port.channel)
    name, _ = _nearest(port.holder, port.held, owners)
    return name


def _nearest(variable: Variable | None, obj: Object, owners: Owners) -> tuple[str, bool]:
    """Return the name of what holds an object, and whether that is an attribute."""
    spare = ""
    for owner, name in _holders(variable, obj):
        if isinstance(owner, Instance | Class) and not name.startswith(("[", "'", "#")):
            cls = owner.cls if isinstance(owner, Instance) else owner
            full = owners.attribute(cls, name) if isinstance(cls, Class) else f"{cls.path}.{name}"
            return ".".join((full or name).split(".")[-2:]), True
        if not spare and isinstance(owner, ModuleObject):
            spare = f"{owner.name}.{name}"
    return spare, False


def addresses_of(port: Port) -> tuple[str, ...]:
    """Return the addresses, of this channel, that the socket of a port was opened at.

    Each is named by what is known of it, else by the attribute or module variable that held it first.
    """
    if not isinstance(port.channel, Channel):
        return ()
    found: dict[str, None] = {}
    for (variable, obj), sockets in port.channel.openings.items():
        if port.held in sockets:
            found[_first_holder(variable, obj) or _spelled(obj) or port.channel.name] = None
    return tuple(sorted(found))


def _first_holder(variable: Variable, obj: Object) -> str:
    if isinstance(obj, String) and not obj.open_end:
        return obj.value
    names = [
        f"{_class_name(owner)}.{name}" if isinstance(owner, Instance | Class) else f"{owner.name}.{name}"
        for owner, name in _holders(variable, obj)
        if isinstance(owner, Instance | Class | ModuleObject) and name.isidentifier()
    ]
    return names[-1] if names else ""


def _class_name(owner: Instance | Class) -> str:
    cls = owner.cls if isinstance(owner, Instance) else owner
    return cls.code.block.name if isinstance(cls, Class) else cls.path


def _text(channel: Channel) -> str:
    """Return the address that opened a channel, as far as it is known."""
    found = [_spelled(obj) for _variable, obj in channel.openings if isinstance(obj, String)]
    return found[0] if found else channel.name


def _spelled(obj: Object) -> str:
    if not isinstance(obj, String):
        return ""
    return f"{obj.value}…{obj.ending}" if obj.open_end else obj.value


def _holders(variable: Variable | None, obj: Object) -> Iterator[tuple[object, str]]:
    """Yield the fields and cells through which a variable came to hold an object, nearest first."""
    seen: set[Variable] = set()
    while variable is not None and variable not in seen:
        seen.add(variable)
        owner, name = variable.what
        if isinstance(name, str):
            yield owner, name
        cause = variable.points_to.get(obj)
        variable = cause if not isinstance(cause, Reason) else None


def place_of(port: Port) -> str:
    """Return the name of the parameter that holds a channel, else where the channel was made."""
    variable = port.holder
    if variable is not None:
        owner, register = variable.what
        if isinstance(owner, Activation) and isinstance(register, int):
            parameters = owner.code.block.parameters
            if register < len(parameters):
                return parameters[register].name
    made = port.channel.site if isinstance(port.channel, Instance) else None
    if made is None:
        return ""
    activation, site = made
    line = activation.code.module.facts.sites[site].line
    return f"{activation.code.module.path.rpartition('/')[2]}:{line}"


def _place(channel: Object) -> object:
    """Return the address of a channel, without the side of it that binds."""
    address = channel.address if isinstance(channel, Channel) else None
    return address[0] if isinstance(address, tuple) else address
