"""Rules of hops: what each call needs to have come in and what it hands on, for paths to be tried out with.

Only what tells callers apart is written down: beginning with the calls that go to several targets by what an
input holds, and from there backwards to the calls that fill such inputs.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from chaintrace.graph.replay import MORE, Gift, Replay, Rule
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.closures import closes_over, is_made_here, parameter_of, stores_of
from chaintrace.pointsto.handing import Handed, handed_over
from chaintrace.pointsto.leading import leads, receivers_of
from chaintrace.pointsto.objects import BoundMethod, Class, Instance, Object, Opaque
from chaintrace.pointsto.origins import Objects, Origin, Origins
from chaintrace.pointsto.partly import is_literal, is_partly_known
from chaintrace.pointsto.receivers import Kind, Receivers
from chaintrace.pointsto.sites import Sites
from chaintrace.pointsto.tested import Tested, more_in
from chaintrace.pointsto.variables import Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis, AttributeFact, CallFact

NO_RULE = -1
_NONE: frozenset[int] = frozenset()
_Inputs = dict[Variable, None]


class Rules:
    """Write down the rules of the hops of a solved analysis."""

    def __init__(self, analysis: "Analysis", receivers: Receivers) -> None:
        self.analysis = analysis
        self.receivers = receivers
        self.origins = Origins(analysis)
        self.matter: dict[Activation, _Inputs] = {}
        self._needs: dict[tuple[int, Kind | None], dict[Variable, Objects]] = {}
        self._gifts: dict[tuple[int, Variable], Origin | None] = {}
        self._handed: dict[int, Handed] = {}
        self._closures: dict[tuple[Variable, Variable], Variable] = {}
        self._rules: dict[Rule, int] = {}
        self._inputs: dict[Variable, int] = {}
        self.tested = Tested(analysis)
        self._input_names: list[str] = []
        self._objects: dict[Object, int] = {}

    def prepare(self, calls: "list[CallFact]", accesses: "list[AttributeFact]") -> None:
        """Find the needs of all calls and accesses, and the inputs that matter for them."""
        entered: dict[object, list[CallFact]] = {}
        for call in calls:
            if isinstance(call.target, Activation):
                entered.setdefault(call.target, []).append(call)
        pending = [
            needed
            for several in (_choices(calls), _choices(accesses))
            for fact in several
            for needed in self._note_needs(fact)
        ]
        facts: list[CallFact | AttributeFact] = [*calls, *accesses]
        pending += [
            (fact.caller, source) for fact in facts for source, _ in self.tested.of(fact.caller, fact.site)
        ]
        while pending:
            activation, source = pending.pop()
            known = self.matter.setdefault(activation, {})
            if source in known:
                continue
            known[source] = None
            for call in entered.get(activation, ()):
                gift = self._gift(call, source)
                if gift is not None:
                    pending += [(call.caller, other) for other in gift.through]

    def _note_needs(self, fact: "CallFact | AttributeFact") -> list[tuple[Activation, Variable]]:
        """Keep what a fact needs, for each class of receivers; return the inputs that it needs."""
        found = []
        for cls in self.receivers.split(fact.caller):
            needs = self._find_needs(fact, cls)
            if needs:
                self._needs[id(fact), cls] = needs
                found += [(fact.caller, source) for source in needs]
        return found

    def rule(self, fact: "CallFact | AttributeFact", start: Kind | None, end: Kind | None) -> int:
        """Return the number of the rule of a hop between two parts; -1 where it needs and tells nothing."""
        needs = self._needs.get((id(fact), start), {})
        target = getattr(fact, "target", None)
        gifts = []
        for source in self.matter.get(target, ()) if isinstance(target, Activation) else ():
            gift = self._gift(cast("CallFact", fact), source)
            if gift is not None:
                assert isinstance(target, Activation)
                kept = self._group(target, source, end)
                gifts.append(self._written(cast("CallFact", fact), source, gift, kept))
        tested = self.tested.of(fact.caller, fact.site)
        if not needs and not gifts and not tested:
            return NO_RULE
        rule = Rule(
            tuple((self._input(source), self._numbers(objects)) for source, objects in needs.items()),
            tuple(gifts),
            tuple((self._input(source), self._numbers(objects)) for source, objects in tested),
        )
        return self._rules.setdefault(rule, len(self._rules))

    def finish(self, hops: tuple[int, ...], sites: Sites) -> Replay:
        """Return the rules as plain data; `hops` are the numbers of those of the graph's hops."""
        if not self._rules:
            return Replay()
        return Replay(
            tuple(self._rules),
            hops,
            tuple(self._input_names),
            tuple(self._numbers(source.points_to) for source in self._inputs),
            tuple(_described(obj, sites) for obj in self._objects),
        )

    # Needs

    def _find_needs(self, fact: "CallFact | AttributeFact", cls: Kind | None) -> dict[Variable, Objects]:
        """Return the inputs with the objects of which one must have come in to reach the target."""
        through = getattr(fact, "through", None)
        if through is not None and through[0].caller is fact.caller:
            fact = through[0]
        assert fact.via is not None
        origin = self.origins.of(fact.caller, fact.via)
        if not origin.through or not self._is_told(fact) or is_partly_known(fact.caller, fact.via):
            return {}
        if any(leads(obj, fact) for obj in origin.objects):
            return {}
        needs: dict[Variable, Objects] = {}
        for source, gives in origin.through.items():
            group = self._group(fact.caller, source, cls)
            possible = {came: None for came in gives if group is None or came in group}
            wanted = {came: None for came in possible if any(leads(obj, fact) for obj in gives[came])}
            if len(wanted) == len(possible):
                return {}
            if wanted:
                needs[source] = wanted
        return needs

    def _is_told(self, fact: "CallFact | AttributeFact") -> bool:
        """Say whether the call goes by its callee as `leads` tells it: at least its own evidence does."""
        via, evidence = fact.via, fact.evidence
        if via is None or evidence is None or fact.is_mixed:
            return False
        return evidence in via.points_to and leads(evidence, fact)

    def _group(
        self, activation: Activation, source: Variable, cls: Kind | None
    ) -> Mapping[Object, None] | None:
        """Return the receivers of a class where `source` is `self`, None for any other input."""
        if cls is None or source.what != (activation, 0) or activation.code.owner_class is None:
            return None
        return self.receivers.of(activation).get(cls)

    # Gifts

    def _gift(self, fact: "CallFact", target: Variable) -> Origin | None:
        """Return where what a call gives to an input of its target comes from; None where it is not known."""
        key = id(fact), target
        if key not in self._gifts:
            found = self._given(fact, target)
            self._gifts[key] = found.only(target.points_to) if found is not None else None
        return self._gifts[key]

    def _given(self, fact: "CallFact", target: Variable) -> Origin | None:
        callee = fact.target
        assert isinstance(callee, Activation)
        if fact.through is not None:
            outer, inner = fact.through
            last = self._gift(inner, target)
            return last.after(lambda source: self._gift(outer, source)) if last is not None else None
        owner, name = target.what
        if isinstance(owner, Variable):
            return self._in_closure(fact, owner, cast("Variable", name))
        if isinstance(owner, Activation) and owner is not callee:
            return self._captured(fact, target)
        if fact.first == 1 and name == 0 and owner is callee:
            return self._receiver(fact)
        return self._joined(fact.caller, self._sources(fact, target))

    def _sources(self, fact: "CallFact", target: Variable) -> "list[Variable | Object] | None":
        """Return what the arguments of a call fill an input from; None where it is not known."""
        if fact.arguments is None:
            return None
        handed = self._handed.get(id(fact))
        if handed is None:
            handed = self._handed[id(fact)] = handed_over(self.analysis, fact)
        if not fact.arguments.is_written and target not in handed.sources:
            return None  # code that was not read may pass more than is known
        return handed.of(target)

    def _joined(self, caller: Activation, sources: "list[Variable | Object] | None") -> Origin | None:
        """Return where what several sources hold comes from; None where one of them may hold anything."""
        if sources is None:
            return None
        found = Origin()
        for source in sources:
            if isinstance(source, Object):
                found.objects[source] = None
                continue
            if is_partly_known(caller, source):
                return None
            if any(isinstance(obj, Opaque) for obj in source.points_to) or not source.is_whole:
                return None
            if len(sources) == 1:
                return self.origins.of(caller, source)
            found.join(self.origins.of(caller, source))
        return found

    def _receiver(self, fact: "CallFact") -> Origin | None:
        """Return where the receiver of a method comes from: out of what is called."""
        if not self._is_told(fact):
            return None
        assert fact.via is not None
        if is_partly_known(fact.caller, fact.via):
            return None
        origin = self.origins.of(fact.caller, fact.via)
        found = Origin()
        for obj in origin.objects:
            receivers = receivers_of(obj, fact)
            if receivers is None:
                return None
            found.objects.update(receivers)
        for source, gives in origin.through.items():
            own = found.through[source] = {}
            for came, called in gives.items():
                given = [receivers_of(obj, fact) for obj in called]
                if None in given:
                    return None
                own[came] = {obj: None for some in given for obj in some or ()}
        return found

    # Captured locals

    def _captured(self, fact: "CallFact", captured: Variable) -> Origin | None:
        """Return what a captured local holds for a closure that is called."""
        if fact.via is None or fact.is_mixed:
            return None
        if is_made_here(fact.caller, fact.via):
            return self._stored(fact.caller, captured)
        parameter = parameter_of(fact.caller, fact.via)
        return self._through(parameter, captured) if parameter is not None else None

    def _through(self, parameter: Variable, captured: Variable) -> Origin:
        """Return the origin of a captured local of the closure that came in through a parameter."""
        found = self._closures.get((parameter, captured))
        if found is None:
            found = self._closures[parameter, captured] = Variable((parameter, captured))
            found.points_to = captured.points_to
        return self.origins.same(found)

    def _in_closure(self, fact: "CallFact", parameter: Variable, captured: Variable) -> Origin | None:
        """Return what a captured local holds for the closure that a call hands to a parameter."""
        sources = self._sources(fact, parameter)
        if sources is None:
            return None
        found = Origin()
        for source in sources:
            one = self._of_closure(fact.caller, source, captured)
            if one is None:
                return None
            found.join(one)
        return found

    def _of_closure(
        self, caller: Activation, source: "Variable | Object", captured: Variable
    ) -> Origin | None:
        if isinstance(source, Object):
            return None if closes_over(source, captured) else Origin()
        if is_made_here(caller, source):
            return self._stored(caller, captured)
        parameter = parameter_of(caller, source)
        if parameter is not None:
            return self._through(parameter, captured)
        if not source.points_to and not is_literal(caller, source):
            return None
        return None if any(closes_over(obj, captured) for obj in source.points_to) else Origin()

    def _stored(self, caller: Activation, captured: Variable) -> Origin | None:
        """Return what a captured local holds in the run of its function that the caller is, or is in."""
        owner, name = cast("tuple[Activation, str]", captured.what)
        around: Activation | None = caller
        while around is not None and around is not owner:
            around = around.env
        if around is None:
            return None
        if caller is not owner:
            return self.origins.same(captured)
        stores = stores_of(owner.code, name)
        if any(code is not owner.code for code, _ in stores):
            return None
        return self._joined(owner, [owner.register(op.source) for _, op in stores if op.source >= 0])

    # Numbers

    def _written(
        self, fact: "CallFact", target: Variable, gift: Origin, kept: Mapping[Object, None] | None
    ) -> Gift:
        def numbers(objects: Iterable[Object]) -> list[int]:
            return [self._object(obj) for obj in objects if kept is None or obj in kept]

        through = []
        for source, gives in gift.through.items():
            same = kept is None and all(list(given) == [came] for came, given in gives.items())
            pairs = (
                [] if same else [(self._object(a), b) for a, given in gives.items() for b in numbers(given)]
            )
            if not same:
                pairs += [(more, more) for more in MORE]
            through.append((self._input(source), tuple(sorted(pairs))))
        given = [*numbers(gift.objects), *self._more(fact, target)]
        return Gift(self._input(target), tuple(sorted(given)), tuple(through))

    def _more(self, fact: "CallFact", target: Variable) -> frozenset[int]:
        """Return what a call may give an input of its target besides objects."""
        if fact.through is not None or target.what[0] is not fact.target:
            return MORE
        sources = self._sources(fact, target)
        if not sources or any(isinstance(source, Object) for source in sources):
            return MORE
        return _NONE.union(*(more_in(fact.caller, one) for one in sources if isinstance(one, Variable)))

    def _numbers(self, objects: Iterable[Object | int]) -> tuple[int, ...]:
        return tuple(sorted(obj if isinstance(obj, int) else self._object(obj) for obj in objects))

    def _object(self, obj: Object) -> int:
        return self._objects.setdefault(obj, len(self._objects))

    def _input(self, source: Variable) -> int:
        found = self._inputs.get(source)
        if found is None:
            found = self._inputs[source] = len(self._inputs)
            self._input_names.append(_spelled(source))
        return found


def _choices(facts: "Sequence[CallFact] | Sequence[AttributeFact]") -> "list[CallFact | AttributeFact]":
    """Return the facts beside which there are others of the same site, by the few objects that it uses."""
    several: dict[tuple[int, int], int] = {}
    for fact in facts:
        place = fact.caller.number, fact.site
        several[place] = several.get(place, 0) + 1
    return [
        fact
        for fact in facts
        if several[fact.caller.number, fact.site] > 1
        and fact.via is not None
        and len(fact.via.points_to) > 1
        and fact.via.is_whole
    ]


def _described(obj: Object, sites: Sites) -> str:
    """Describe an object; what is made somewhere, with the place, which tells it from others of its class."""
    holder = obj.receiver if isinstance(obj, BoundMethod) else obj
    if not isinstance(holder, Instance) or holder.site is None or not isinstance(holder.cls, Class):
        return obj.describe()
    span = sites.span(holder.site[0].code, holder.site[1])
    return f"{obj.describe()} made at {span.path}:{span.line}"


def _spelled(source: Variable) -> str:
    """Name an input: `x of pkg.f`."""
    owner, name = source.what
    if isinstance(owner, Variable):
        return _spelled(cast("Variable", name))
    if isinstance(owner, Activation):
        if isinstance(name, int):
            name = owner.code.block.parameters[name].name
        return f"{name} of {owner.code.name}"
    activation = cast("tuple[Activation, int]", cast("Instance", owner).origin)[0]
    return f"argument {str(name)[1:]} of {activation.code.name}"
