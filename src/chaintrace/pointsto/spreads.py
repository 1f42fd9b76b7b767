"""Spreads: where the keys of a mapping come from that a call unpacks by `**`.

Read off once everything is solved, for the calls that make instances: which items the mapping was given by
displays, assignments, keywords and other mappings. Values do not matter, and most of them are no objects.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chaintrace.graph.edges import Spread
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import signature
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.sites import Sites
from chaintrace.project.modules import Code, once_per_code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis, CallFact

MOST_PLACES = 300
"""Places told of one call; of very wide mappings the further ones are left out."""

MOST_MAPPINGS = 4
"""Mappings that are unpacked or poured into one at one place; where there are more, no keys are known."""

_Place = tuple[Code, int]
_Items = dict[str, dict[_Place, None]]
_ANY = ""


@once_per_code
def _writes(code: Code) -> list[ops.StoreItem | ops.Call]:
    """Return the operations that may put items into a mapping."""
    return [
        op
        for op in code.block.operations
        if isinstance(op, ops.StoreItem) or (isinstance(op, ops.Call) and _keywords(op) and not op.role)
    ]


@once_per_code
def _spreading(code: Code) -> dict[int, ops.Call]:
    """Map the sites of calls with `**` to the calls."""
    return {op.site: op for op in _calls(code).values() if any(a.kind == "**" for a in op.arguments)}


@once_per_code
def _calls(code: Code) -> dict[int, ops.Call]:
    return {op.site: op for op in code.block.operations if isinstance(op, ops.Call)}


def _keywords(op: ops.Call) -> list[str]:
    return [argument.name for argument in op.arguments if argument.kind == "="]


class Spreads:
    """Find the keys of unpacked mappings, and where each is put in."""

    def __init__(self, analysis: "Analysis", sites: Sites) -> None:
        self.analysis = analysis
        self.sites = sites
        self._found: dict[Object, _Items] = {}
        self._stored: dict[Object, list[tuple[str, _Place]]] | None = None
        self._copied: dict[Object, list[Object]] = {}

    def gather(self) -> tuple[Spread, ...]:
        """Return the spreads of all calls that make instances, by place."""
        found: dict[Spread, None] = {}
        for fact in self.analysis.record.calls.values():
            if "construct" in fact.flags and fact.site in _spreading(fact.caller.code):
                found.update(dict.fromkeys(self._of_call(fact)))
        return tuple(sorted(found))

    def _of_call(self, fact: "CallFact") -> Iterator[Spread]:
        caller, told = fact.caller, 0
        site = self.sites.span(caller.code, fact.site)
        for argument in _spreading(caller.code)[fact.site].arguments:
            if argument.kind != "**":
                continue
            mappings = list(caller.register(argument.value).points_to)
            if len(mappings) > MOST_MAPPINGS:
                yield Spread(site, _ANY, site)
                continue
            for obj in mappings:
                for key, places in self._items(obj).items():
                    for code, at in places:
                        told += 1
                        if told <= MOST_PLACES:
                            yield Spread(site, key, self.sites.span(code, at), self.sites.guard(code, at))
                    if not places:
                        yield Spread(site, _ANY, site)

    def _items(self, obj: Object) -> _Items:
        """Return where each key of a mapping is put in; mappings may be copied in circles."""
        items: _Items = {}
        seen: dict[Object, None] = {obj: None}
        waiting = [obj]
        while waiting:
            one = waiting.pop()
            for key, place in self._own(one):
                places = items.setdefault(key, {})
                if key:
                    places[place] = None
            poured = list(dict.fromkeys(self._poured(one)))
            if len(poured) > MOST_MAPPINGS or (isinstance(one, Instance) and "[?]" in one.fields):
                items.setdefault(_ANY, {})
            for other in poured if len(poured) <= MOST_MAPPINGS else ():
                if other not in seen:
                    seen[other] = None
                    waiting.append(other)
        return items

    def _own(self, obj: Object) -> Iterator[tuple[str, _Place]]:
        """Yield the keys that are put into a mapping itself."""
        if self._stored is None:
            self._stored = self._index()
        yield from self._stored.get(obj, ())
        origin = obj.origin if isinstance(obj, Instance) else None
        if not isinstance(origin, tuple):
            return
        if isinstance(origin[0], Code) and isinstance(origin[-1], int):
            code = origin[0]
            made = code.definitions.get(origin[-1])
            if isinstance(made, ops.Build) and made.kind == "dict":
                for register, _ in made.items:
                    yield _key(code.constants.get(register, "")), (code, made.site)
        for fact, call in self._entering(origin):
            named = signature(origin[0].code).by_name
            for key in _keywords(call):
                if key not in named:
                    yield key, (fact.caller.code, call.site)

    def _poured(self, obj: Object) -> Iterator[Object]:
        """Yield the mappings whose items are copied into a mapping."""
        yield from self._copied.get(obj, ())
        origin = obj.origin if isinstance(obj, Instance) else None
        for fact, call in self._entering(origin):
            for argument in call.arguments:
                if argument.kind == "**":
                    yield from fact.caller.register(argument.value).points_to

    def _entering(self, origin: object) -> "Iterator[tuple[CallFact, ops.Call]]":
        """Yield the calls whose further keywords a `**` parameter holds, for the dict of one."""
        if isinstance(origin, tuple) and isinstance(origin[0], Activation):
            for fact in self.analysis.record.entered.get(origin[0].number, ()):
                call = _calls(fact.caller.code).get(fact.site)
                if call is not None:
                    yield fact, call

    def _index(self) -> dict[Object, list[tuple[str, _Place]]]:
        """Map each object to the keys assigned to it or given to it as keywords."""
        stored: dict[Object, list[tuple[str, _Place]]] = {}
        for activation in self.analysis.activations:
            code = activation.code
            for op in _writes(code):
                register = op.base if isinstance(op, ops.StoreItem) else _filled(code, op)
                if register < 0:
                    continue
                keys = [_key(op.constant)] if isinstance(op, ops.StoreItem) else _keywords(op)
                for obj in activation.register(register).points_to:
                    stored.setdefault(obj, []).extend((key, (code, op.site)) for key in keys)
        for source, target in self.analysis.copied:
            self._copied.setdefault(target, []).append(source)
        return stored


def _key(constant: str) -> str:
    """Return the text of a constant key, "" for one that is no constant string."""
    return constant[1:] if constant.startswith("'") else _ANY


def _filled(code: Code, op: ops.Call) -> int:
    """Return the register of the dict that `dict(a=1)` makes or `d.update(a=1)` fills, -1 for other calls."""
    function = code.definitions.get(op.function)
    if isinstance(function, ops.LoadBuiltin) and function.name == "dict":
        return op.target
    return function.base if isinstance(function, ops.Load) and function.name == "update" else -1
