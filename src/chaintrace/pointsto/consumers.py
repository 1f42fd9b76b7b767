"""Consumers: who uses a message that a function got.

That is the function itself, or, where it only hands the message on as its result, whoever gets that: one
`recv` helper serves many callers, and a sender means those.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import BoundMethod, Class, External
from chaintrace.pointsto.ports import Port
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code, once_per_code, targets_of

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_DEEPEST = 4  # functions that hand a message on, one to the next
_MOST = 24  # consumers of one get: a helper called from everywhere says nothing of any sender
_ADDERS = frozenset(("append", "appendleft", "add", "insert", "extend", "put", "put_nowait"))


@dataclass(slots=True, frozen=True)
class Handover:
    """Say that a function gives a message back, at the site `given`, to its caller's site `taken`."""

    giver: Activation
    given: int
    taker: Activation
    taken: int


class Consumers:
    """Find consumers, each get once."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._known: dict[tuple[int, int], list[tuple[Activation, tuple[Handover, ...]]]] = {}

    def of(self, port: Port) -> list[tuple[Activation, tuple[Handover, ...]]]:
        """Return each consumer of what a port gets, with the handovers that lead to it."""
        activation = port.activation
        key = (activation.number, port.site)
        if key not in self._known:
            found = dict(self._search(Use(self.analysis, activation, port.site, port.boxed), ()))
            self._known[key] = list(found.items()) if 0 < len(found) <= _MOST else [(activation, ())]
        return self._known[key]

    def _search(
        self, use: "Use", before: tuple[Handover, ...]
    ) -> Iterator[tuple[Activation, tuple[Handover, ...]]]:
        activation = use.activation
        takers = []
        if not use.consumes and use.returned >= 0 and len(before) < _DEEPEST:
            passed = {activation, *(handover.giver for handover in before)}
            facts = self.analysis.record.entered.get(activation.number, ())
            takers = [f for f in facts if f.kind is EdgeKind.CALL and f.caller not in passed]
        if not takers:
            yield activation, before
        for fact in takers:
            handover = Handover(activation, use.returned, fact.caller, fact.site)
            yield from self._search(Use(self.analysis, fact.caller, fact.site), (*before, handover))


class Use:
    """Follow one message through the registers of the activation that got it.

    `consumes` says that the activation uses the message: reads its attributes, calls it, keeps it, or hands
    it to another function. `returned` is the site where it gives the message back, alone or in a container
    of its own, -1 for none. The message stands in what the site gives, or in the list in register `boxed`.
    """

    def __init__(self, analysis: "Analysis", activation: Activation, site: int, boxed: int = -1) -> None:
        self.analysis = analysis
        self.activation = activation
        self.consumes = False
        self.returned = -1
        given = _given_at(activation.code).get(site, ()) if boxed < 0 else ()
        self.messages: set[int] = set(given)
        self.boxes: set[int] = {boxed} if boxed >= 0 else set()  # registers that hold a container with it
        before = -1
        while before != len(self.messages) + len(self.boxes):
            before = len(self.messages) + len(self.boxes)
            for op in activation.code.block.operations:
                self._follow(op)

    def _follow(self, op: ops.Operation) -> None:
        match op:
            case ops.Copy() | ops.Narrow():
                self._copy(op.source, op.target)
            case ops.Build():
                parts = {value for item in op.items for value in item} | set(op.spreads)
                if parts & self.messages or parts & self.boxes:
                    self.boxes.add(op.target)
            case ops.Return() | ops.Yield():
                self._give_back(op.source, op.site)
            case ops.Load():
                if op.base in self.messages:
                    self._ask(op)
            case ops.Call():
                self._call(op)
            case _:
                self._take_out(op)
                self._put_away(op)

    def _take_out(self, op: ops.Operation) -> None:
        """Take a message out of what holds it."""
        match op:
            case ops.Await() | ops.Iterate() | ops.Unpack():
                source = op.source
            case ops.LoadItem():
                source = op.base
            case _:
                return
        if source in self.messages or source in self.boxes:
            self.messages.update(targets_of(op))

    def _put_away(self, op: ops.Operation) -> None:
        """Store a message, enter it, or pass all of a container on."""
        match op:
            case ops.StoreItem():
                self._keep(op.base, op.source)
            case ops.Store() | ops.StoreCell() | ops.StoreGlobal() | ops.Enter():
                self.consumes = self.consumes or op.source in self.messages
            case ops.YieldFrom():
                self._give_back(op.source, op.site)

    def _copy(self, source: int, target: int) -> None:
        if source in self.messages:
            self.messages.add(target)
        if source in self.boxes:
            self.boxes.add(target)

    def _give_back(self, source: int, site: int) -> None:
        if self.returned < 0 and source >= 0 and (source in self.messages or source in self.boxes):
            self.returned = site

    def _keep(self, base: int, source: int) -> None:
        """Put something into a container: one of the activation's own, or one that others see."""
        if source in self.messages:
            made = self._made(base)
            if made is None:
                self.consumes = True
            else:
                self.boxes.update((base, made))

    def _made(self, register: int) -> int | None:
        """Return the register in which the activation itself made a container, None for any other."""
        code = self.activation.code
        register = code.aliases.get(register, register)
        made = code.definitions.get(register)
        if isinstance(made, ops.Build):
            return register
        if isinstance(made, ops.Call):
            functions = self.activation.register(made.function).points_to
            return register if functions and all(isinstance(f, External) for f in functions) else None
        return None

    def _ask(self, op: ops.Load) -> None:
        """Read an attribute of a message: a use, unless only its foreign class knows it (`text.strip`)."""
        if _is_foreign(self.activation.register(op.target)):
            self.messages.add(op.target)
        else:
            self.consumes = True

    def _call(self, op: ops.Call) -> None:
        given = [argument.value for argument in op.arguments]
        holds = any(value in self.messages for value in given)
        boxed = any(value in self.boxes for value in given)
        if op.function in self.messages and not _is_foreign(self.activation.register(op.function)):
            self.consumes = True
        elif op.function in self.messages:
            self.messages.add(op.target)
        if not holds and not boxed:
            return
        loaded = self.activation.code.definitions.get(op.function)
        if holds and isinstance(loaded, ops.Load) and loaded.name in _ADDERS:
            self._keep(loaded.base, next(value for value in given if value in self.messages))
        elif self._runs_own(op.site):
            self.consumes = self.consumes or holds
            if boxed:
                self.boxes.add(op.target)
        elif self.analysis.ports.gets(self.activation, op.site):
            self.consumes = True  # it says how much to get next
        elif op.target >= 0:
            self.messages.add(op.target)

    def _runs_own(self, site: int) -> bool:
        """Say whether a call reaches code of the program, or nothing known."""
        facts = self.analysis.record.made.get(self.activation.number, {}).get(site, ())
        return not facts or any(isinstance(fact.target, Activation | Class) for fact in facts)


def _is_foreign(variable: Variable) -> bool:
    found = [f.function if isinstance(f, BoundMethod) else f for f in variable.points_to]
    return bool(found) and all(isinstance(f, External) for f in found)


@once_per_code
def _given_at(code: Code) -> dict[int, tuple[int, ...]]:
    """Map each site to the registers that take what a call, an attribute read or a turn of a loop gives."""
    found: dict[int, tuple[int, ...]] = {}
    for op in code.block.operations:
        if isinstance(op, ops.Call | ops.Load | ops.Await | ops.Iterate) and op.target >= 0:
            found[op.site] = (*found.get(op.site, ()), op.target)
    return found
