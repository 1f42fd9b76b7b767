"""From a solved analysis to the graph: contexts folded into symbols, evidence into resolutions."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from chaintrace.graph.conditions import Conditions
from chaintrace.graph.edges import Channel, Edge, EdgeKind, Resolution, Symbol, TableRow
from chaintrace.graph.graph import EXECUTION_KINDS, LIMITED, Graph, SourceInfo
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import Analysis, CallFact
from chaintrace.pointsto.captures import captured
from chaintrace.pointsto.changing import Changing
from chaintrace.pointsto.channels import sendings
from chaintrace.pointsto.choices import Choices
from chaintrace.pointsto.circumstances import Circumstances
from chaintrace.pointsto.derived import derived_calls
from chaintrace.pointsto.doubts import Doubts
from chaintrace.pointsto.evidence import Evidence
from chaintrace.pointsto.guesses import MOST_DECLARED, Guesses
from chaintrace.pointsto.health import health
from chaintrace.pointsto.known import Captured, Key, Known, Origin, fact_of
from chaintrace.pointsto.labels import doubled, labels_of
from chaintrace.pointsto.objects import Class, External, Function, Instance
from chaintrace.pointsto.owners import Owners
from chaintrace.pointsto.receivers import Kind, Receivers
from chaintrace.pointsto.replays import NO_RULE, Rules
from chaintrace.pointsto.resolution import Resolver
from chaintrace.pointsto.selves import is_on_self
from chaintrace.pointsto.sends import Sends
from chaintrace.pointsto.sites import Sites
from chaintrace.pointsto.spreads import Spreads
from chaintrace.pointsto.symbols import symbols_of
from chaintrace.pointsto.tables import Tables
from chaintrace.project.modules import Code, Module

if TYPE_CHECKING:
    from chaintrace.ir.location import Span

Progress = Callable[[str, int, int], None]
_TOLD_EVERY = 1000  # items of a long list
Item = TypeVar("Item")
Lines = Callable[[Module], Sequence[str]]
_DERIVED = frozenset(("wrapped", "handed"))  # said of edges that no call of its own makes
_STATIC = Known(Resolution.STATIC)
MOST_OTHERS = 3  # functions of one name and place whose derivations are shown beside the first


class Grapher:
    """Gather edges by symbol, site and kind, and the hops between activations behind them."""

    def __init__(self, analysis: Analysis, lines: Lines, progress: Progress | None = None) -> None:
        self.analysis = analysis
        self.progress = progress
        self.sites = Sites(lines)
        self.owners = Owners(analysis)
        self.resolver = Resolver()
        self.edges: dict[Key, tuple[Resolution, tuple[str, ...], Activation, int]] = {}
        self.hops: dict[tuple[int, int, Key], int] = {}
        self.doubted: dict[tuple[int, int, Key], int] = {}
        self.sendings = list(sendings(analysis))
        self.doubts = Doubts(analysis, self.sendings)
        self.origins: dict[Key, Origin | None] = {}
        self.others: dict[Key, dict[Code, CallFact]] = {}
        self._doubled = doubled(analysis.program.codes)
        self.activations = [activation.code.name for activation in analysis.activations]
        self.of_receivers = Receivers()
        self.rules = Rules(analysis, self.of_receivers)
        self.receivers = [self._receiver(activation) for activation in analysis.activations]
        labels, codes = labels_of(analysis.program.codes), [a.code for a in analysis.activations]
        self.labels = [labels.get(code, code.name) for code in codes]
        self.tables = Tables(analysis, self.sites)
        self.changing = Changing(analysis)
        self.choices = Choices(analysis, self.changing)
        self.rows: dict[Key, dict[TableRow, None]] = {}
        self._others: dict[str, int] = {}
        self.messages: dict[Key, set[str]] = {}
        self.addresses: dict[Key, tuple[set[str], set[str]]] = {}
        self.receive_guards: dict[Key, str] = {}
        self.received: dict[Key, tuple[tuple[int, str], ...]] = {}
        self.consumed: dict[Key, int] = {}
        self.own_returns: dict[Key, bool] = {}
        self._parts: dict[tuple[Activation, Kind], int] = {}

    def _receiver(self, activation: Activation) -> str:
        """Return the name of the one class an activation runs for: that of `self`, else of its context."""
        own = self.of_receivers.of(activation)
        if len(own) == 1 and activation.code.owner_class is not None:
            return _class_name(next(iter(own)))
        context = activation.context
        cls = context.cls if isinstance(context, Instance) else context
        return cls.code.name if isinstance(cls, Class) and cls.code is not activation.code else ""

    def part(self, activation: Activation, cls: Kind | None) -> int:
        """Return the number of an activation as run on receivers of a class, where those are told apart."""
        if cls is None:
            return activation.number
        found = self._parts.get((activation, cls))
        if found is None:
            is_first = next(iter(self.of_receivers.of(activation))) is cls
            found = self._parts[activation, cls] = activation.number if is_first else len(self.activations)
            if not is_first:
                self.activations.append(activation.code.name)
                self.receivers.append("")
                self.labels.append(self.labels[activation.number])
            self.receivers[found] = _class_name(cls)
        return found

    def parts(self, activation: Activation) -> list[int]:
        """Return the numbers of an activation, one for each class it is told apart by."""
        return [self.part(activation, cls) for cls in self.of_receivers.split(activation)]

    def number(self, name: str) -> int:
        """Return the number of a symbol that has one activation: an attribute, class or external."""
        found = self._others.get(name)
        if found is None:
            found = self._others[name] = len(self.activations)
            self.activations.append(name)
            self.receivers.append("")
            self.labels.append(name)
        return found

    def edge(
        self,
        caller: Activation,
        site: int,
        target: tuple[str, int],
        kind: EdgeKind,
        how: Known,
        hops: Iterable[tuple[int, int, int, int]] = (),
    ) -> None:
        """Add an edge; of several with one meaning the strongest resolution counts, and all flags.

        `hops` join activations, each with its rule and that of its doubts; without them, all parts of the
        caller lead to the target.
        """
        name, number = target
        key = (caller.code.name, name, kind, self.sites.span(caller.code, site), ())
        self.add(key, how, caller, site)
        for start, end, *rules in hops or [(at, number, NO_RULE, NO_RULE) for at in self.parts(caller)]:
            self.hop((start, end, key), *rules)

    def hop(self, hop: tuple[int, int, Key], rule: int, doubt: int) -> None:
        """Add a hop between two activations, with its rules; what only one of several needs, none does."""
        for rules, number in ((self.hops, rule), (self.doubted, doubt)):
            if rules.setdefault(hop, number) != number:
                rules[hop] = NO_RULE

    def add(self, key: Key, how: Known, caller: Activation, site: int) -> None:
        """Add an edge by its key, without a hop."""
        resolution, flags, origin = how
        known = self.edges.get(key)
        if known is None or resolution < known[0] or fact_of(self.origins[key])[0] is None:
            self.origins[key] = origin
        if known is None:
            self.edges[key] = (resolution, flags, caller, site)
        elif resolution < known[0] or not (set(flags) <= {*known[1], *_DERIVED}):
            flags = tuple(sorted({*flags, *known[1]}))
            self.edges[key] = (min(resolution, known[0]), flags, *known[2:])

    def gather(self) -> None:
        """Turn the record of the analysis into edges."""
        record = self.analysis.record
        calls = [*record.calls.values(), *derived_calls(self.analysis, self.resolver)]
        self.rules.prepare(calls, list(record.attributes.values()))
        self.doubts.prepare(calls, record.attributes.values())
        for call in self._each("calls", calls):
            self._call_edge(call)
        self._drop_guesses()
        for access in self._each("attributes", record.attributes.values()):
            name = self.owners.attribute(access.cls, access.name)
            if name:
                resolution = Resolution.POINTS_TO
                if access.via is not None and access.evidence in access.via.points_to:
                    resolution = self.resolver.of_fact(access.via, access.evidence)
                target = (name, self.number(name))
                known, doubt = Known(resolution, (), access), self.doubts.rule(access)
                hops = [
                    (self.part(access.caller, cls), target[1], self.rules.rule(access, cls, None), doubt)
                    for cls in self.of_receivers.split(access.caller)
                    if self.of_receivers.may_access(access, cls)
                ]
                self.edge(access.caller, access.site, target, access.kind, known, hops)
        for activation in self.analysis.activations:
            for use in captured(activation.code):
                known = Known(Resolution.STATIC, (), Captured(activation.owner(use.owner).cell(use.local)))
                self.edge(activation, use.site, (use.symbol, self.number(use.symbol)), use.kind, known)
        self._gather_definitions()
        Sends(self).gather()

    def _each(self, stage: str, items: Collection[Item]) -> Iterator[Item]:
        """Yield the items, and tell how many have been."""
        for number, item in enumerate(items):
            if self.progress is not None and number % _TOLD_EVERY == 0:
                self.progress(stage, number, len(items))
            yield item
        if self.progress is not None:
            self.progress(stage, len(items), len(items))

    def _gather_definitions(self) -> None:
        """Turn imports, class bodies and bases into edges."""
        record = self.analysis.record
        for caller, site, module in record.imports.values():
            self.edge(caller, site, (module, self.number(module)), EdgeKind.IMPORT, _STATIC)
        for body, (caller, site) in record.bodies.items():
            self.edge(caller, site, (body.code.name, body.number), EdgeKind.DEFINE, _STATIC)
        for (cls, base), (caller, site) in record.inherits.items():
            span = self.sites.span(caller.code, site)
            key = (cls.code.name, base.code.name, EdgeKind.INHERIT, span, ())
            self.edges.setdefault(key, (Resolution.STATIC, (), caller, site))

    def _call_edge(self, call: CallFact) -> None:
        """Add the edge of a call; one that goes through a table is of the kind `dispatch`."""
        if self.choices.excludes(call):
            return
        resolution = self.resolver.of_call(call)
        target, flags = self._target(call.target), self._flags(call)
        kind = call.kind
        rows = self.tables.rows(call) if "wrapped" not in flags else []
        if rows:
            kind = EdgeKind.DISPATCH
            span = self.sites.span(call.caller.code, call.site)
            key = (call.caller.code.name, target[0], kind, span, ())
            self.rows.setdefault(key, {}).update(dict.fromkeys(rows))
        known = Known(resolution, flags, call)
        doubt = self.doubts.rule(call)
        hops = [(*hop, doubt) for hop in self._hops(call, target[1])]
        self.edge(call.caller, call.site, target, kind, known, hops)
        if isinstance(call.target, Activation) and target[0] in self._doubled:
            span = self.sites.span(call.caller.code, call.site)
            key = (call.caller.code.name, target[0], kind, span, ())
            self.others.setdefault(key, {}).setdefault(call.target.code, call)

    def _hops(self, call: CallFact, number: int) -> list[tuple[int, int, int]]:
        """Return the hops of a call: for each receiver class of the caller, those it goes on with."""
        target, rules = call.target, self.rules
        if not isinstance(target, Activation):
            return [
                (self.part(call.caller, cls), number, rules.rule(call, cls, None))
                for cls in self.of_receivers.split(call.caller)
                if self.of_receivers.may_call(call, cls)
            ]
        drawn = list(self.of_receivers.hops(call, target)) or [
            (start, end)
            for start in self.of_receivers.split(call.caller)
            for end in self.of_receivers.split(target)
        ]
        return [
            (self.part(call.caller, start), self.part(target, end), rules.rule(call, start, end))
            for start, end in drawn
        ]

    def _drop_guesses(self) -> None:
        """Leave out the call edges of declared receivers that may mean too many methods."""
        by_place: dict[tuple[str, Span], list[Key]] = {}
        known: dict[tuple[str, Span], dict[str, None]] = {}
        for key, (resolution, _flags, _caller, _site) in self.edges.items():
            if resolution is Resolution.DECLARED and key[2] is EdgeKind.CALL:
                by_place.setdefault((key[0], key[3]), []).append(key)
            elif resolution < Resolution.DECLARED and key[2] in EXECUTION_KINDS:
                known.setdefault((key[0], key[3]), {})[key[1].rpartition(".")[2]] = None
        guesses = Guesses(self.analysis, self.resolver)
        dropped: dict[Key, None] = {}
        for place, keys in by_place.items():
            for key in keys:
                fact = self.origins.get(key)
                if isinstance(fact, CallFact) and guesses.is_outdone(fact):
                    dropped[key] = None
            if len(keys) > MOST_DECLARED:
                _resolution, _flags, caller, site = self.edges[keys[0]]
                targets = [key[1] for key in keys]
                rejected = set(guesses.rejected(caller.code, site, targets, known.get(place, ())))
                dropped.update(dict.fromkeys(key for key in keys if key[1] in rejected))
        for key in dropped:
            del self.edges[key]
        if dropped:
            self.hops = {hop: rule for hop, rule in self.hops.items() if hop[2] not in dropped}

    def _target(self, target: Activation | Class | External) -> tuple[str, int]:
        if isinstance(target, Activation):
            return target.code.name, target.number
        name = target.code.name if isinstance(target, Class) else target.path
        return name, self.number(name)

    def _flags(self, call: object) -> tuple[str, ...]:
        flags: set[str] = set(getattr(call, "flags", ()))
        target = getattr(call, "target", None)
        if isinstance(target, External):
            flags.add("external")
        if isinstance(target, Activation) and target.code.block.is_async:
            flags.add("async")
        return tuple(sorted(flags))

    def finish(
        self, sources: Sequence[SourceInfo], diagnostics: Sequence[Diagnostic], *, limited: bool = False
    ) -> Graph:
        """Sort everything and return the graph."""
        keys = sorted(self.edges, key=lambda key: (key[0], key[3], key[1], key[2], key[4]))
        index = {key: at for at, key in enumerate(keys)}
        edges = tuple(self._edge(key) for key in self._each("edges", keys))
        evidence = Evidence(self.analysis, self.sites)
        facts = (fact_of(self.origins.get(key)) for key in self._each("evidence", keys))
        records = tuple(evidence.record(*fact) for fact in facts)
        circumstances = tuple(self._circumstances(evidence, keys))
        unresolved, summary = health(self.analysis, self.sites)
        summary["edges"] = len(edges)
        hops = sorted(
            (*hop[:2], index[hop[2]], rule, self.doubted.get(hop, NO_RULE)) for hop, rule in self.hops.items()
        )
        symbols = symbols_of(self.analysis, self.owners, edges, limited=limited)
        if limited:
            summary[LIMITED] = 1
        summary["symbols"] = len(symbols)
        return Graph(
            sources=tuple(sources),
            symbols=symbols,
            edges=edges,
            unresolved=unresolved,
            diagnostics=tuple(sorted([*diagnostics, *self._limits()])),
            summary=summary,
            complete=not self.analysis.exhausted,
            aliases=aliases(self.analysis),
            mro={
                cls.code.name: _names(cls) for cls in sorted(self.analysis.classes, key=lambda c: c.code.name)
            },
            activations=tuple(self.activations),
            receivers=tuple(self.receivers),
            hops=tuple(hop[:3] for hop in hops),
            replay=self.rules.finish(tuple(hop[3] for hop in hops), self.sites),
            doubts=self.doubts.finish(tuple(hop[4] for hop in hops)),
            labels=tuple(self.labels),
            evidence=records,
            spreads=Spreads(self.analysis, self.sites).gather(),
            circumstances=circumstances if any(circumstances) else (),
            derivations=evidence.derivations,
            conditions=self._conditions(keys),
        )

    def _limits(self) -> list[Diagnostic]:
        """Say which limit ended the analysis early."""
        if not self.analysis.exhausted:
            return []
        message = f"stopped at {self.analysis.exhausted}: what is there holds, much is missing"
        return [Diagnostic("<analysis>", 0, "limit", message)]

    def _circumstances(self, evidence: Evidence, keys: Sequence[Key]) -> Iterator[tuple[int, ...]]:
        """Yield, for each edge, the records of what belongs to its witness beside what it uses."""
        circumstances = Circumstances(self.analysis)
        for key in keys:
            origin = self.origins.get(key)
            if origin is None:
                yield ()
                continue
            others = [other for other in self.others.get(key, {}).values() if other is not origin]
            records = [evidence.record(*fact_of(other)) for other in others[:MOST_OTHERS]]
            records += [evidence.tell(one) for one in circumstances.of(origin)]
            yield tuple(record for record in dict.fromkeys(records) if record >= 0)

    def _conditions(self, keys: Sequence[Key]) -> Conditions:
        """Return the conditions under which the edges run."""
        placed = (self.edges[key][2:] for key in keys)
        of_edges = tuple(self.sites.condition(caller.code, site) for caller, site in placed)
        on_self = tuple(
            self.own_returns.get(key, False) or is_on_self(self.analysis, self.origins.get(key))
            for key in keys
        )
        received = {at: self.received[key] for at, key in enumerate(keys) if self.received.get(key)}
        accesses = self.analysis.record.attributes.values()
        named = {(one.cls, one.name): self.owners.attribute(one.cls, one.name) for one in accesses}
        changing, rewritten = self.changing.attributes(named)
        consumed = {at: self.consumed[key] for at, key in enumerate(keys) if key in self.consumed}
        return Conditions(self.sites.conditions, of_edges, on_self, received, changing, consumed, rewritten)

    def _edge(self, key: Key) -> Edge:
        source, target, kind, span, through = key
        resolution, flags, caller, site = self.edges[key]
        text, guard = self.sites.text(caller.code, site), self.sites.guard(caller.code, site)
        sent_at, received_at = (tuple(sorted(names)) for names in self.addresses.get(key, ((), ())))
        messages = tuple(sorted(self.messages.get(key, ())))
        when = self.receive_guards.get(key, "")
        channel = Channel(*through, messages, sent_at, received_at, when) if through else None
        rows = tuple(sorted(self.rows.get(key, ())))
        return Edge(source, target, kind, span, resolution, text, guard, flags, channel, rows)


def _class_name(cls: Kind) -> str:
    return cls.code.name if isinstance(cls, Class) else cls.path


def _names(cls: Class) -> tuple[str, ...]:
    return tuple(a.code.name if isinstance(a, Class) else a.path for a in cls.mro)


def aliases(analysis: Analysis) -> dict[str, str]:
    """Return the other dotted names under which modules and classes offer a class or function."""
    found: dict[str, str] = {}
    for name in sorted(analysis.program.modules):
        module = analysis.program.modules[name]
        fields = analysis.module(name).fields
        for bound in sorted(set(module.names) & set(fields)):
            _alias(found, f"{name}.{bound}", list(fields[bound].points_to))
    for cls in analysis.classes:
        for bound in cls.code.block.bindings:
            if bound in cls.fields:
                _alias(found, f"{cls.code.name}.{bound}", list(cls.fields[bound].points_to))
    return dict(sorted(found.items()))


def _alias(found: dict[str, str], name: str, objects: list[object]) -> None:
    named = [obj.code.name for obj in objects if isinstance(obj, Class | Function)]
    if len(named) == 1 and named[0] != name:
        found[name] = named[0]


def build(
    analysis: Analysis,
    lines: Lines,
    sources: Sequence[SourceInfo] = (),
    diagnostics: Sequence[Diagnostic] = (),
    *,
    limited: bool = False,
    progress: Progress | None = None,
) -> Graph:
    """Build the graph of a solved analysis; `lines` gives a module's source lines.

    `lines` may add to `diagnostics`. `limited` says that only some functions were started.
    """
    grapher = Grapher(analysis, lines, progress)
    grapher.gather()
    return grapher.finish(sources, diagnostics, limited=limited)


__all__ = ["Lines", "Symbol", "build"]
