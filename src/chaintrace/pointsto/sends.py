"""Send edges: from the function that puts into a channel to those that consume what comes out of it."""

from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.channels import Sending, addresses_of, messages_of, name_of, place_of
from chaintrace.pointsto.consumers import Handover
from chaintrace.pointsto.known import Known, Returned
from chaintrace.pointsto.objects import External
from chaintrace.pointsto.ports import Port
from chaintrace.pointsto.replays import NO_RULE
from chaintrace.pointsto.selves import is_on_self

if TYPE_CHECKING:
    from chaintrace.pointsto.graphing import Grapher

_End = tuple[str, int]
_MOST_GUARDS = 2  # conditions under which a consumer is called, told together


class Sends:
    """Add the send edges of a solved analysis to the other edges.

    Where the function that gets a message only hands it on, there are three edges: to the consumer, to the
    function that gets it (`relayed`), and from that one to the consumer (`returned`).
    """

    def __init__(self, grapher: "Grapher") -> None:
        self.grapher = grapher
        self._givers: dict[Activation, _End] = {}

    def gather(self) -> None:
        """Add all send edges."""
        for sending in self.grapher.sendings:
            self._add(sending)

    def _add(self, sending: Sending) -> None:
        grapher = self.grapher
        put, got, consumer = sending.put, sending.got, sending.consumer
        resolution = max(self._of_port(put), self._of_port(got))
        name = name_of(put, grapher.owners) or name_of(got, grapher.owners) or place_of(put)
        channel = (name, put.transport, grapher.sites.span(got.activation.code, got.site))
        messages = messages_of(put)
        last = (consumer.code.name, consumer.number)
        givers = [self._giver(handover.giver) for handover in sending.handovers]
        signal = ("signal",) if put.signal else ()
        flags: tuple[str, ...] = signal
        when = self._when(sending)
        span = grapher.sites.span(put.activation.code, put.site)
        for (end, number), stop in [(last, len(givers)), *((giver, 0) for giver in givers[:1])]:
            key = (put.activation.code.name, end, EdgeKind.SEND, span, channel)
            grapher.add(key, Known(resolution, flags, sending), put.activation, put.site)
            ends = grapher.parts(consumer) if number == consumer.number else [number]
            doubt = grapher.doubts.of_put(sending, stop)
            for start in grapher.parts(put.activation):
                for at in ends:
                    grapher.hop((start, at, key), NO_RULE, doubt)
            grapher.messages.setdefault(key, set()).update(messages)
            sent_at, received_at = grapher.addresses.setdefault(key, (set(), set()))
            sent_at.update(addresses_of(put))
            received_at.update(addresses_of(got))
            gets = grapher.sites.guard(got.activation.code, got.site)
            grapher.receive_guards.setdefault(key, gets if "relayed" in flags else when)
            row = self._consumed(sending) if end == consumer.code.name else -1
            if grapher.consumed.setdefault(key, row) != row:
                grapher.consumed[key] = -1
            conditions = self._conditions(sending) if end == consumer.code.name else ()
            if grapher.received.setdefault(key, conditions) != conditions:
                grapher.received[key] = ()
            flags = ("relayed", *signal)
        takers = [*givers[1:], last]
        for stop, (giver, taker) in enumerate(zip(givers, takers, strict=False)):
            self._return(sending, stop, giver, taker, name)

    def _return(self, sending: Sending, stop: int, giver: _End, taker: _End, name: str) -> None:
        sites, got, handover = self.grapher.sites, sending.got, sending.handovers[stop]
        channel = (name, "return", sites.span(handover.taker.code, handover.taken))
        span = sites.span(handover.giver.code, handover.given)
        key = (giver[0], taker[0], EdgeKind.SEND, span, channel)
        known = Known(self._of_port(got), ("returned",), Returned(got))
        self.grapher.add(key, known, handover.giver, handover.given)
        own = self._is_own(handover)
        self.grapher.own_returns[key] = own and self.grapher.own_returns.get(key, True)
        ends = self.grapher.parts(handover.taker) if taker[1] == handover.taker.number else [taker[1]]
        doubt = self.grapher.doubts.of_return(sending, stop)
        for end in ends:
            self.grapher.hop((giver[1], end, key), NO_RULE, doubt)

    def _when(self, sending: Sending) -> str:
        """Return under which condition a consumer runs, and gets the message once it does."""
        sites, consumer = self.grapher.sites, sending.consumer
        site = sending.handovers[-1].taken if sending.handovers else sending.got.site
        calls = self.grapher.analysis.record.entered.get(consumer.number, ())
        guards = {
            sites.guard(call.caller.code, call.site): None
            for call in calls
            if call.caller.code is not consumer.code
        }
        runs = " or ".join(sorted(guards)) if 0 < len(guards) <= _MOST_GUARDS and "" not in guards else ""
        gets = sites.guard(consumer.code, site)
        runs = f"({runs})" if gets and len(guards) > 1 and runs else runs
        return " and ".join(part for part in (runs, gets) if part)

    def _consumed(self, sending: Sending) -> int:
        """Return the row of the condition under which alone a consumer is called, -1 for none."""
        calls = self.grapher.analysis.record.entered.get(sending.consumer.number, ())
        rows = {self.grapher.sites.condition(call.caller.code, call.site) for call in calls}
        return rows.pop() if len(rows) == 1 else -1

    def _conditions(self, sending: Sending) -> tuple[tuple[int, str], ...]:
        """Return the conditions under which the consumer itself gets a message, with their functions."""
        sites = self.grapher.sites
        passed = [(sending.got.activation.code, sending.got.site)]
        for handover in sending.handovers:
            if not self._is_own(handover):
                passed.clear()
            passed.append((handover.taker.code, handover.taken))
        found = ((sites.condition(code, site), code.name) for code, site in reversed(passed))
        return tuple((row, name) for row, name in found if row >= 0)

    def _is_own(self, handover: Handover) -> bool:
        """Say whether a method gives a message back to another method of the same object."""
        analysis = self.grapher.analysis
        facts = analysis.record.made.get(handover.taker.number, {}).get(handover.taken, ())
        calls = [fact for fact in facts if fact.target is handover.giver]
        return bool(calls) and all(is_on_self(analysis, fact) for fact in calls)

    def _of_port(self, port: Port) -> Resolution:
        """Return how an end of a channel is known: as the call is that puts or gets."""
        calls = self.grapher.analysis.record.made.get(port.activation.number, {}).get(port.site, ())
        found = [self.grapher.resolver.of_call(call) for call in calls if isinstance(call.target, External)]
        return max(Resolution.MODELLED, min(found, default=Resolution.MODELLED))

    def _giver(self, activation: Activation) -> _End:
        """Return an activation of its own for a function that hands messages on.

        Else a path could enter through one caller and leave with a message that another one waits for.
        """
        found = self._givers.get(activation)
        if found is None:
            grapher = self.grapher
            found = self._givers[activation] = (activation.code.name, len(grapher.activations))
            grapher.activations.append(activation.code.name)
            grapher.receivers.append(grapher.receivers[activation.number])
            grapher.labels.append(grapher.labels[activation.number])
        return found
