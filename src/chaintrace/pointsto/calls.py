"""Calls: from what a callee variable holds to the code that runs."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.pointsto import unbound
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments, Binder
from chaintrace.pointsto.objects import (
    BoundMethod,
    Class,
    External,
    Function,
    Instance,
    Object,
)
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

MOST_NESTED = 64  # calls that models make for other models at one site


@dataclass(slots=True, eq=False)
class Call:
    """Describe one call: where it happens, what it passes, and where its result goes.

    `via` is the variable that holds the callee, the evidence of the edge; `floor` the weakest resolution the
    edge may claim, `depth` how many models called each other to get here. `first_is_receiver` says that the
    receiver is one of the values of the first argument. Nothing changes a call; it is not
    frozen because making a frozen object takes three times as long.
    """

    activation: Activation
    site: int
    arguments: Arguments
    result: Variable | None = None
    kind: EdgeKind = EdgeKind.CALL
    flags: tuple[str, ...] = ()
    floor: Resolution = Resolution.STATIC
    via: Variable | None = None
    depth: int = 0
    first_is_receiver: bool = False

    def passing(self, arguments: Arguments) -> "Call":
        """Return the same call with other arguments."""
        return replace(self, arguments=arguments)


class Calls:
    """Run the callees that arrive at call sites."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self.asked: set[tuple[object, ...]] = set()
        self._nested: dict[tuple[int, int], int] = {}

    def through(self, callee: Variable, call: Call) -> None:
        """Call whatever `callee` holds, now and later."""
        call = Call(
            call.activation,
            call.site,
            call.arguments,
            call.result,
            call.kind,
            call.flags,
            call.floor,
            callee,
            call.depth,
        )
        self.analysis.use(callee, lambda obj: self.apply(obj, call, obj))

    def apply(self, obj: Object, call: Call, evidence: Object) -> None:
        """Call one object; `evidence` is the object in `call.via` that led here."""
        if isinstance(obj, Function):
            if unbound.takes_receiver(obj, call):
                unbound.enter(self.analysis, obj, call, evidence)
            else:
                self.enter(obj, None, call, evidence)
        elif isinstance(obj, BoundMethod):
            self._bound(obj, call, evidence)
        elif isinstance(obj, Class):
            self.analysis.construction.construct(obj, call, evidence)
        elif isinstance(obj, External):
            self.analysis.externals.call(obj, None, call, evidence)
        elif isinstance(obj, Instance):
            self.method(obj, "__call__", replace(call, flags=(*call.flags, "implicit")), evidence)

    def _bound(self, obj: BoundMethod, call: Call, evidence: Object) -> None:
        function = obj.function
        if isinstance(function, Function):
            self.enter(function, obj.receiver, call, evidence)
        elif isinstance(function, External):
            self.analysis.externals.call(function, obj.receiver, call, evidence)
        else:
            first = call.activation.temporary(("receiver", obj))
            self.analysis.add(first, obj.receiver, Reason("receiver", call.activation, call.site))
            self.apply(function, call.passing(call.arguments.after(first)), evidence)

    def method(self, receiver: Object, name: str, call: Call, evidence: Object) -> None:
        """Call the method `name` that the class of `receiver` defines, as implicit calls do.

        The same call is made once: an `__init__` or `__call__` may, as far as known, hold the class or object
        that has it.
        """
        arguments = call.arguments
        made = (*arguments.positional, *arguments.keywords, *arguments.mappings)
        key = (receiver, name, call.activation.number, call.site, call.kind, call.result, made)
        if key in self.asked:
            return
        self.asked.add(key)
        if isinstance(receiver, Instance):
            raw = self.analysis.lookups.of_class(receiver.cls, name)
        elif isinstance(receiver, Class):
            raw = self.analysis.lookups.of_metaclass(receiver, name)
        else:
            return

        def on_found(found: Object) -> None:
            if isinstance(receiver, Class) and isinstance(found, Function):
                self.apply(self.analysis.bound(found, receiver), call, evidence)
            else:
                self.analysis.lookups.bind(found, receiver, lambda bound: self.apply(bound, call, evidence))

        self.analysis.use(raw, on_found)

    def nest(self, call: Call) -> bool:
        """Count a call that a model makes for another; say whether there are few of them at its site.

        Partials that hold partials are as many calls as there are ways from one to another.
        """
        place = call.activation.number, call.site
        count = self._nested[place] = self._nested.get(place, 0) + 1
        return count <= MOST_NESTED

    def enter(
        self, function: Function, receiver: Object | None, call: Call, evidence: Object | None
    ) -> Activation:
        """Run a function for a call: choose its activation, bind the arguments, pass the result on."""
        decorates = "decorator" in call.flags
        context, heap = self.analysis.contexts.choose(
            function, receiver, call.activation, call.site, decorates=decorates
        )
        return self.enter_in(context, heap, function, receiver, call, evidence)

    def enter_in(
        self,
        context: object,
        heap: tuple[object, ...],
        function: Function,
        receiver: Object | None,
        call: Call,
        evidence: Object | None,
    ) -> Activation:
        """Run a function for a call in a context already chosen."""
        analysis = self.analysis
        first = 0 if receiver is None or call.first_is_receiver else 1
        callee = analysis.activate(function, context, heap, analysis.fixing.of(function, call, first))
        analysis.record_call(call, callee, evidence, first)
        if function.entered is not None:
            function.entered(call)
        binder = Binder(analysis, callee, Reason("argument", call.activation, call.site, call.via, evidence))
        if receiver is not None:
            binder.receiver(receiver)
        binder.keeps_first = call.first_is_receiver
        binder.bind(call.arguments, first)
        if call.result is not None:
            self.hand_back(
                callee, call.result, Reason("returned", call.activation, call.site, call.via, evidence)
            )
        return callee

    def hand_back(self, callee: Activation, result: Variable, reason: Reason) -> None:
        """Pass what running `callee` gives to `result`: its generator or coroutine, or what it returns."""
        block = callee.code.block
        if block.is_generator or block.is_async:
            self.analysis.add(result, self.analysis.generator(callee), reason)
        else:
            self.analysis.flow(callee.result, result, reason)
