"""`iter`, `next`, `map`, `sorted` and the other functions over iterables; generator methods."""

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.builtin.containers import order
from chaintrace.pointsto.items import implicit
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Class, Generator, Instance, Object
from chaintrace.pointsto.operators import ask_truth
from chaintrace.pointsto.variables import Variable


def register(models: Models) -> None:
    """Register iteration."""
    models.function("builtins.iter", "builtins.aiter")(_iter)
    models.function("builtins.next", "builtins.anext")(_next)
    models.function("builtins.map")(_map)
    models.function("builtins.filter")(_filter)
    models.function("builtins.zip")(_zip)
    models.function("builtins.enumerate")(_enumerate)
    models.function("builtins.sorted")(_sorted)
    models.function("builtins.reversed")(_reversed)
    models.function("builtins.min", "builtins.max")(_extreme)
    models.function("builtins.sum")(_sum)
    models.function("builtins.any", "builtins.all")(_consume)
    for kind in ("generator", "async_generator"):
        for name in ("__next__", "send", "throw", "__anext__", "asend", "athrow"):
            models.function(f"builtins.{kind}.{name}")(_step)
        models.function(f"builtins.{kind}.__iter__", f"builtins.{kind}.__aiter__")(_itself)
    models.function("builtins.coroutine.__await__")(_itself)


def _iter(call: Invocation) -> None:
    source = call.argument(0)
    if source is None:
        return
    name = "__aiter__" if call.path.endswith("aiter") else "__iter__"
    if call.argument(1) is not None:
        made = call.new("builtins.list")
        call.run(source, Arguments(), call.slot(made, "[?]"))
        call.give(made)
        return

    def on_object(obj: Object) -> None:
        own = isinstance(obj, Instance) and isinstance(obj.cls, Class)
        if own and call.analysis.lookups.defines(obj.cls, name):  # type: ignore[attr-defined]
            call.run_method(obj, name, Arguments(), call.call.result)
        else:
            call.give(obj)

    call.analysis.use(source, on_object)


def _next(call: Invocation) -> None:
    source = call.argument(0)
    call.give_all(call.argument(1))
    if source is None:
        return
    name = "__anext__" if call.path.endswith("anext") else "__next__"
    result = call.call.result or call.temporary("next")
    if name == "__anext__":
        # Awaiting what `anext` gives runs the step.
        result = call.temporary("next")
        promise = call.new("builtins.coroutine")
        call.store(promise, "[result]", result)
        call.give(promise)
    call.analysis.use(source, lambda obj: call.analysis.items.step(obj, name, result, call.call))


def _made_list(call: Invocation, elements: Variable) -> None:
    made = call.new("builtins.list")
    call.store(made, "[?]", elements)
    call.give(made)


def _map(call: Invocation) -> None:
    arguments = call.call.arguments
    columns = [call.elements(value, ("map", at)) for at, (value, _) in enumerate(arguments.positional[1:])]
    results = call.temporary("results")
    call.run(call.argument(0), Arguments.of(*columns), results)
    _made_list(call, results)


def _filter(call: Invocation) -> None:
    elements = call.elements(call.argument(1))
    function = call.argument(0)

    def when_none() -> bool:
        if function is None or function.points_to:
            return True
        _ask_truth(call, elements)
        return True

    call.analysis.later.append(when_none)
    call.run(function, Arguments.of(elements))
    _made_list(call, elements)


def _zip(call: Invocation) -> None:
    row = call.new("builtins.tuple", "row")
    for at, (value, starred) in enumerate(call.call.arguments.positional):
        elements = call.elements(value, ("zip", at))
        if starred:
            inner = call.elements(elements, ("zip inner", at))
            call.store(row, "[?]", inner)
        else:
            call.store(row, f"#{at}", elements)
    made = call.new("builtins.list")
    call.analysis.add(call.slot(made, "[?]"), row, call.reason)
    call.give(made)


def _enumerate(call: Invocation) -> None:
    row = call.new("builtins.tuple", "row")
    row.length = 2
    call.store(row, "#1", call.elements(call.argument(0, "iterable")))
    made = call.new("builtins.list")
    call.analysis.add(call.slot(made, "[?]"), row, call.reason)
    call.give(made)


def _sorted(call: Invocation) -> None:
    elements = call.elements(call.argument(0))
    key = call.argument(9, "key")
    if key is None:
        order(call, elements)
    call.run(key, Arguments.of(elements))
    _made_list(call, elements)


def _reversed(call: Invocation) -> None:
    source = call.argument(0)
    elements = call.temporary("reversed")

    def on_object(obj: Object) -> None:
        own = isinstance(obj, Instance) and isinstance(obj.cls, Class)
        if own and call.analysis.lookups.defines(obj.cls, "__reversed__"):  # type: ignore[attr-defined]
            iterators = call.temporary(("iterator", obj))
            call.run_method(obj, "__reversed__", Arguments(), iterators)
            call.analysis.iterate(iterators, elements, call.activation, call.site)
        else:
            if own and call.analysis.lookups.defines(obj.cls, "__len__"):  # type: ignore[attr-defined]
                call.run_method(obj, "__len__", Arguments())
            call.analysis.iterate_object(obj, elements, call.activation, call.site)

    if source is not None:
        call.analysis.use(source, on_object)
    _made_list(call, elements)


def _extreme(call: Invocation) -> None:
    positional = call.call.arguments.positional
    several = len(positional) > 1 or any(starred for _, starred in positional)
    elements = call.temporary("candidates")
    for value, starred in positional:
        if several and not starred:
            call.analysis.flow(value, elements, call.reason)
        else:
            call.analysis.iterate(value, elements, call.activation, call.site)
    key = call.argument(9, "key")
    if key is None:
        order(call, elements, ("__gt__", "__lt__") if call.path.endswith("max") else ("__lt__",))
    call.run(key, Arguments.of(elements))
    call.give_all(call.argument(9, "default"))
    call.give_all(elements)


def _sum(call: Invocation) -> None:
    elements = call.elements(call.argument(0))
    result = call.call.result or call.temporary("sum")
    call.analysis.flow(elements, result, call.reason)
    call.analysis.use(elements, lambda obj: call.run_method(obj, "__add__", Arguments.of(elements), result))
    call.analysis.use(elements, lambda obj: call.run_method(obj, "__radd__", Arguments(), result))


def _consume(call: Invocation) -> None:
    elements = call.elements(call.argument(0))
    _ask_truth(call, elements)


def _ask_truth(call: Invocation, elements: Variable) -> None:
    asking = implicit(call.activation, call.site)
    call.analysis.use(elements, lambda obj: ask_truth(call.analysis, obj, asking))


def _step(call: Invocation) -> None:
    generator = call.receiver
    if not isinstance(generator, Generator):
        return
    name = call.path.rpartition(".")[2]
    if name in ("send", "asend"):
        call.store(generator, "sent", call.argument(0))
    if generator.kind == "async-generator":
        promise = call.new("builtins.coroutine", generator)
        call.store(promise, "[result]", generator.activation.yielded())
        call.give(promise)
    else:
        call.give_all(generator.activation.yielded())


def _itself(call: Invocation) -> None:
    if call.receiver is not None:
        call.give(call.receiver)
