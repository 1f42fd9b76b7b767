"""Mailboxes: plain lists and deques that one function fills and another one takes from.

Most lists that are filled here and read there are no channels. A mailbox is one that the taker empties: it
takes single elements away, or the whole list, which it leaves empty (`out, self.out = self.out, []`). What is
filled and emptied at the same end is a stack, one that holds nothing but text a buffer, and one that more
functions look at than take from a collection: these are mailboxes only between different threads or tasks.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.drains import drains_of, holder_of, looks_of
from chaintrace.pointsto.objects import BoundMethod, External, Instance, Object, String
from chaintrace.pointsto.ports import Port
from chaintrace.pointsto.threads import Threads
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code, once_per_code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis, CallFact


class Method(NamedTuple):
    """Say what a method does to a list: whether it puts, at which end, and which argument (-1: several)."""

    puts: bool
    end: str
    argument: int = 0


class Written(NamedTuple):
    """Hold a method as a call names it: the register of the list, and those of the arguments."""

    box: int
    arguments: tuple[int, ...]


class End(NamedTuple):
    """Hold one end of a mailbox: its port, and whether that is the `left`, the `right`, `any` or `all`.

    `name` is that of the attribute or variable that holds the list, "" where it may be any.
    """

    port: Port
    end: str
    name: str


_METHODS = {
    "append": Method(puts=True, end="right"),
    "extend": Method(puts=True, end="right", argument=-1),
    "appendleft": Method(puts=True, end="left"),
    "extendleft": Method(puts=True, end="left", argument=-1),
    "insert": Method(puts=True, end="any", argument=1),
    "pop": Method(puts=False, end="right"),
    "popleft": Method(puts=False, end="left"),
}
_ENDS = {"#0": "left", "#-1": "right"}
_MOST_PAIRS = 4096  # puts times gets of one list: past that it is handed around everywhere


class Mailboxes:
    """Find the mailboxes of a solved analysis."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self.threads = Threads(analysis)
        self.kinds = {
            f"{path}.{name}": (kind, name)
            for path, kind in analysis.models.mailboxes.items()
            for name in _METHODS
        }
        self.puts: dict[Object, list[End]] = {}
        self.gets: dict[Object, list[End]] = {}
        self.looks: dict[Object, dict[Code, None]] = {}

    def pairs(self) -> Iterator[tuple[list[Port], list[Port]]]:
        """Yield gets, each with the puts whose messages it takes."""
        for fact in self.analysis.record.calls.values():
            if isinstance(fact.target, External) and fact.target.path in self.kinds:
                self._of_call(fact, *self.kinds[fact.target.path])
        self._of_blocks()
        self._of_looks()
        for box, gets in self.gets.items():
            puts = self.puts.get(box, ())
            if len(puts) * len(gets) > _MOST_PAIRS:
                continue
            for got in gets:
                met = [put.port for put in puts if self._meet(put, got)]
                if met:
                    yield met, [got.port]

    def _meet(self, put: End, got: End) -> bool:
        """Say whether what is put at one end is taken at the other: by another function, and not off a stack.

        In one thread, what a function puts for one that it calls is no message.
        """
        giver, taker = put.port.activation, got.port.activation
        if giver.code is taker.code or put.name != got.name:
            return False
        if self.threads.differ(giver, taker):
            return True
        if put.end == got.end or (put.name and not self._passes_messages(put)):
            return False
        calls = self.analysis.record.entered.get(taker.number, ())
        return not any(call.caller.code is giver.code for call in calls)

    def _passes_messages(self, put: End) -> bool:
        """Say whether more than text is put, and as many functions take from the list as look at it."""
        box, items = put.port.channel, put.port.value.points_to if put.port.value else {}
        if all(isinstance(one, String | External) or one.bucket in self.analysis.scalars for one in items):
            return False
        return len(self.looks.get(box, ())) <= len({got.port.activation.code for got in self.gets[box]})

    def _of_call(self, fact: "CallFact", kind: str, name: str) -> None:
        """Record the end that a call of a method of a list is, or a call that hands the method on."""
        code, method = fact.caller.code, _METHODS[name]
        written = _methods_at(code).get((fact.site, name))
        if written is None or fact.via is None:
            return
        end = method.end
        if name in ("pop", "insert") and written.arguments:
            end = _ENDS.get(code.constants.get(written.arguments[0], ""), "any")
        given = written.arguments[method.argument : method.argument + 1] if method.argument >= 0 else ()
        for bound in fact.via.points_to:
            if isinstance(bound, BoundMethod) and bound.function is fact.target:
                port = self._port(fact.caller, fact.site, written.box, bound.receiver, kind)
                if method.puts:
                    self._put(port, end, written.box, fact.caller.register(given[0]) if given else None)
                else:
                    self._keep(self.gets, port, end, written.box)

    def _of_blocks(self) -> None:
        """Record where a list grows by `+=`, and where it is read whole and left empty."""
        for activation in self.analysis.activations:
            for site, register in _grown_at(activation.code):
                for box in activation.register(register).points_to:
                    if isinstance(box, Instance) and box.cls is self.analysis.builtin["list"]:
                        self._put(self._port(activation, site, register, box, "list"), "right", register)
        for activation in self.analysis.activations:
            for site, register in drains_of(activation.code):
                for box in activation.register(register).points_to:
                    if box in self.puts:
                        kind = self.puts[box][0].port.transport
                        port = self._port(activation, site, register, box, kind)
                        port.boxed = register
                        self._keep(self.gets, port, "all", register)

    def _of_looks(self) -> None:
        """Record which functions look at the items of plain lists without taking them."""
        names = {end.name for gets in self.gets.values() for end in gets if end.name}
        for activation in self.analysis.activations:
            for name, register in looks_of(activation.code):
                for box in activation.register(register).points_to if name in names else ():
                    if box in self.gets:
                        self.looks.setdefault(box, {})[activation.code] = None

    def _put(self, port: Port, end: str, register: int, value: Variable | None = None) -> None:
        port.puts = True
        port.value = value or self.analysis.field(port.channel, "[*]")
        self._keep(self.puts, port, end, register)

    def _keep(self, ends: dict[Object, list[End]], port: Port, end: str, register: int) -> None:
        """Keep an end; a plain list counts where others see it by the same name."""
        name = holder_of(port.activation.code, register) if port.transport == "list" else ""
        if name or port.transport != "list":
            ends.setdefault(port.channel, []).append(End(port, end, name))

    def _port(self, activation: Activation, site: int, register: int, box: Object, kind: str) -> Port:
        """Return a port that gets from a list, or will put into it."""
        holder = activation.register(register)
        return Port(activation, site, box, puts=False, transport=kind, value=None, holder=holder, held=box)


@once_per_code
def _methods_at(code: Code) -> dict[tuple[int, str], Written]:
    """Return the methods of lists that calls name, by site: those called, and those handed on."""
    found: dict[tuple[int, str], Written] = {}
    for op in code.block.operations:
        if not isinstance(op, ops.Call):
            continue
        given = [argument.value for argument in op.arguments if not argument.kind]
        for at, register in enumerate((op.function, *given)):
            method = code.definitions.get(code.aliases.get(register, register))
            if isinstance(method, ops.Load) and method.name in _METHODS:
                found.setdefault((op.site, method.name), Written(method.base, tuple(given[at:])))
    return found


@once_per_code
def _grown_at(code: Code) -> tuple[tuple[int, int], ...]:
    """Return the sites where a list that others see grows by `+=`, with the register of the list."""
    return tuple(
        (op.site, op.left)
        for op in code.block.operations
        if isinstance(op, ops.Binary) and op.in_place == "__iadd__" and holder_of(code, op.left)
    )
