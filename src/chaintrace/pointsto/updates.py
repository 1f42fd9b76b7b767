"""Strong updates: a read sees what the last store left, not all that was ever stored.

The solver knows no order, so a field holds everything stored in it. Where order is certain, a read waits:

- in any function, a read through the very register through which the field was stored before;
- in a module body, which runs once, a read of an object that the body makes once.

At a fixpoint the operations before the read are searched backward, into the functions they call, for the
stores that it can see. Where this becomes uncertain (an unknown call, a store through a variable that may
hold the object), or leads to nothing, the read takes all the field holds. What is found is never taken back.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chaintrace.ir import operations as ops
from chaintrace.ir.facts import BlockKind
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.effects import UNKNOWN, Effects, used_by_effects
from chaintrace.pointsto.objects import External, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.order import Read, field_of, has_run, read_at, rereads, stored_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from chaintrace.pointsto.analysis import Analysis

_HOOKS = ("__setattr__", "__getattribute__")


@dataclass(slots=True, frozen=True)
class Waiting:
    """Hold a read of one object that waits for what it sees: `every` is all that the field holds.

    `calls` counts the calls that its activation made when it was looked at, -1 where it depends on more:
    then `looked` are the activations that it depends on, and `stamp` what was known of them.
    """

    activation: Activation
    index: int
    obj: Instance
    field: str
    every: Variable
    target: Variable
    reason: Reason
    calls: int = -1
    looked: tuple[Activation, ...] = ()
    stamp: int = -1

    @property
    def order(self) -> tuple[int, int]:
        """Return where the read stands: its activation, then its position."""
        return self.activation.number, self.index


class Updates:
    """Let reads see the stores that come last before them."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self.effects = Effects(analysis)
        self.waiting: list[Waiting] = []
        self.held: list[Waiting] = []
        self._checks = False
        self.watched: dict[Activation, list[Variable]] = {}
        self.stored = {field for code in analysis.program.codes for field in stored_fields(code)}

    def position(self, activation: Activation, op: Read) -> int:
        """Return the position of a read whose value may be known from earlier stores, else -1."""
        index = rereads(activation.code).get(op.target, -1)
        return index if field_of(op) in self.stored else -1

    def read(self, obj: Object, index: int, call: Call, plain: "Callable[[Object, Call], None]") -> None:
        """Read one object; `plain` does it without regard to order."""
        if call.result is None or not isinstance(obj, Instance) or not self._is_told(obj, index, call):
            plain(obj, call)
            return
        every = call.activation.temporary(("every", index, obj))
        plain(obj, replace(call, result=every))
        reason = Reason("field", call.activation, call.site, call.via, obj)
        field = field_of(read_at(call.activation.code, index))
        if not self.waiting:
            self.analysis.later.append(self._settle)
        self.waiting.append(Waiting(call.activation, index, obj, field, every, call.result, reason))

    def _is_told(self, obj: Instance, index: int, call: Call) -> bool:
        """Say whether the stores into an object may be told apart by their order here."""
        op = read_at(call.activation.code, index)
        if isinstance(op, ops.LoadItem) and obj.cls not in (
            self.analysis.builtin["dict"],
            self.analysis.builtin["list"],
        ):
            return False
        if isinstance(obj.cls, External) and isinstance(op, ops.Load):
            return False
        direct = self.effects.stored_through(call.activation.code, op.base, field_of(op), index)
        in_module = call.activation.code.block.kind is BlockKind.MODULE
        return direct or (in_module and self.effects.is_one(obj))

    def _settle(self) -> bool:
        """Give each waiting read what it sees now; say whether none waits any more.

        Where a read brings something new, what comes after it in its block waits for what follows from that.
        """
        waiting, self.waiting = sorted(self.waiting, key=lambda read: read.order), []
        moved = -1
        for read in waiting:
            if read.activation.number == moved:
                self.waiting.append(read)
            elif self._give(read):
                moved = read.activation.number
        return not self.waiting

    def _check(self) -> bool:
        """Look again at the reads that have what they see, once nothing else changes."""
        held, self.held = self.held, []
        for read in held:
            if self._is_unchanged(read):
                self.held.append(read)
            else:
                self._give(read)
        self._checks = bool(self.held)
        return not self.held

    def _give(self, read: Waiting) -> bool:
        """Give a read what it sees, or everything; say whether that is new to it."""
        before = len(read.target.points_to)
        if len(read.every.points_to) <= 1:  # nothing to tell apart yet
            for only in read.every.points_to:
                self.analysis.add(read.target, only, read.every)
            self._hold(read, -1)
            return len(read.target.points_to) > before
        self.effects.searched = False
        self.effects.looked = {read.activation: None}
        seen = self._seen(read)
        certain = seen is not None and any(value.points_to for value in seen)
        if certain and self.effects.searched:
            self._hold(read, -1, tuple(self.effects.looked))
        elif certain:
            self._hold(read, self._calls(read.activation))
        for value in (seen or ()) if certain else (read.every,):
            self.analysis.flow(value, read.target, read.reason)
        return len(read.target.points_to) > before

    def _hold(self, read: Waiting, calls: int, looked: tuple[Activation, ...] = ()) -> None:
        """Keep a read, to look at it again once nothing else changes."""
        if not self._checks:
            self._checks = True
            self.analysis.last.append(self._check)
        stamp = self._stamp(read, looked) if calls < 0 else -1
        self.held.append(replace(read, calls=calls, looked=looked, stamp=stamp))

    def _is_unchanged(self, read: Waiting) -> bool:
        """Say whether looking at a read again would find what it found before."""
        if read.calls >= 0:
            return read.calls == self._calls(read.activation)
        if read.looked and self._is_hooked(read):
            return False
        return read.stamp == self._stamp(read, read.looked)

    def _stamp(self, read: Waiting, looked: tuple[Activation, ...]) -> int:
        """Return a number that grows with all that a read depends on: nothing of that ever shrinks."""
        if not looked:
            return len(read.every.points_to)
        return sum(self._size(activation) for activation in looked)

    def _size(self, activation: Activation) -> int:
        registers = self.watched.get(activation)
        if registers is None:
            used = used_by_effects(activation.code)
            registers = self.watched[activation] = [activation.register(register) for register in used]
        size = self._calls(activation)
        for register in registers:
            size += len(register.points_to)
        return size

    def _calls(self, activation: Activation) -> int:
        return sum(map(len, self.analysis.record.made.get(activation.number, {}).values()))

    def _is_hooked(self, read: Waiting) -> bool:
        """Say whether code runs where the field is read or stored."""
        return read.field in read.obj.accessors or any(
            self.analysis.lookups.defines(read.obj.cls, hook) for hook in _HOOKS
        )

    def _seen(self, read: Waiting) -> list[Variable] | None:
        """Return the variables whose values a read may see, None where that is not certain."""
        obj, code = read.obj, read.activation.code
        if self._is_hooked(read):
            return None
        op = read_at(code, read.index)
        base = code.aliases.get(op.base, op.base)
        is_one = self.effects.is_one(obj)
        found: list[Variable] = []
        for index in range(read.index - 1, -1, -1):
            effect = self.effects.of(read.activation, index, obj, read.field, base)
            if effect is None:
                continue
            if effect is UNKNOWN or not (is_one or effect.direct):
                return None
            found += effect.values
            if effect.certain and has_run(code, index, read.index):
                return found
        return None
