"""What calling an object leads to: whether to the target of a call, and with which receivers."""

from typing import TYPE_CHECKING, cast

from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import BoundMethod, Class, External, Function, Instance, Object
from chaintrace.pointsto.origins import Objects

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import AttributeFact, CallFact


def leads(obj: Object, fact: "CallFact | AttributeFact") -> bool:
    """Say whether calling an object, or using it as the site does, may reach the target."""
    target = getattr(fact, "target", None)
    if target is None:
        cls = cast("AttributeFact", fact).cls
        return obj is cls or (isinstance(obj, Instance) and obj.cls is cls)
    function = obj.function if isinstance(obj, BoundMethod) else obj
    if not isinstance(target, Activation):
        if function is target:
            return True
        return not isinstance(function, Class | External | Function)
    parameter = target.register(0) if target.code.block.parameters else None
    first = parameter.points_to if parameter is not None else {}
    is_whole = parameter is None or parameter.is_whole
    if isinstance(function, Function):
        if function.code is not target.code or function.env is not target.env:
            return False
        return not isinstance(obj, BoundMethod) or obj.receiver in first or not is_whole
    if isinstance(obj, BoundMethod) or not is_whole:
        return True
    if isinstance(obj, Class):
        return obj in first or any(isinstance(one, Instance) and one.cls is obj for one in first)
    if isinstance(obj, Instance):
        return obj in first
    return not isinstance(obj, External)


def receivers_of(obj: Object, fact: "CallFact") -> Objects | None:
    """Return the receivers with which calling an object runs the target; None where that is not known."""
    target = fact.target
    assert isinstance(target, Activation)
    if not leads(obj, fact):
        return {}
    if isinstance(obj, BoundMethod):
        return {obj.receiver: None}
    if isinstance(obj, Instance):
        return {obj: None}
    first = target.register(0).points_to
    if isinstance(obj, Class):
        made = [one for one in first if isinstance(one, Instance) and one.cls is obj]
        here = [one for one in made if one.stands_for_many or _is_made_at(one, fact)]
        return dict.fromkeys(here or made) or None
    return None


def _is_made_at(obj: Instance, fact: "CallFact") -> bool:
    return isinstance(obj.origin, tuple) and obj.origin[:2] == (fact.caller.code, fact.site)
