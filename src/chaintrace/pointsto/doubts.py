"""Doubts: what hops need of the message that a chain brings along, and what puts and calls hand on of it.

These rules refute nothing. A chain whose own message they exclude is kept, marked and ranked last: messages
may be kept for later, and what is known of them here knows nothing of that.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, cast

from chaintrace.graph.edges import EdgeKind
from chaintrace.graph.replay import Gift, Replay, Rule
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import CallFact
from chaintrace.pointsto.arrivals import Arrivals, stops
from chaintrace.pointsto.carried import Carried
from chaintrace.pointsto.channels import Sending
from chaintrace.pointsto.handing import Handed, handed_over
from chaintrace.pointsto.leading import leads
from chaintrace.pointsto.letters import EARLIER, UNKNOWN, Letters, Literal
from chaintrace.pointsto.objects import Class, Instance, Object, String
from chaintrace.pointsto.origins import Objects, Origin
from chaintrace.pointsto.receivers import writers
from chaintrace.pointsto.replays import NO_RULE
from chaintrace.pointsto.variables import Variable
from chaintrace.project.order import may_follow, runs_at, stands_in

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis, AttributeFact

_DEEPEST = 8  # calls through which a message is followed
_MOST = 5_000  # parameters of activations that are followed
Needed = dict[Variable, Objects]


class Doubts:
    """Write down what hops need of messages, and what they hand on."""

    def __init__(self, analysis: "Analysis", sendings: list[Sending]) -> None:
        self.analysis = analysis
        self.sendings = sendings
        self.letters = Letters(analysis)
        self.arrivals = Arrivals(sendings)
        self.carried = Carried(analysis, self.arrivals, self.letters)
        self.fed: dict[Activation, dict[Variable, None]] = {}
        self.matter: dict[Activation, dict[Variable, None]] = {}
        self._handed: dict[int, Handed] = {}
        self._inputs: dict[Variable, int] = {}
        self._objects: dict[Object, int] = {}
        self._rules: dict[Rule, int] = {}

    def prepare(self, calls: Iterable[CallFact], accesses: "Iterable[AttributeFact]") -> None:
        """Find what messages reach, and the inputs that matter for what they are needed for."""
        for sending in self.sendings:
            self._put(sending)
        self.letters.close()
        self.carried.forget()
        self._feed()
        entered: dict[Activation, list[CallFact]] = {}
        pending: list[tuple[Activation, Variable]] = []
        for call in calls:
            if isinstance(call.target, Activation):
                entered.setdefault(call.target, []).append(call)
            if call.caller in self.fed or call.caller in self.arrivals.of:
                pending += ((call.caller, held) for held in self._needs_of(call))
        for access in accesses:
            if access.caller in self.fed or access.caller in self.arrivals.of:
                pending += ((access.caller, held) for held in self._needs_at(access.caller, access.site))
        for sending in self.sendings:
            put = sending.put
            pending += ((put.activation, held) for held in self._needs_at(put.activation, put.site))
            for one in sending.handovers:
                pending += ((one.giver, held) for held in self._needs_at(one.giver, one.given))
        self._spread(pending, entered)

    # What messages reach

    def _feed(self) -> None:
        """Follow messages from where they arrive through plain calls."""
        pending = [
            (one.activation, held, 0)
            for several in self.arrivals.of.values()
            for one in several
            for held in (one.input, *one.parts.values())
            if one.register >= 0
        ]
        count = 0
        while pending and count < _MOST:
            activation, held, depth = pending.pop()
            known = self.fed.setdefault(activation, {})
            if held in known:
                continue
            known[held] = None
            count += 1
            if depth < _DEEPEST:
                pending += ((*found, depth + 1) for found in self._passed_on(activation, held))

    def _passed_on(self, activation: Activation, held: Variable) -> Iterator[tuple[Activation, Variable]]:
        for facts in self.analysis.record.made.get(activation.number, {}).values():
            for fact in facts:
                if not isinstance(fact.target, Activation) or fact.arguments is None:
                    continue
                for register in range(len(fact.target.code.block.parameters)):
                    target = self.carried.input_of(fact.target, register)
                    gift = self._gift(fact, target) if target is not None else None
                    if target is not None and gift is not None and held in gift.through:
                        yield fact.target, target

    def _spread(
        self, pending: list[tuple[Activation, Variable]], entered: dict[Activation, list[CallFact]]
    ) -> None:
        """Go back from the inputs that matter to those that fill them."""
        arriving: dict[Variable, list[tuple[Activation, Origin]]] = {}
        for sending in self.sendings:
            places = list(stops(sending))
            for stop in range(len(places)):
                for held, origin in self._arriving(sending, stop):
                    arriving.setdefault(held, []).append((sending.put.activation, origin))
            for stop, (giver, _site) in enumerate(places[:-1]):
                for held, origin in self._handed_on(sending, stop):
                    arriving.setdefault(held, []).append((giver, origin))
        count = 0
        while pending and count < _MOST:
            activation, held = pending.pop()
            known = self.matter.setdefault(activation, {})
            if held in known:
                continue
            known[held] = None
            count += 1
            found = list(arriving.get(held, ()))
            for call in entered.get(activation, ()):
                gift = self._gift(call, held)
                if gift is not None:
                    found.append((call.caller, gift))
            pending += ((caller, other) for caller, gift in found for other in gift.through)

    # Needs

    def _needs_of(self, fact: CallFact) -> Needed:
        """Return what messages must be for a call to be made, and to reach its target."""
        found = dict(self._needs_at(fact.caller, fact.site, self._run(fact)))
        for held, wanted in (*self._by_row(fact), *self._by_callee(fact)):
            known = found.get(held, wanted)
            found[held] = {obj: None for obj in wanted if obj in known}
        return found

    def _run(self, fact: CallFact) -> list[int]:
        """Return the sites at which what is called runs, none where that is not known."""
        if fact.kind is EdgeKind.CALLBACK or fact.through is not None:
            return []
        if isinstance(fact.target, Activation) and fact.kind is not EdgeKind.SPAWN:
            return runs_at(fact.caller.code, fact.site, fact.target.code)
        return [fact.site]

    def _needs_at(self, activation: Activation, site: int, run: Sequence[int] | None = None) -> Needed:
        """Return what messages must be for a site to run once they were received; what it starts at `run`."""
        code = activation.code
        found: Needed = {}
        if not stands_in(code, site):
            return found
        for arrival in self.arrivals.of.get(activation, ()):
            follows = [may_follow(code, arrival.site, at) for at in ((site,) if run is None else run)]
            if follows and not any(follows):
                found[arrival.input] = {EARLIER: None}
        for held, wanted in self._by_guards(activation, site):
            known = found.get(held, wanted)
            found[held] = {obj: None for obj in wanted if obj in known}
        return found

    def _by_guards(self, activation: Activation, site: int) -> Iterator[tuple[Variable, Objects]]:
        fed = self.fed.get(activation, {})
        guards = activation.code.module.facts.guards
        at = activation.code.module.facts.sites[site].guard if fed else -1
        while at >= 0:
            learned, at = guards[at].learned, guards[at].parent
            if learned is None or not learned.register < activation.code.block.registers:
                continue
            origin = self.carried.of(activation, activation.register(learned.register))
            if origin.objects or len(origin.through) != 1:
                continue
            for held, gives in origin.through.items():
                if held in fed:
                    yield (
                        held,
                        {
                            came: None
                            for came, given in gives.items()
                            if came is UNKNOWN
                            or any(self.letters.passes(o, learned, activation) for o in given)
                        },
                    )

    def _by_row(self, fact: CallFact) -> Iterator[tuple[Variable, Objects]]:
        """Yield what a walk through a table, or a look-up by class, lets pass to the target."""
        called = self.analysis.walks.called.get((fact.caller.number, fact.site), {})
        accepted: dict[int, Objects] = {}
        for handlers, passing in called.items():
            if any(leads(obj, fact) for obj in handlers.points_to):
                for register, held in passing.items():
                    accepted.setdefault(register, {}).update(dict.fromkeys(held.points_to))
        for register, passed in accepted.items():
            origin = self.carried.of(fact.caller, fact.caller.register(register))
            if passed and not origin.objects and len(origin.through) == 1:
                ((held, gives),) = origin.through.items()
                yield held, _leading(gives, passed)

    def _by_callee(self, fact: CallFact) -> Iterator[tuple[Variable, Objects]]:
        """Yield which messages lead to the target, where what is called comes with a message."""
        fed = self.fed.get(fact.caller, {})
        if fact.via is None or fact.is_mixed or fact.through is not None or not fed:
            return
        if fact.evidence is None or fact.evidence not in fact.via.points_to or not leads(fact.evidence, fact):
            return
        origin = self.carried.of(fact.caller, fact.via)
        if origin.objects or len(origin.through) != 1:
            return
        ((held, gives),) = origin.through.items()
        if held in fed:
            wanted = {came: None for came, given in gives.items() if any(leads(o, fact) for o in given)}
            if any(came is not UNKNOWN for came in wanted):
                yield held, {**wanted, UNKNOWN: None}

    # Gifts

    def _put(self, sending: Sending) -> Origin:
        """Return where what a sending puts comes from."""
        value = sending.put.value
        if value is None or sending.put.signal:
            return Origin({UNKNOWN: None})
        return self.carried.of(sending.put.activation, value)

    def _put_item(self, sending: Sending, key: str) -> Origin:
        """Return where an item of what a sending puts comes from, if it puts a tuple that it makes."""
        put, value = sending.put, sending.put.value
        register = value.what[1] if value is not None and value.what[0] is put.activation else -1
        made = put.activation.code.definitions.get(register) if isinstance(register, int) else None
        at = int(key[1:]) if key.startswith("#") and key[1:].isdigit() else -1
        if not isinstance(made, ops.Build) or made.kind != "tuple" or made.spreads or at < 0:
            return Origin({UNKNOWN: None})
        if at >= len(made.items) or len(writers(put.activation.code)[made.target]) != 1:
            return Origin({UNKNOWN: None})
        return self.carried.of(put.activation, put.activation.register(made.items[at][1]))

    def _arriving(self, sending: Sending, stop: int) -> Iterator[tuple[Variable, Origin]]:
        """Yield what a sending gives to the inputs of one of the places where its message arrives."""
        arrival = self.arrivals.at(list(stops(sending))[stop])
        yield arrival.input, self._put(sending)
        for key, held in arrival.parts.items():
            yield held, self._put_item(sending, key)

    def _handed_on(self, sending: Sending, stop: int) -> Iterator[tuple[Variable, Origin]]:
        """Yield what one place hands on to the next where a message arrives: all of it."""
        before, after = (self.arrivals.at(place) for place in list(stops(sending))[stop : stop + 2])
        yield after.input, self.carried.same(before.input)
        for key, held in after.parts.items():
            yield held, self.carried.same(before.parts[key])

    def _gift(self, fact: CallFact, target: Variable) -> Origin | None:
        """Return where what a call gives to a parameter comes from; None where it is not known."""
        if fact.arguments is None or fact.through is not None or target.what[0] is not fact.target:
            return None
        handed = self._handed.get(id(fact))
        if handed is None:
            handed = self._handed[id(fact)] = handed_over(self.analysis, fact)
        sources = handed.of(target)
        found = Origin()
        if sources is not None and not sources:
            env, default = handed.default(target) or (fact.caller, Variable((None, "unknown")))
            found.join(self.carried.of(env, default))
        for source in sources or ():
            if isinstance(source, Object):
                found.objects[source] = None
            else:
                found.join(self.carried.of(fact.caller, source))
        return found if sources is not None and UNKNOWN not in found.objects else None

    # Rules

    def rule(self, fact: "CallFact | AttributeFact") -> int:
        """Return the number of the rule of a call or access; -1 where it needs and tells nothing."""
        if not isinstance(fact, CallFact):
            return self._number(self._needs_at(fact.caller, fact.site), [])
        gifts = []
        for held in self.matter.get(fact.target, ()) if isinstance(fact.target, Activation) else ():
            gift = self._gift(fact, held)
            if gift is not None:
                gifts.append((held, gift))
        followed = fact.caller in self.fed or fact.caller in self.arrivals.of
        return self._number(self._needs_of(fact) if followed else {}, gifts)

    def of_put(self, sending: Sending, stop: int) -> int:
        """Return the rule of the hop from a put to one of the places where its message arrives."""
        needs = self._needs_at(sending.put.activation, sending.put.site)
        return self._number(needs, self._mattering(self._arriving(sending, stop)), self._kept(sending, stop))

    def _kept(self, sending: Sending, stop: int) -> tuple[tuple[Variable, Objects], ...]:
        """Return two needs that nothing meets where a function on the way does not hand the message on."""
        given = self._put(sending)
        for place, handover in zip(list(stops(sending))[:stop], sending.handovers, strict=False):
            held = self.arrivals.at(place).input
            wanted = self._needs_at(handover.giver, handover.given).get(held)
            if wanted is not None and not given.through and not any(obj in wanted for obj in given.objects):
                return (held, wanted), (held, given.objects)
        return ()

    def of_return(self, sending: Sending, stop: int) -> int:
        """Return the rule of the hop by which a place hands its message on to the next."""
        handover = sending.handovers[stop]
        needs = self._needs_at(handover.giver, handover.given)
        return self._number(needs, self._mattering(self._handed_on(sending, stop)))

    def _mattering(self, gifts: Iterable[tuple[Variable, Origin]]) -> list[tuple[Variable, Origin]]:
        """Return the gifts to inputs that matter."""
        return [
            (held, gift)
            for held, gift in gifts
            if held in self.matter.get(cast("Activation", held.what[0]), ())
        ]

    def _number(
        self,
        needs: Needed,
        gifts: list[tuple[Variable, Origin]],
        more: tuple[tuple[Variable, Objects], ...] = (),
    ) -> int:
        conditions = tuple(
            (self._input(held), self._numbers(wanted))
            for held, wanted in (*needs.items(), *more)
            if any(obj not in wanted for obj in self.carried.contents(held))
        )
        told = tuple(self._written(held, gift) for held, gift in gifts)
        if not conditions and not told:
            return NO_RULE
        rule = Rule((), told, conditions)
        return self._rules.setdefault(rule, len(self._rules))

    def _written(self, target: Variable, gift: Origin) -> Gift:
        through = []
        for source, gives in gift.through.items():
            same = all(list(given) == [came] for came, given in gives.items())
            pairs = (
                []
                if same
                else [(self._object(a), self._object(b)) for a, given in gives.items() for b in given]
            )
            if same or pairs:
                through.append((self._input(source), tuple(sorted(pairs))))
        return Gift(self._input(target), self._numbers(gift.objects), tuple(through))

    def finish(self, hops: tuple[int, ...]) -> Replay:
        """Return the rules as plain data; `hops` are the numbers of those of the graph's hops."""
        if not self._rules:
            return Replay()
        contents = tuple(self._numbers(self.carried.contents(held)) for held in self._inputs)
        names = tuple(_spelled(held) for held in self._inputs)
        return Replay(tuple(self._rules), hops, names, contents, tuple(_told(obj) for obj in self._objects))

    def _numbers(self, objects: Iterable[Object]) -> tuple[int, ...]:
        return tuple(sorted(self._object(obj) for obj in objects))

    def _object(self, obj: Object) -> int:
        return self._objects.setdefault(obj, len(self._objects))

    def _input(self, held: Variable) -> int:
        return self._inputs.setdefault(held, len(self._inputs))


def _leading(gives: dict[Object, Objects], wanted: Objects) -> Objects:
    """Return what may have come in where what it gives is wanted."""
    return {
        came: None for came, given in gives.items() if came is UNKNOWN or any(obj in wanted for obj in given)
    }


def _told(obj: Object) -> str:
    """Name what a message is: an instance by its class, "" for what stands for the unknown."""
    if isinstance(obj, Literal):
        return "" if obj.text.startswith(("some ", "an unknown")) else obj.text
    if isinstance(obj, Instance):
        name = obj.cls.code.block.name if isinstance(obj.cls, Class) else obj.cls.path.rpartition(".")[2]
        return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
    return repr(obj.value) if isinstance(obj, String) and not obj.open_end else obj.describe()


def _spelled(held: Variable) -> str:
    owner, name = held.what
    assert isinstance(owner, Activation)
    if isinstance(name, int):
        name = owner.code.block.parameters[name].name
    return f"{name} of {owner.code.name}"
