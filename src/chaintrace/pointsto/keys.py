"""Keys and comparison: the `__hash__` and `__eq__` that dicts, sets and sequences run on what they hold.

One site may look up in, and compare, many containers. What it compares with is gathered once a site, and each
method runs for a few receivers of a class a site, so that the work does not grow with pairs of containers.
"""

from typing import TYPE_CHECKING

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.objects import Class, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_MOST_RECEIVERS = 4  # instances of one class whose methods one comparison runs apart
_ORDER = {"__eq__": ("__eq__",), "__ne__": ("__eq__",)}


def look_up(
    analysis: "Analysis", key: Variable, container: Object, call: Call, *, compared: bool = True
) -> None:
    """Hash what `key` holds, and compare it with the keys that the container has."""
    if not analysis.defines_hash or key is analysis.nothing:
        return
    call = Call(call.activation, call.site, Arguments(), flags=("implicit",))
    here = _here(analysis, call, "__hash__")
    waiting = compared

    def on_key(obj: Object) -> None:
        nonlocal waiting
        if isinstance(obj, Instance) and analysis.lookups.defines(obj.cls, "__hash__"):
            if here.admits(obj):
                analysis.calls.method(obj, "__hash__", call, obj)
            if waiting:
                waiting = False
                held = "[k]" if holds_keys(analysis, container) else "[*]"
                compare(analysis, analysis.field(container, held), key, ("__eq__",), call)

    analysis.use(key, on_key)


class Here:
    """Be what one site does with one method: on which receivers, and whose elements are compared."""

    def __init__(self) -> None:
        self.counts: dict[Class, int] = {}
        self.admitted: dict[Object, None] = {}
        self.elements: dict[Variable, None] = {}

    def admits(self, obj: Instance) -> bool:
        """Say whether an instance is a new one, and one of the first of its class of the program."""
        if not isinstance(obj.cls, Class) or obj in self.admitted:
            return False
        count = self.counts[obj.cls] = self.counts.get(obj.cls, 0) + 1
        if count > _MOST_RECEIVERS:
            return False
        self.admitted[obj] = None
        return True


def _here(analysis: "Analysis", call: Call, name: str) -> Here:
    key = (call.activation.number, call.site, name)
    found = analysis.compared.get(key)
    if found is None:
        found = analysis.compared[key] = Here()
    return found


def holds_keys(analysis: "Analysis", container: Object) -> bool:
    """Say whether a container is a mapping."""
    return isinstance(container, Instance) and analysis.items.is_mapping(container)


def compare(
    analysis: "Analysis", elements: Variable, other: Variable, names: tuple[str, ...], call: Call
) -> None:
    """Call the comparison methods that the elements define with what they are compared with."""
    others = call.activation.temporary(("compared", call.site, names))
    analysis.flow(other, others, Reason("compared", call.activation, call.site))
    here = _here(analysis, call, names[-1])
    if elements in here.elements:
        return
    here.elements[elements] = None
    call = Call(call.activation, call.site, Arguments.of(others), flags=("implicit",))

    def on_element(obj: Object) -> None:
        if isinstance(obj, Instance) and here.admits(obj):
            for name in names:
                if analysis.lookups.defines(obj.cls, name):
                    analysis.calls.method(obj, name, call, obj)

    analysis.use(elements, on_element)


def compare_items(analysis: "Analysis", obj: Object, name: str, others: Variable, call: Call) -> None:
    """Compare the elements of containers, as `[a] == [b]` and `(a, 1) < (b, 2)` do."""
    if analysis.defines_eq and isinstance(obj, Instance) and obj.cls in analysis.builtin.values():
        names = _ORDER.get(name, ("__eq__", name))
        compare(analysis, analysis.field(obj, "[*]"), others, names, call)


def search(analysis: "Analysis", obj: Instance, item: Variable, call: Call) -> None:
    """`item in obj` for the built-in containers."""
    if obj.cls in analysis.sequences:
        if analysis.defines_eq:
            compare(analysis, analysis.field(obj, "[*]"), item, ("__eq__",), call)
    elif obj.cls in analysis.builtin.values():
        look_up(analysis, item, obj, call)
