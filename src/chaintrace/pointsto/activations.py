"""Activations: a code block analysed in one context."""

from typing import TYPE_CHECKING

from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code

if TYPE_CHECKING:
    from chaintrace.pointsto.objects import Class, Function


Fixed = tuple[tuple[int, str, str], ...]
"""Parameters that hold one literal: (register, kind, value), as in `Constant`."""


_NONE: frozenset[int] = frozenset()


class Activation:
    """Be one code block in one context, with its own variables.

    `context` is what told it apart from other activations of the same function: the receiver (object or
    class), a call site, or None; so do the literals that it is `fixed` to, with which what stands under the
    guards `never` does not run. `heap` is what its allocations are told apart by. `env` is the activation of
    the enclosing block.
    """

    __slots__ = (
        "cells",
        "cls",
        "code",
        "context",
        "env",
        "fixed",
        "function",
        "heap",
        "never",
        "number",
        "registers",
        "result",
        "scratch",
        "yields",
    )

    def __init__(
        self,
        number: int,
        code: Code,
        env: "Activation | None",
        function: "Function | None",
        context: object,
        heap: tuple[object, ...],
    ) -> None:
        self.number = number
        self.code = code
        self.env = env
        self.function = function
        self.context = context
        self.heap = heap
        self.fixed: Fixed = ()
        self.never: frozenset[int] = _NONE
        self.cls: Class | None = None
        self.registers: list[Variable | None] = [None] * code.block.registers
        self.cells: dict[str, Variable] = {}
        self.scratch: dict[object, Variable] = {}
        self.result = Variable((self, "return"))
        self.yields: Variable | None = None

    def register(self, index: int) -> Variable:
        """Return the variable of a register; registers that are mere copies share one."""
        found = self.registers[index]
        if found is None:
            origin = self.code.aliases.get(index, index)
            found = Variable((self, index)) if origin == index else self.register(origin)
            self.registers[index] = found
        return found

    def cell(self, name: str) -> Variable:
        """Return the variable of a local that inner functions see."""
        found = self.cells.get(name)
        if found is None:
            found = self.cells[name] = Variable((self, name))
        return found

    def temporary(self, key: object) -> Variable:
        """Return an unnamed variable of this activation, the same for the same key."""
        found = self.scratch.get(key)
        if found is None:
            found = self.scratch[key] = Variable((self, "temporary"))
        return found

    def yielded(self) -> Variable:
        """Return the variable of the yielded values."""
        if self.yields is None:
            self.yields = Variable((self, "yield"))
        return self.yields

    def owner(self, block: int) -> "Activation":
        """Return the enclosing activation (or this one) that runs block `block` of the same file."""
        found: Activation | None = self
        while found is not None and found.code.index != block:
            found = found.env
        return found if found is not None else self
