"""`typing`: functions that hand their argument on, and `TypedDict`, whose instances are dicts."""

from typing import TYPE_CHECKING

from chaintrace.pointsto.builtin.containers import pour_mapping
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.rules import merge

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_TYPED_DICT = "typing.TypedDict"


def register(models: Models) -> None:
    """Register typed dictionaries; the rest is in a table."""
    models.initialisers[_TYPED_DICT] = _fill
    models.bases[_TYPED_DICT] = "builtins.dict"
    models.mappings.add(_TYPED_DICT)


def _fill(analysis: "Analysis", obj: Instance, call: Call, _evidence: Object) -> None:
    """`Record(a=1, **rest)`: keywords are items."""
    invocation = Invocation(analysis, _TYPED_DICT, obj, call)
    source = invocation.argument(0)
    if source is not None:
        analysis.use(source, lambda given: pour_mapping(invocation, given, obj))
    for name, value in call.arguments.keywords:
        invocation.store(obj, "'" + name, value)
    for mapping in call.arguments.mappings:
        analysis.use(mapping, lambda given: merge(analysis, given, obj, invocation.reason))
