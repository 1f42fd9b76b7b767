"""Calls that leave the program: run the model of an external, or assume the least about it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.models import Invocation
from chaintrace.pointsto.objects import BoundMethod, Class, External, Function, Object, Opaque
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


MOST_CALLBACKS = 4  # functions that one argument for code that was not read may be; more are a mixed set


class Externals:
    """Call externals."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._handed: dict[tuple[int, int, Variable], dict[Variable | None, None]] = {}

    def call(self, obj: External, receiver: Object | None, call: Call, evidence: Object) -> None:
        """Call an external function, class or method."""
        analysis = self.analysis
        analysis.record_call(call, obj, evidence)
        model = analysis.models.find(obj.path)
        if model is not None:
            model(Invocation(analysis, obj.path, receiver, call))
        elif not isinstance(obj, Opaque) and analysis.models.is_class(obj.path) and receiver is None:
            self._construct(obj, call)
        else:
            self._unknown(obj, call)

    def _construct(self, cls: External, call: Call) -> None:
        analysis = self.analysis
        if cls.path in analysis.models.classes:
            made = analysis.allocate(cls, call.activation, call.site)
        else:
            made = analysis.instance_of(cls)
            self._hand_over(cls, call)
        if call.result is not None:
            analysis.add(call.result, made, Reason("constructed", call.activation, call.site, call.via, cls))
        path = f"{cls.path}.__init__"
        model = analysis.models.find(path)
        if model is not None:
            model(Invocation(analysis, path, made, replace(call, result=None)))

    def _unknown(self, obj: External, call: Call) -> None:
        self._hand_over(obj, call)
        if call.result is None:
            return
        analysis, result = self.analysis, call.result
        given = None
        if not obj.path.startswith("builtins."):
            given = analysis.opaque(obj.path)
        reason = Reason("external", call.activation, call.site, call.via, obj)
        if "decorator" in call.flags and call.arguments.positional:
            decorated = call.arguments.positional[0][0]
            analysis.flow(decorated, result, Reason("assumed", call.activation, call.site))
            if given is not None:
                analysis.use(decorated, lambda one: self._dress(one, given, result, reason))
        elif given is not None:
            analysis.add(result, given, reason)

    def _dress(self, decorated: Object, given: Object, result: Variable, reason: Reason) -> None:
        """Let a decorator give anything for a function; of a class it gives the class."""
        if not isinstance(decorated, Class):
            self.analysis.add(result, given, reason)

    def _hand_over(self, obj: External, call: Call) -> None:
        """Assume that unknown code calls the functions it is handed."""
        if "decorator" in call.flags or self.analysis.models.is_inert(obj.path):
            return
        given = [value for value, starred in call.arguments.positional if not starred]
        for value in [*given, *(value for _name, value in call.arguments.keywords)]:
            handed = Call(
                call.activation,
                call.site,
                Arguments(),
                None,
                EdgeKind.CALLBACK,
                (),
                Resolution.ASSUMED,
                via=value,
            )
            self._assume(call.via, value, handed)

    def _assume(self, callee: Variable | None, value: Variable, handed: Call) -> None:
        """Hand a value over once nothing else changes, if it is a callback as far as is known then.

        It is none where the program's own code turns out to be what is called.
        """
        callees = self._handed.setdefault((handed.activation.number, handed.site, value), {})
        known = bool(callees)
        callees[callee] = None
        if known:
            return
        waits = False

        def on_value(obj: Object) -> None:
            nonlocal waits
            if not waits and _is_function(obj):
                waits = True
                self.analysis.last.append(decide)

        def decide() -> bool:
            if all(via is not None and any(_is_own(obj) for obj in via.points_to) for via in callees):
                callees.clear()  # the next that is called there is asked again
            else:
                self.analysis.use(value, hand_over)
            return True

        def hand_over(obj: Object) -> None:
            if _is_function(obj) and _is_callback(value):
                self.analysis.calls.apply(obj, handed, obj)

        self.analysis.use(value, on_value)


def _is_function(obj: Object) -> bool:
    """Say whether an object is a function of the program, bound or not."""
    return isinstance(obj.function if isinstance(obj, BoundMethod) else obj, Function)


def _is_callback(value: Variable) -> bool:
    """Say whether a value is there to be called: a set of few functions, and nothing that is none."""
    functions: dict[object, None] = {}
    for obj in value.points_to:
        if not isinstance(obj, Function | BoundMethod | Class | External):
            return False
        functions[obj.bucket] = None
    return len(functions) <= MOST_CALLBACKS


def _is_own(obj: Object) -> bool:
    """Say whether a callee is code of the program."""
    return isinstance(obj.function if isinstance(obj, BoundMethod) else obj, Function | Class)
