"""Order: comparisons that `functools.total_ordering` writes, and those that heaps and bisection make."""

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.builtin.containers import order
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Class, Object

_WRITTEN = "functools.total_ordering"
_NAMES = ("__lt__", "__le__", "__gt__", "__ge__")
_OPPOSITE = {"__lt__": "__ge__", "__ge__": "__lt__", "__le__": "__gt__", "__gt__": "__le__"}


def register(models: Models) -> None:
    """Register what compares."""
    models.function(_WRITTEN)(_complete)
    for name in _NAMES:
        models.function(f"{_WRITTEN}.{name}")(_compare)
    for name in ("heappush", "heappop", "heapify", "heappushpop", "heapreplace"):
        models.function(f"heapq.{name}")(_heap)
    for name in ("nlargest", "nsmallest", "merge"):
        models.function(f"heapq.{name}")(_select)
    for name in ("bisect", "bisect_left", "bisect_right", "insort", "insort_left", "insort_right"):
        models.function(f"bisect.{name}")(_bisect)


def _complete(call: Invocation) -> None:
    """Write the comparisons that a class does not define."""
    classes = call.argument(0)
    if classes is not None:
        call.analysis.use(classes, lambda obj: _complete_one(call, obj))


def _complete_one(call: Invocation, obj: Object) -> None:
    if isinstance(obj, Class):
        for name in _NAMES:
            if not call.analysis.lookups.defines(obj, name):
                obj.added[name] = None
                written = call.analysis.external(f"{_WRITTEN}.{name}")
                call.analysis.add(call.slot(obj, name), written, call.reason)
    call.give(obj)


def _compare(call: Invocation) -> None:
    """Ask the comparison that is there, and `__eq__` where that does not settle it."""
    receiver, other = call.receiver, call.argument(0)
    cls = getattr(receiver, "cls", None)
    if receiver is None or other is None or not isinstance(cls, Class):
        return
    wanted = call.path.rpartition(".")[2]
    for root in _NAMES:
        definer = call.analysis.lookups.definer(cls, root)
        if isinstance(definer, Class) and root in definer.code.member_names:
            call.run_method(receiver, root, Arguments.of(other))
            if _OPPOSITE[root] != wanted and call.analysis.lookups.defines(cls, "__eq__"):
                call.run_method(receiver, "__eq__", Arguments.of(other))
            return


def _heap(call: Invocation) -> None:
    """Put into a heap, take from it, or order it; its elements are compared."""
    heap, item = call.argument(0), call.argument(1)
    if heap is None:
        return
    if item is not None:
        call.analysis.use(heap, lambda obj: call.store(obj, "[?]", item))
    elements = call.elements(heap)
    order(call, elements)
    if not call.path.endswith(("heappush", "heapify")):
        call.give_all(elements)


def _select(call: Invocation) -> None:
    """Give the elements in order: `nlargest(n, iterable)`, `merge(*iterables)`."""
    first = 0 if call.path.endswith("merge") else 1
    elements = call.temporary("elements")
    for at, (value, starred) in enumerate(call.call.arguments.positional[first : None if first == 0 else 2]):
        given = call.elements(value, ("starred", at)) if starred else value
        call.analysis.iterate(given, elements, call.activation, call.site)
    key = call.argument(99 if first == 0 else 2, "key")
    if key is None:
        order(call, elements)
    call.run(key, Arguments.of(elements))
    made = call.new("builtins.list")
    call.store(made, "[?]", elements)
    call.give(made)


def _bisect(call: Invocation) -> None:
    """Search a sorted list: by its key, or by comparing."""
    sequence, item, key = call.argument(0), call.argument(1), call.argument(99, "key")
    if sequence is None or item is None:
        return
    if "insort" in call.path:
        call.analysis.use(sequence, lambda obj: call.store(obj, "[?]", item))
    elements = call.elements(sequence)
    if key is None:
        order(call, elements)
        return
    values = call.temporary("key values")
    call.analysis.flow(elements, values, call.reason)
    if "insort" in call.path:
        call.analysis.flow(item, values, call.reason)
    call.run(key, Arguments.of(values))
