"""Control that carries values: `return`, `yield`, `await`, `with`, `raise` and `except`."""

from dataclasses import replace
from typing import TYPE_CHECKING

from chaintrace.ir.operations import Await, Catch, Enter, Exit, Raise, Return, Yield, YieldFrom
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.items import implicit
from chaintrace.pointsto.models import Invocation
from chaintrace.pointsto.objects import Class, External, Generator, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.pointsto.walks import returns_of

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


class Flows:
    """Apply the statements that pass values between activations."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis

    def give_back(self, op: Return, activation: Activation) -> None:
        """`return value`."""
        if op.source < 0:
            return
        walk = returns_of(activation.code).get(op.site)
        if walk is not None:
            self.analysis.walks.give_back(walk, op.site, activation.register(op.source), activation)
        else:
            reason = Reason("returned", activation, op.site)
            self.analysis.flow(activation.register(op.source), activation.result, reason)

    def give(self, op: Yield, activation: Activation) -> None:
        """`target = yield value`."""
        if op.source >= 0:
            reason = Reason("yielded", activation, op.site)
            self.analysis.flow(activation.register(op.source), activation.yielded(), reason)
        if op.target >= 0:
            sent = self.analysis.field(self.analysis.generator(activation), "sent")
            self.analysis.flow(sent, activation.register(op.target), Reason("sent", activation, op.site))

    def delegate(self, op: YieldFrom, activation: Activation) -> None:
        """`target = yield from source`."""
        analysis = self.analysis
        source = activation.register(op.source)
        analysis.iterate(source, activation.yielded(), activation, op.site)

        def on_generator(obj: Object) -> None:
            if not isinstance(obj, Generator):
                return
            sent = analysis.field(analysis.generator(activation), "sent")
            analysis.flow(sent, analysis.field(obj, "sent"), Reason("sent", activation, op.site))
            if op.target >= 0:
                reason = Reason("returned", activation, op.site)
                analysis.flow(obj.activation.result, activation.register(op.target), reason)

        analysis.use(source, on_generator)

    def await_(self, op: Await, activation: Activation) -> None:
        """`target = await source`."""
        target = activation.register(op.target) if op.target >= 0 else None
        self.wait(activation.register(op.source), target, activation, op.site)

    def wait(self, source: Variable, target: Variable | None, activation: Activation, site: int) -> None:
        """Take the results of the awaitables that a variable holds."""
        self.analysis.use(source, lambda obj: self.wait_for(obj, source, target, activation, site))

    def wait_for(
        self, obj: Object, source: Variable, target: Variable | None, activation: Activation, site: int
    ) -> None:
        """Take the result of one awaitable: a coroutine's value, a future's, or what `__await__` returns."""
        analysis = self.analysis
        reason = Reason("awaited", activation, site, source, obj)
        if isinstance(obj, Generator):
            if target is not None:
                analysis.flow(obj.activation.result, target, reason)
        elif isinstance(obj, Instance):
            if isinstance(obj.cls, Class) and analysis.lookups.defines(obj.cls, "__await__"):
                key = ("await", site, obj, target)
                if key in activation.scratch:  # its `__await__` gives, as far as known, itself
                    return
                steps = activation.temporary(key)
                analysis.calls.method(obj, "__await__", implicit(activation, site, result=steps), obj)
                analysis.use(steps, lambda step: self._step(step, steps, target, activation, site))
            else:
                self._wait_for_foreign(obj, source, target, implicit(activation, site, result=target))
        elif isinstance(obj, External) and target is not None:
            analysis.add(target, obj, reason)

    def _step(
        self, step: Object, steps: Variable, target: Variable | None, activation: Activation, site: int
    ) -> None:
        """Go through what an `__await__` gives."""
        if isinstance(step, Instance) and self.analysis.lookups.defines(step.cls, "__next__"):
            self.analysis.calls.method(step, "__next__", implicit(activation, site), step)
        else:
            self.wait_for(step, steps, target, activation, site)

    def _wait_for_foreign(self, obj: Instance, source: Variable, target: Variable | None, call: Call) -> None:
        analysis = self.analysis
        path = obj.cls.path if isinstance(obj.cls, External) else ""
        model = analysis.models.find(f"{path}.__await__") if path else None
        if model is not None:
            model(Invocation(analysis, f"{path}.__await__", obj, replace(call, via=source)))
        if target is not None:
            reason = Reason("awaited", call.activation, call.site, source, obj)
            analysis.flow(analysis.field(obj, "[result]"), target, reason)

    def enter(self, op: Enter, activation: Activation) -> None:
        """`with source as target`."""
        source = activation.register(op.source)
        target = (
            activation.register(op.target) if op.target >= 0 else activation.temporary(("enter", op.site))
        )
        self.analysis.use(
            source, lambda obj: self.enter_one(obj, source, target, op.is_async, activation, op.site)
        )

    def enter_one(
        self,
        obj: Object,
        source: Variable,
        target: Variable,
        is_async: bool,
        activation: Activation,
        site: int,
    ) -> None:
        """Enter one context manager; foreign ones give themselves unless a model says otherwise."""
        analysis = self.analysis
        name = "__aenter__" if is_async else "__enter__"
        given = activation.temporary(("entered", site, obj)) if is_async else target
        call = implicit(activation, site, result=given)
        if isinstance(obj, Instance):
            outside = obj.cls.path if isinstance(obj.cls, External) else ""
            if outside and not analysis.models.has_method(outside, name):
                analysis.add(target, obj, Reason("entered", activation, site, source, obj))
                return
            analysis.calls.method(obj, name, call, obj)
            if is_async:
                self.wait(given, target, activation, site)
        elif isinstance(obj, External):
            analysis.add(target, obj, Reason("entered", activation, site, source, obj))

    def leave(self, op: Exit, activation: Activation) -> None:
        """End a `with` block."""
        source = activation.register(op.source)
        name = "__aexit__" if op.is_async else "__exit__"
        call = implicit(activation, op.site)

        def on_manager(obj: Object) -> None:
            if isinstance(obj, Instance):
                self.analysis.calls.method(obj, name, call, obj)

        self.analysis.use(source, on_manager)

    def throw(self, op: Raise, activation: Activation) -> None:
        """`raise source`: a class is called first."""

        def on_raised(obj: Object) -> None:
            if isinstance(obj, Class):
                call = implicit(activation, op.site)
                self.analysis.construction.construct(obj, call, obj)

        if op.source >= 0:
            self.analysis.use(activation.register(op.source), on_raised)
        if op.source >= 0 and op.cause >= 0:
            self._keep_cause(op, activation)

    def _keep_cause(self, op: Raise, activation: Activation) -> None:
        cause, reason = activation.register(op.cause), Reason("assigned", activation, op.site)

        def on_raised(obj: Object) -> None:
            if isinstance(obj, Instance):
                self.analysis.flow(cause, self.analysis.field(obj, "__cause__"), reason)

        self.analysis.use(activation.register(op.source), on_raised)

    def catch(self, op: Catch, activation: Activation) -> None:
        """`except source as target`: any instance of the classes that the program makes."""
        analysis = self.analysis
        if op.target < 0 or op.source < 0:
            return
        source, target = activation.register(op.source), activation.register(op.target)

        def on_class(obj: Object) -> None:
            if isinstance(obj, Class):
                analysis.flow(
                    analysis.known_instances(obj), target, Reason("caught", activation, op.site, source, obj)
                )
            elif isinstance(obj, External):
                analysis.add(
                    target, analysis.instance_of(obj), Reason("caught", activation, op.site, source, obj)
                )

        analysis.use_flat(source, on_class)
