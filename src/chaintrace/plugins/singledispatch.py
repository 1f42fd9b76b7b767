"""`functools.singledispatch`: one name, a function for each class of the first argument.

Which registered function runs depends on an argument's class, so those edges are of the dispatch kind.
"""

from chaintrace.graph.edges import EdgeKind
from chaintrace.pointsto import narrowing
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import BoundMethod, Class, External, Function, Instance, Object
from chaintrace.pointsto.variables import Variable

_TRACED = frozenset(f"builtins.{name}" for name in ("str", "list", "tuple", "dict", "set", "frozenset"))
"""Classes whose instances the analysis sees."""

_PLAIN, _METHOD = "functools.singledispatch", "functools.singledispatchmethod"


def register(models: Models) -> None:
    """Register single dispatch."""
    models.binding_wrappers.add(_METHOD)
    for path in (_PLAIN, _METHOD):
        models.function(path)(_wrap)
        models.function(f"{path}.__call__")(_call)
        models.function(f"{path}.register")(_register)
        models.function(f"{path}.dispatch")(_dispatch)


def _wrap(call: Invocation) -> None:
    made = call.new(call.path)
    call.store(made, "[default]", call.argument(0, "func"))
    call.give(made)


def _call(call: Invocation) -> None:
    """Run what is registered for the class of each object that the first argument may be, else the default.

    Of several classes the most special one counts. What is registered is known once nothing else changes.
    """
    if call.receiver is None:
        return
    at = 1 if call.path.startswith(_METHOD) else 0
    choice = _Choice(call, call.receiver, at)
    subject = call.argument(at)

    def when_settled() -> bool:
        if subject is None or not subject.points_to:
            choice.run_without_trace()
        if subject is not None:
            call.analysis.use(subject, choice.choose)
        return True

    call.analysis.last.append(when_settled)


class _Choice:
    """Choose what one call of a dispatching function runs."""

    def __init__(self, call: Invocation, dispatcher: Object, at: int) -> None:
        self.call = call
        self.at = at
        self.default = call.slot(dispatcher, "[default]")
        self.pairs = call.slot(dispatcher, "[registered]")
        self.running: dict[Variable, Variable] = {}

    def choose(self, obj: Object) -> None:
        """Run what takes an object."""
        best: list[Variable] = []
        least = len(_order(obj)) + 1
        for pair in self.pairs.points_to:
            function, classes = self.call.slot(pair, "[function]"), self.call.slot(pair, "[class]")
            if not classes.points_to:  # an annotation with a built-in class leaves no trace
                self._run(function, obj, EdgeKind.DISPATCH)
            for cls in classes.points_to:
                accepted = narrowing.accepts(self.call.analysis, obj, cls)
                if accepted is None:
                    self._run(function, obj, EdgeKind.DISPATCH)
                elif accepted:
                    rank = _order(obj).index(cls) if cls in _order(obj) else len(_order(obj))
                    best = [*best, function] if rank == least else [function] if rank < least else best
                    least = min(least, rank)
        for function in best:
            self._run(function, obj, EdgeKind.DISPATCH)
        if not best:
            self._run(self.default, obj, EdgeKind.CALL)

    def run_without_trace(self) -> None:
        """Run what takes numbers and `None`, which leave no trace."""
        for pair in self.pairs.points_to:
            classes = self.call.slot(pair, "[class]").points_to
            if all(isinstance(cls, External) and cls.path not in _TRACED for cls in classes):
                self._run(self.call.slot(pair, "[function]"), None, EdgeKind.DISPATCH)
        self._run(self.default, None, EdgeKind.CALL)

    def _run(self, function: Variable, obj: Object | None, kind: EdgeKind) -> None:
        """Call a function with an object as its first argument."""
        given = self.call.call.arguments
        passed = self.running.get(function)
        if passed is None:
            passed = self.running[function] = self.call.temporary(("passed", function))
            plain = [*given.positional]
            if obj is not None and len(plain) > self.at and not any(s for _, s in plain[: self.at + 1]):
                plain[self.at] = (passed, False)
            arguments = Arguments(plain, given.keywords, given.mappings)
            self.call.run(function, arguments, self.call.call.result, kind, flags=())
        if obj is not None:
            self.call.analysis.add(passed, obj, self.call.reason)


def _order(obj: Object) -> list[Class | External]:
    return obj.cls.mro if isinstance(obj, Instance) and isinstance(obj.cls, Class) else []


def _register(call: Invocation) -> None:
    """`@f.register`, `@f.register(C)` and `f.register(C, g)`."""
    first, second = call.argument(0, "cls"), call.argument(1, "func")
    if call.receiver is None or first is None:
        return
    pair = call.new("functools.singledispatch.pair")
    call.analysis.add(call.slot(call.receiver, "[registered]"), pair, call.reason)
    if second is not None:
        call.store(pair, "[class]", first)
        call.store(pair, "[function]", second)
        call.give_all(second)
        return
    call.analysis.use(first, lambda obj: _register_one(call, pair, obj))


def _register_one(call: Invocation, pair: Instance, obj: Object) -> None:
    if isinstance(obj, Function | BoundMethod):
        call.analysis.add(call.slot(pair, "[function]"), obj, call.reason)
        _read_annotation(call, pair, obj)
        call.give(obj)
    elif isinstance(obj, Class | External):
        call.analysis.add(call.slot(pair, "[class]"), obj, call.reason)
        keeper = call.new("functools.partial", obj)
        keeper.length = 1
        method = call.analysis.bound(call.analysis.external(call.path), call.receiver or pair)
        call.analysis.add(call.slot(keeper, "func"), method, call.reason)
        call.analysis.add(call.slot(keeper, "#0"), obj, call.reason)
        call.give(keeper)


def _read_annotation(call: Invocation, pair: Instance, obj: Object) -> None:
    """Take the class from the annotation of the first parameter that has one."""
    function = obj.function if isinstance(obj, BoundMethod) else obj
    if isinstance(function, Function):
        for name, annotation in function.annotations:
            register = getattr(annotation, "register", -1)
            if name != "return":
                if register >= 0:
                    call.store(pair, "[class]", function.env.register(register))
                return


def _dispatch(call: Invocation) -> None:
    if call.receiver is not None:
        call.give_all(call.slot(call.receiver, "[default]"))
        pairs = call.slot(call.receiver, "[registered]")
        call.analysis.use(pairs, lambda pair: call.give_all(call.slot(pair, "[function]")))
