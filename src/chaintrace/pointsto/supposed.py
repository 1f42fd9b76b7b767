"""Supposed calls: what a user says is called where the analysis finds nothing, or not all.

The callee is put where the call looks for it, so it gets the arguments, and its result goes on from there. A
method is called on every instance of its class that the program makes.
"""

from chaintrace.ir import operations as ops
from chaintrace.ir.facts import BlockKind
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import Analysis
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.entries import is_class_method, is_static
from chaintrace.pointsto.objects import Class, Function, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.modules import Code
from chaintrace.project.supposed import SupposedCodes


class SupposedCalls:
    """Put supposed callees where calls look for them, as the analysis comes to know both ends."""

    def __init__(self, analysis: Analysis, calls: tuple[SupposedCodes, ...]) -> None:
        self.analysis = analysis
        self.calls = calls
        self._given: set[tuple[int, Activation, Object]] = set()

    @property
    def names(self) -> frozenset[str]:
        """Return the bare names of the callees, and of the classes around them."""
        names = {code.name for call in self.calls for code in call.callees}
        return frozenset(part for name in names for part in name.split(".")[-2:])

    def give(self) -> bool:
        """Give every caller that is known every callee that is known; say whether there was a new pair."""
        before = len(self._given)
        for number, call in enumerate(self.calls):
            made = self._made(call.callees)
            for activation in [one for one in self.analysis.activations if one.code in call.callers]:
                for obj in made:
                    if (number, activation, obj) not in self._given:
                        self._given.add((number, activation, obj))
                        self._give(activation, call.line, obj)
        return len(self._given) > before

    def settle(self) -> None:
        """Give and solve until nothing changes; then no new receiver or call site is told apart any more."""
        while self.give():
            self.analysis.solve()
        self.analysis.contexts.settled = True

    def _made(self, codes: tuple[Code, ...]) -> list[Function | Class]:
        """Return the functions and classes that code makes, as far as it has run."""
        every: list[Function | Class] = [*self.analysis.functions, *self.analysis.classes]
        return [one for one in every if one.code in codes]

    def _give(self, activation: Activation, line: int, obj: Function | Class) -> None:
        calls = _calls_of(activation.code, line, obj.code.name.rpartition(".")[2])
        for op in calls:
            self._put(obj, activation.register(op.function), Reason("supposed", activation, op.site))
        if not calls:
            site = activation.code.block.site
            callee = activation.temporary(("supposed", obj))
            self._put(obj, callee, Reason("supposed", activation, site))
            self.analysis.calls.through(callee, Call(activation, site, Arguments()))

    def _put(self, obj: Function | Class, callee: Variable, reason: Reason) -> None:
        """Let a variable hold a function or class; a method, bound to each instance that has it."""
        analysis = self.analysis
        cls = obj.env.cls if isinstance(obj, Function) and _is_in_class(obj) else None
        if not isinstance(obj, Function) or cls is None or is_static(analysis, obj, cls):
            analysis.add(callee, obj, reason)
            return
        if is_class_method(analysis, obj, cls):
            analysis.add(callee, analysis.bound(obj, cls), reason)
            return
        name = obj.code.name.rpartition(".")[2]

        def on_instance(found: Object) -> None:
            if isinstance(found, Instance) and analysis.lookups.definer(found.cls, name) in (cls, None):
                analysis.add(callee, analysis.bound(obj, found), reason)

        analysis.use(analysis.known_instances(cls), on_instance)


def _is_in_class(function: Function) -> bool:
    return function.env.code.block.kind is BlockKind.CLASS


def _calls_of(code: Code, line: int, word: str) -> list[ops.Call]:
    """Return the calls of a block that are meant: on the line, of the name where one there has it."""
    calls = [op for op in code.block.operations if isinstance(op, ops.Call) and not op.role]
    if line:
        calls = [op for op in calls if _is_on(code, op.site, line)]
    named = [op for op in calls if getattr(code.definitions.get(op.function), "name", "") == word]
    return named or (calls if line else [])


def _is_on(code: Code, site: int, line: int) -> bool:
    place = code.module.facts.sites[site]
    return place.line <= line <= place.end_line
