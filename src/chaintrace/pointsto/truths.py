"""Truth and identity: which objects certainly pass or fail `if x:` and `x is y`."""

from typing import TYPE_CHECKING

from chaintrace.ir.operations import Constant, Return
from chaintrace.pointsto.classes import is_settled
from chaintrace.pointsto.objects import (
    BoundMethod,
    Class,
    External,
    Function,
    Generator,
    Instance,
    ModuleObject,
    Object,
    Opaque,
    String,
)
from chaintrace.project.modules import Code, once_per_code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_PLAIN_BASES = frozenset(
    ("builtins.object", "typing.Generic", "typing.Protocol", "abc.ABC", "builtins.Exception")
)


def truth_of(analysis: "Analysis", obj: Object) -> bool | None:
    """Return the truth of an object, None where it is not known."""
    if isinstance(obj, String):
        return bool(obj.value or obj.ending) or (None if obj.open_end else False)
    if isinstance(obj, Class):
        return None if obj.metaclasses else True
    if isinstance(obj, Instance):
        return _truth_of_instance(analysis, obj.cls)
    return True if isinstance(obj, Function | BoundMethod | ModuleObject | Generator) else None


def _truth_of_instance(analysis: "Analysis", cls: Class | External) -> bool | None:
    if isinstance(cls, External) or not is_settled(cls):
        return None
    for ancestor in cls.mro:
        if isinstance(ancestor, External):
            if ancestor.path not in _PLAIN_BASES:
                return None
        elif "__bool__" in ancestor.code.member_names:
            asked = analysis.field(ancestor, "__bool__").points_to
            answers = {constant_answer(f.code) if isinstance(f, Function) else None for f in asked}
            return answers.pop() if len(answers) == 1 else None
        elif "__len__" in ancestor.code.member_names:
            return None
    return True


@once_per_code
def constant_answer(code: Code) -> bool | None:
    """Return what a function returns if that is always True or always False."""
    constants = {
        op.target: op.value == "True"
        for op in code.block.operations
        if isinstance(op, Constant) and op.kind == "bool"
    }
    returned = {
        constants.get(op.source) for op in code.block.operations if isinstance(op, Return) and op.source >= 0
    }
    return returned.pop() if len(returned) == 1 else None


def may_be_same(obj: Object, other: Object) -> bool:
    """Say whether `obj is other` may hold."""
    if obj is other or isinstance(obj, Opaque) or isinstance(other, Opaque):
        return True
    if isinstance(obj, Instance) and isinstance(other, Instance):
        return obj.cls is other.cls and (obj.stands_for_many or other.stands_for_many)
    return False


def is_single(obj: Object) -> bool:
    """Say whether an abstract object stands for one object of a run: one that a module body makes."""
    if isinstance(obj, Function | Class):
        return obj.env.function is None
    if isinstance(obj, Instance):
        made_by_module = obj.site is not None and obj.site[0].function is None
        return made_by_module and not obj.declared and not obj.stands_for_many
    return isinstance(obj, ModuleObject) or (isinstance(obj, External) and not isinstance(obj, Opaque))
