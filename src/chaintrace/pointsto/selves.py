"""Selves: which calls go on with the very object that the calling method runs on."""

from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind
from chaintrace.ir.operations import Load
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import CallFact
from chaintrace.pointsto.known import Origin
from chaintrace.pointsto.objects import BoundMethod, Class, Function, Instance, Super

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


def is_on_self(analysis: "Analysis", origin: Origin | None) -> bool:
    """Say whether a call is `self.method()` or `super().method()`, the method being one of the class.

    An attribute that some object of the class holds under that name may be bound to another object.
    """
    if not isinstance(origin, CallFact) or origin.kind is not EdgeKind.CALL or origin.through is not None:
        return False
    bound, caller = origin.evidence, origin.caller
    if not isinstance(bound, BoundMethod) or not isinstance(bound.function, Function) or origin.via is None:
        return False
    owner, register = origin.via.what
    loaded = caller.code.loads.get(register) if owner is caller and isinstance(register, int) else None
    receiver = bound.receiver
    if loaded is None or caller.code.owner_class is None or not isinstance(receiver, Instance):
        return False
    return _is_own(caller, loaded) and _is_plain(analysis, receiver, loaded.name)


def _is_own(caller: Activation, loaded: Load) -> bool:
    """Say whether a method is read off the first parameter, or off `super()`."""
    base = caller.code.aliases.get(loaded.base, loaded.base)
    if base == 0 and caller.code.block.parameters:
        return True
    held = caller.register(loaded.base).points_to
    return bool(held) and all(isinstance(obj, Super) for obj in held)


def _is_plain(analysis: "Analysis", receiver: Instance, name: str) -> bool:
    """Say whether only the class, and no object of it, has something under a name."""
    held = receiver.fields.get(name)
    cls = receiver.cls
    return isinstance(cls, Class) and not analysis.assigns(cls, name) and not (held and held.points_to)
