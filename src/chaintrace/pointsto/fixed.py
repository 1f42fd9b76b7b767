"""Fixed parameters: the literals that a call passes for what its function tests.

    def create(kind):
        if kind == "fast":
            return Fast()
        return Slow()  # not for create("fast")

A function is analysed apart for the literals that written calls pass for such parameters, and there what
stands under a condition that they contradict is left out (`chaintrace.pointsto.failing`).
"""

from typing import TYPE_CHECKING

from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation, Fixed
from chaintrace.pointsto.arguments import signature
from chaintrace.pointsto.contexts import MOST_CALL_SITES, is_clonable
from chaintrace.pointsto.failing import handed_by, left_out, tested_by
from chaintrace.pointsto.receivers import writers
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code, once_per_code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis
    from chaintrace.pointsto.calls import Call
    from chaintrace.pointsto.objects import Function

MOST_FIXED = 6  # combinations of literals for which one function is analysed apart
MOST_OPERATIONS = 1600  # of a function, for all these combinations together
_DEFAULTS = ("__defaults__", "__kwdefaults__")


class Fixing:
    """Tell which literals a call fixes for the parameters that its function tests."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._kept: dict[Code, dict[Fixed, None]] = {}
        self._changes_defaults: bool | None = None

    def of(self, function: "Function", call: "Call", first: int) -> Fixed:
        """Return the parameters that a call fixes; none where that leaves no code out.

        `first` is the position of the parameter that takes the first written argument.
        """
        code = function.code
        makes = code.block.name.endswith("__init__") or (not first and is_clonable(code))
        is_apart = makes or is_clonable(code)
        asked = handed_by(code) if is_apart else tested_by(code)
        if not asked or not call.arguments.is_written:
            return ()
        literals = self._passed(function, call, first, asked)
        fixed = tuple((register, *literals[register]) for register in sorted(literals))
        if not fixed or not (is_apart or left_out(code, fixed)):
            return ()
        kept = self._kept.setdefault(code, {})
        most = MOST_CALL_SITES if makes else min(MOST_FIXED, MOST_OPERATIONS // len(code.block.operations))
        if fixed not in kept and len(kept) >= most:
            return ()
        kept[fixed] = None
        return fixed

    def _passed(
        self, function: "Function", call: "Call", first: int, asked: tuple[int, ...]
    ) -> dict[int, tuple[str, str]]:
        """Return what is certainly passed for some parameters, where that is a literal."""
        given, is_whole = _given(function.code, call, first)
        found = {}
        for register in asked:
            if register in given:
                literal = literal_of(given[register])
            else:
                literal = self._default(function, register) if is_whole else None
            if literal is not None:
                found[register] = literal
        return found

    def _default(self, function: "Function", register: int) -> tuple[str, str] | None:
        name = function.code.block.parameters[register].name
        for parameter, value in function.defaults:
            if parameter == name:
                return None if self._are_changed() else literal_of(function.env.register(value))
        return None

    def _are_changed(self) -> bool:
        """Say whether the program writes, or so much as names, the defaults of some function."""
        if self._changes_defaults is None:
            self._changes_defaults = any(
                (op.value if isinstance(op, ops.Constant) else getattr(op, "name", "")) in _DEFAULTS
                for code in self.analysis.program.codes
                for op in code.block.operations
                if isinstance(op, ops.Constant | ops.Load | ops.Store | ops.Delete)
            )
        return self._changes_defaults


def _given(code: Code, call: "Call", first: int) -> tuple[dict[int, Variable], bool]:
    """Return what a call passes for certain, and whether it passes nothing else."""
    shape, given = signature(code), {}
    is_whole = not call.arguments.mappings
    for position, (value, starred) in enumerate(call.arguments.positional, first):
        if starred:
            is_whole = False
            break
        if position < len(shape.positional):
            given[shape.positional[position]] = value
    for name, value in call.arguments.keywords:
        if name in shape.by_name:
            given[shape.by_name[name]] = value
    return given, is_whole


def literal_of(variable: Variable) -> tuple[str, str] | None:
    """Return the one literal, with its kind, that a variable ever holds."""
    activation, register = variable.what
    if not isinstance(activation, Activation) or not isinstance(register, int):
        return None
    code = activation.code
    if register < len(code.block.parameters):
        if register in writers(code):
            return None
        return next(((kind, value) for at, kind, value in activation.fixed if at == register), None)
    written = writers(code).get(register, ())
    if len(written) != 1 or register in _shared(code):
        return None
    op = written[0]
    is_known = isinstance(op, ops.Constant) and op.kind in ("str", "int", "bool", "none")
    return (op.kind, op.value) if is_known and isinstance(op, ops.Constant) else None


@once_per_code
def _shared(code: Code) -> frozenset[int]:
    """Return the registers whose value is bound to a name that other code may bind too."""
    return frozenset(
        op.source
        for op in code.block.operations
        if isinstance(op, ops.StoreGlobal | ops.StoreMember | ops.StoreCell)
    )
