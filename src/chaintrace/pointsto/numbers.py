"""Numbers as positions: `steps[i]` where every value that `i` may have is a literal in the program.

Numbers are no objects of the analysis. A subscript whose key may be traced to literals waits for a fixpoint;
then the key is followed back, through copies, parameters (to all their calls), globals and imports. Where one
way leads to anything else, the read takes all items.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import signature
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.heap import from_start
from chaintrace.pointsto.objects import BoundMethod, Function, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.order import definitions, may_be_number, places

if TYPE_CHECKING:
    from collections.abc import Callable

    from chaintrace.pointsto.analysis import Analysis, CallFact
    from chaintrace.project.modules import Code, Module

_DEEPEST = 12
_MOST = 8  # values of one key
_MOST_CALLS = 24  # of one function, followed for the values of a parameter

Found = dict[str, None] | None


@dataclass(slots=True, frozen=True)
class Waiting:
    """Hold a read of one container under a key; `every` is what the read takes without knowing the key."""

    activation: Activation
    key: int
    obj: Instance
    every: Variable
    target: Variable
    reason: Reason


class Numbers:
    """Follow keys back to literals."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self.waiting: list[Waiting] = []

    def may_know(self, code: "Code", key: int) -> bool:
        """Say whether a key may lead to nothing but literals."""
        return key >= 0 and may_be_number(code, key)

    def read(self, obj: Object, key: int, call: Call, plain: "Callable[[Object, Call], None]") -> None:
        """Read one object under a key; `plain` does it for a key that is not known."""
        kinds = [self.analysis.builtin[kind] for kind in ("list", "tuple", "dict")]
        if call.result is None or not isinstance(obj, Instance) or obj.cls not in kinds:
            plain(obj, call)
            return
        every = call.activation.temporary(("every", call.site, key, obj))
        plain(obj, replace(call, result=every))
        if not self.waiting:
            self.analysis.later.append(self._settle)
        reason = Reason("item", call.activation, call.site, call.via, obj)
        self.waiting.append(Waiting(call.activation, key, obj, every, call.result, reason))

    def _settle(self) -> bool:
        waiting, self.waiting = self.waiting, []
        for read in waiting:
            keys = self.values(read.activation, read.key, 0)
            items = [variable for key in keys or () for variable in self._items(read.obj, key)]
            if not any(item.points_to for item in items):
                self.analysis.flow(read.every, read.target, read.reason)
                continue
            for item in items:
                self.analysis.flow(item, read.target, read.reason)
            self.waiting.append(read)
        return not self.waiting

    def _items(self, obj: Instance, key: str) -> tuple[Variable, ...]:
        analysis = self.analysis
        key = from_start(obj, key)
        if not key:
            return (analysis.field(obj, "[*]"),)
        return analysis.item(obj, key), analysis.item(obj, "[?]")

    def values(self, activation: Activation, register: int, depth: int) -> Found:
        """Return the keys (`#3`) that a register may hold, None where they are not all known."""
        code = activation.code
        if register < 0 or depth > _DEEPEST:
            return None
        parts: list[Found] = []
        if register < len(code.block.parameters):
            parts.append(self._of_parameter(activation, register, depth))
        parts += [self._of_operation(activation, op, depth) for op in definitions(code).get(register, ())]
        return _together(parts)

    def _of_operation(self, activation: Activation, op: ops.Operation, depth: int) -> Found:
        if isinstance(op, ops.Constant):
            return {f"#{op.value}": None} if op.kind == "int" else None
        if isinstance(op, ops.Copy):
            return self.values(activation, op.source, depth + 1)
        if isinstance(op, ops.LoadGlobal):
            return self._of_global(activation.code.module, op.name, depth)
        if isinstance(op, ops.ImportFrom):
            program = self.analysis.program
            origin = program.modules.get(program.absolute(activation.code.module, op.module, op.level))
            return None if origin is None else self._of_global(origin, op.name, depth)
        return None

    def _of_global(self, module: "Module", name: str, depth: int) -> Found:
        """Follow a global to the bindings in its module's body; nothing else may bind it."""
        if name in self.analysis.updates.stored:
            return None
        body = self.analysis.activate_module(module.codes[0])
        bindings = [
            self.values(body, op.source, depth + 1) if code is body.code else None
            for code in module.codes
            for op in code.block.operations
            if isinstance(op, ops.StoreGlobal) and op.name == name
        ]
        return _together(bindings)

    def _of_parameter(self, activation: Activation, register: int, depth: int) -> Found:
        """Follow a parameter to the arguments of every call, where none can come from outside."""
        facts = self.analysis.record.entered.get(activation.number, ())
        if not facts or len(facts) > _MOST_CALLS or not activation.code.is_closed:
            return None
        return _together([self._of_argument(activation, register, fact, depth) for fact in facts])

    def _of_argument(self, activation: Activation, register: int, fact: "CallFact", depth: int) -> Found:
        code = fact.caller.code
        op = code.block.operations[places(code).get(fact.site, 0)]
        first = _first_position(activation, fact.evidence)
        if not isinstance(op, ops.Call) or fact.kind is not EdgeKind.CALL or first is None:
            return None
        if any(argument.kind in ("*", "**") for argument in op.arguments):
            return None
        shape = signature(activation.code)
        for position, argument in enumerate(a for a in op.arguments if not a.kind):
            at = position + first
            if at < len(shape.positional) and shape.positional[at] == register:
                return self.values(fact.caller, argument.value, depth + 1)
        for argument in op.arguments:
            if argument.kind == "=" and shape.by_name.get(argument.name) == register:
                return self.values(fact.caller, argument.value, depth + 1)
        return self._of_default(activation, register, depth)

    def _of_default(self, activation: Activation, register: int, depth: int) -> Found:
        function = activation.function
        name = activation.code.block.parameters[register].name
        for given, value in function.defaults if function is not None else ():
            if given == name and function is not None:
                return self.values(function.env, value, depth + 1)
        return None


def _first_position(activation: Activation, evidence: Object | None) -> int | None:
    """Return the position of the first written argument: 1 after a receiver, None where it is not sure."""
    if isinstance(evidence, Function) and evidence is activation.function:
        return 0
    if isinstance(evidence, BoundMethod) and evidence.function is activation.function:
        return 1
    return None


def _together(parts: list[Found]) -> Found:
    """Return all keys of several ways, None where one is not known, or there are none or too many."""
    found: dict[str, None] = {}
    for part in parts:
        if part is None:
            return None
        found.update(part)
    return found if 0 < len(found) <= _MOST else None
