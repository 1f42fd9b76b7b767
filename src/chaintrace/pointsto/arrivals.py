"""Arrivals: the places where messages come into a function, and the registers that then hold them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.channels import Sending
from chaintrace.pointsto.objects import Object
from chaintrace.pointsto.receivers import writers
from chaintrace.pointsto.variables import Variable
from chaintrace.pointsto.walks import origin
from chaintrace.project.modules import Code, once_per_code

Place = tuple[Activation, int]


@dataclass(slots=True)
class Arrival:
    """Say that messages come into an activation at a site.

    `input` stands for them in a replay, `parts` for those items of theirs that are used here or further on,
    by key; `register` holds them (-1: not certain).
    """

    activation: Activation
    site: int
    input: Variable
    register: int
    parts: dict[str, Variable] = field(default_factory=dict)

    @property
    def line(self) -> int:
        """Return the line of the site."""
        return self.activation.code.module.facts.sites[self.site].line if self.site >= 0 else 0

    def part(self, key: str, held: Iterable[Object]) -> Variable:
        """Return the input that stands for an item of the messages, which may be any of `held`."""
        found = self.parts.get(key)
        if found is None:
            name = f"item {key[1:]} of the message at line {self.line}"
            found = self.parts[key] = Variable((self.activation, name))
            found.points_to = {}
        found.points_to.update(dict.fromkeys(held, found))
        return found


class Arrivals:
    """Know all arrivals of a solved analysis."""

    def __init__(self, sendings: Iterable[Sending]) -> None:
        self._by_place: dict[Place, Arrival] = {}
        self.of: dict[Activation, list[Arrival]] = {}
        self._items: dict[tuple[Activation, int], Variable] = {}
        several = list(sendings)
        for sending in several:
            put = sending.put.value.points_to if sending.put.value is not None else {}
            for place in stops(sending):
                arrival = self._note(place)
                if any(obj not in arrival.input.points_to for obj in put):
                    arrival.register = -1
        for arrival in self._by_place.values():
            self._note_parts(arrival)
        for sending in several:
            passed = [self._by_place[place] for place in stops(sending)]
            for after, before in pairwise(reversed(passed)):
                for key, held in after.parts.items():
                    before.part(key, held.points_to)

    def _note_parts(self, arrival: Arrival) -> None:
        """Find the registers that take items of the messages."""
        activation, code = arrival.activation, arrival.activation.code
        for op in code.block.operations if arrival.register >= 0 else ():
            found: dict[int, str] = {}
            if isinstance(op, ops.Unpack) and op.star < 0 and origin(code, op.source) == arrival.register:
                found = {register: f"#{at}" for at, register in enumerate(op.targets)}
            elif isinstance(op, ops.LoadItem) and op.constant and origin(code, op.base) == arrival.register:
                found = {op.target: op.constant}
            for register, key in found.items():
                if len(writers(code)[register]) == 1:
                    part = arrival.part(key, activation.register(register).points_to)
                    self._items[activation, register] = part

    def at(self, place: Place) -> Arrival:
        """Return the arrival at a place where there is one."""
        return self._by_place[place]

    def input_in(self, activation: Activation, register: int) -> Variable | None:
        """Return the input whose messages, or items of messages, a register holds."""
        held = next((one.input for one in self.of.get(activation, ()) if one.register == register), None)
        return held if held is not None else self._items.get((activation, register))

    def _note(self, place: Place) -> Arrival:
        found = self._by_place.get(place)
        if found is None:
            activation, site = place
            register = register_at(activation.code, site)
            held = Variable((activation, "message"))
            if register >= 0:
                held.points_to = activation.register(register).points_to
            found = self._by_place[place] = Arrival(activation, site, held, register)
            held.name = f"message at line {found.line}"
            self.of.setdefault(activation, []).append(found)
        return found


def stops(sending: Sending) -> Iterator[Place]:
    """Yield where a message comes into a function on its way from a put to its consumer, that one last."""
    first = sending.handovers[0].giver if sending.handovers else sending.consumer
    yield first, sending.got.site
    for handover in sending.handovers:
        yield handover.taker, handover.taken


def register_at(code: Code, site: int) -> int:
    """Return the register that takes what a call or a turn of a loop gives, awaited where that is."""
    register = _received(code).get(site, -1)
    return code.aliases.get(register, register)


@once_per_code
def _received(code: Code) -> dict[int, int]:
    awaited = {op.source: op.target for op in code.block.operations if isinstance(op, ops.Await)}
    found: dict[int, int] = {}
    for op in code.block.operations:
        if isinstance(op, ops.Call | ops.Iterate):
            found[op.site] = -1 if op.site in found else awaited.get(op.target, op.target)
    return found
