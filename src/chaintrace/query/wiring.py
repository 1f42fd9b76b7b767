"""Wiring: which arguments reach the objects on a chain, and from where they come.

The graph says which calls make an object, and for arguments passed by `**` where each was put into the
mapping; what is written there is quoted. A name that is a parameter is followed to the calls that pass it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from chaintrace.graph.edges import Edge, EdgeKind, Spread, Symbol, SymbolKind
from chaintrace.graph.graph import Graph
from chaintrace.ir.location import Span
from chaintrace.ir.written import Passed, Value, Written

MOST_STEPS = 8
"""Calls through which a name is followed back."""

MOST_CALLERS = 2
"""Places that call a function, past which its parameters are not followed."""

Quote = Callable[[str, str], Written | None]
"""Gives what is written in a file of a source, None where it cannot be read."""


class Origin(NamedTuple):
    """Quote an expression that a name stands for, with the line on which it is passed."""

    text: str
    path: str
    line: int
    symbol: str


@dataclass(frozen=True)
class Wire:
    """Say what one argument of a call is made from.

    `name` is the parameter, `text` what is written for it at `path`:`line` under `guard`. `inputs` are the
    names of the parameters it is made from, `origins` the expressions that these stand for, nearest first.
    """

    name: str
    text: str
    path: str
    line: int
    symbol: str
    guard: str
    inputs: tuple[str, ...]
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class Wiring:
    """Hold the arguments of one call that makes an object; `open` says that more may be passed."""

    edge: Edge
    wires: tuple[Wire, ...]
    open: bool

    @property
    def shared(self) -> dict[str, list[str]]:
        """Map each input that several arguments are made from to these arguments."""
        made: dict[str, list[str]] = {}
        for wire in self.wires:
            for name in wire.inputs:
                if wire.name not in made.setdefault(name, []):
                    made[name].append(wire.name)
        return {name: arguments for name, arguments in made.items() if len(arguments) > 1}


class Wires:
    """Follow arguments through the calls of a graph; of several callers, one of the classes `near`."""

    def __init__(self, graph: Graph, quote: Quote, near: Iterable[str] = ()) -> None:
        self.graph = graph
        self._near = frozenset(near)
        self.quote = quote

    def of_call(self, edge: Edge) -> Wiring:
        """Return the arguments of a call that makes an object."""
        wires: list[Wire] = []
        names = self._parameters(edge.target)
        written = self._written(edge.source)
        passed = written.arguments(_end(edge.site)) if written is not None else ()
        spreads = self._spreads.get(edge.site, ())
        for at, argument in enumerate(passed):
            if argument.kind == "**":
                wires += self._unpacked(spreads)
            elif argument.kind == "*":
                wires.append(self._wire(edge.source, edge.site.path, "*", argument.value))
            else:
                name = argument.name or (names[at] if at < len(names) else f"argument {at + 1}")
                wires += self._passed(edge, name, argument.value)
        return Wiring(edge, tuple(wires), any(not spread.key for spread in spreads))

    def _passed(self, edge: Edge, name: str, value: Value) -> Iterator[Wire]:
        """Yield the wire of an argument; of an object made right there, those of its own arguments."""
        made = self._made(edge.site.path, value)
        if made is None or value.arguments is None:
            yield self._wire(edge.source, edge.site.path, name, value)
            return
        for key, inner in _named(value.arguments, self._parameters(made)):
            yield self._wire(edge.source, edge.site.path, f"{name}.{key}", inner)

    def _unpacked(self, spreads: Iterable[Spread]) -> Iterator[Wire]:
        for spread in spreads:
            symbol = self._around(spread.place)
            written = self._written(symbol) if spread.key and symbol else None
            value = written.stored(_end(spread.place), spread.key) if written is not None else None
            if value is not None:
                yield self._wire(symbol, spread.place.path, spread.key, value, spread.guard)

    def _wire(self, symbol: str, path: str, name: str, value: Value, guard: str = "") -> Wire:
        inputs: dict[str, None] = {}
        origins: dict[Origin, None] = {}
        for read in value.reads:
            used, found = self._follow(symbol, read)
            if found:
                inputs[used] = None
                origins.update(dict.fromkeys(found))
        return Wire(name, value.text, path, value.line, symbol, guard, tuple(inputs), tuple(origins))

    def _follow(self, symbol: str, read: str) -> tuple[str, list[Origin]]:
        """Return the input that a name or path is, and the expressions it stands for, nearest first."""
        origins: list[Origin] = []
        used = read
        for step in range(MOST_STEPS):
            passed = self._argument(symbol, read)
            if passed is None:
                break
            symbol, path, value, rest, taken = passed
            if step == 0 or (not origins and taken):
                used = taken or read.partition(".")[0]
            if value.text != read.partition(".")[0] or taken:
                origins.append(Origin(value.text, path, value.line, symbol))
            if len(value.reads) != 1 or value.reads[0] != value.text:
                break
            read = f"{value.text}.{rest}" if rest else value.text
        return used, origins

    def _argument(self, symbol: str, read: str) -> tuple[str, str, Value, str, str] | None:
        """Return (caller, file, value, further path, field) of what a call passes for a parameter.

        Where the value is an object made in the call itself, it is what that is given for the `field` which
        is read next. None for what is no parameter, or passed at several places.
        """
        root, _, rest = read.partition(".")
        names = self._parameters(symbol, bound=False)
        if root not in names:
            return None
        calls = self._calls(symbol)
        if not calls or len({call.site for call in calls}) > MOST_CALLERS:
            return None
        call = min(calls, key=lambda one: one.source.rpartition(".")[0] not in self._near)
        written = self._written(call.source)
        passed = written.arguments(_end(call.site)) if written is not None else ()
        value = dict(_named(passed, self._parameters(symbol))).get(root)
        if value is None:
            return None
        made = self._made(call.site.path, value)
        field, _, further = rest.partition(".")
        if made is not None and value.arguments is not None and field:
            inner = dict(_named(value.arguments, self._parameters(made))).get(field)
            if inner is not None:
                return call.source, call.site.path, inner, further, f"{root}.{field}"
        return call.source, call.site.path, value, rest, ""

    def _calls(self, symbol: str) -> list[Edge]:
        """Return the calls of a function, those that make an instance for a constructor."""
        return [edge for edge in self.graph.edges_to(symbol) if edge.kind is EdgeKind.CALL]

    def _made(self, path: str, value: Value) -> str | None:
        """Return the constructor or class of the program that an expression calls."""
        if value.end is None:
            return None
        return next((e.target for e in self._constructions.get((path, *value.end), ())), None)

    def _parameters(self, symbol: str, *, bound: bool = True) -> tuple[str, ...]:
        """Return the names of a function's parameters, those of methods without the first where `bound`."""
        found = self.graph.symbols_by_name.get(symbol)
        written = self._written(symbol)
        if found is None or written is None or found.kind is not SymbolKind.FUNCTION:
            return ()
        names = written.parameters(found.line)
        owner = self.graph.symbols_by_name.get(symbol.rpartition(".")[0])
        method = owner is not None and owner.kind is SymbolKind.CLASS and names[:1] in (("self",), ("cls",))
        return names[1:] if bound and method else names

    def _written(self, symbol: str) -> Written | None:
        found = self.graph.symbols_by_name.get(symbol)
        return self.quote(found.source, found.path) if found is not None and found.path else None

    def _around(self, place: Span) -> str:
        """Return the function around a place."""
        around = [s for s in self._functions.get(place.path, ()) if s.line <= place.line <= s.end_line]
        return max(around, key=lambda s: (s.line, -s.end_line)).name if around else ""

    @cached_property
    def _functions(self) -> dict[str, list[Symbol]]:
        found: dict[str, list[Symbol]] = {}
        for symbol in self.graph.symbols:
            if symbol.kind in (SymbolKind.FUNCTION, SymbolKind.MODULE) and "<lambda>" not in symbol.name:
                found.setdefault(symbol.path, []).append(symbol)
        return found

    @cached_property
    def _spreads(self) -> dict[Span, list[Spread]]:
        found: dict[Span, list[Spread]] = {}
        for spread in self.graph.spreads:
            found.setdefault(spread.site, []).append(spread)
        return {site: sorted(of, key=lambda s: (s.place, s.key)) for site, of in found.items()}

    @cached_property
    def _constructions(self) -> dict[tuple[str, int, int], list[Edge]]:
        found: dict[tuple[str, int, int], list[Edge]] = {}
        for edge in self.graph.edges:
            if "construct" in edge.flags and "external" not in edge.flags:
                found.setdefault((edge.site.path, *_end(edge.site)), []).append(edge)
        return found


def _named(passed: Iterable[Passed], names: tuple[str, ...]) -> Iterator[tuple[str, Value]]:
    """Pair arguments with the names of the parameters that they fill, as far as that is plain."""
    for at, argument in enumerate(passed):
        if argument.kind in ("*", "**"):
            return
        if argument.name or at < len(names):
            yield argument.name or names[at], argument.value


def _end(site: Span) -> tuple[int, int]:
    return site.end_line, site.end_column
