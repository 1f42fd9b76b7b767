"""`enum`: what a class body assigns becomes members, instances of the class with `name` and `value`."""

from typing import TYPE_CHECKING

from chaintrace.graph.edges import Resolution
from chaintrace.ir.operations import Call as CallOperation
from chaintrace.ir.operations import MakeClass, MakeFunction, StoreMember
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Class, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.modules import Code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_BASES = tuple(f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"))


def register(models: Models) -> None:
    """Register enumerations."""
    for path in _BASES:
        models.enumerations.add(path)
        models.closed.add(path)
        models.heirs[path] = make_members
    models.function("enum.unique", "enum.verify", "enum.member", "enum.nonmember")(_same)


def _same(call: Invocation) -> None:
    if call.argument(0) is None or call.path == "enum.verify":
        call.give(call.analysis.external("enum.unique"))
    else:
        call.give_all(call.argument(0))


def make_members(analysis: "Analysis", cls: Class) -> None:
    """Make the members of an enumeration, and let `C.NAME` give them."""
    body = cls.body
    if body is None:
        return
    for name in member_names(cls.code):
        member = analysis.allocate(cls, body, cls.code.block.site, ("member", name))
        reason = Reason("member", body, cls.code.block.site)
        value = analysis.field(cls, name)
        analysis.add(analysis.field(member, "name"), analysis.string(name), reason)
        for attribute in ("value", "_value_"):
            analysis.flow(value, analysis.field(member, attribute), reason)
        slot = cls.slots.setdefault(name, Variable((cls, name)))
        analysis.add(slot, member, reason)
        _initialise(analysis, cls, member, value)


def member_names(code: Code) -> list[str]:
    """Return the names a class body assigns that are neither functions, classes nor reserved names."""
    defined = {op.target for op in code.block.operations if isinstance(op, MakeFunction | MakeClass)}
    for op in code.block.operations:
        if isinstance(op, CallOperation) and op.role == "decorator" and op.arguments[0].value in defined:
            defined.add(op.target)
    found: dict[str, None] = {}
    for op in code.block.operations:
        if isinstance(op, StoreMember) and op.source >= 0 and not op.name.startswith("_"):
            source = code.aliases.get(op.source, op.source)
            if source not in defined and op.source not in defined:
                found.setdefault(op.name)
    return list(found)


def _initialise(analysis: "Analysis", cls: Class, member: Instance, value: Variable) -> None:
    """Run the `__init__` of an enumeration with a member's value, a tuple being its arguments."""
    if not analysis.lookups.defines(cls, "__init__"):
        return

    def on_value(obj: Object) -> None:
        is_tuple = isinstance(obj, Instance) and obj.cls is analysis.builtin["tuple"]
        call = Call(
            cls.env,
            cls.code.block.site,
            Arguments([(value, is_tuple)]),
            flags=("implicit",),
            floor=Resolution.MODELLED,
            via=value,
        )
        analysis.calls.method(member, "__init__", call, obj)

    analysis.use(value, on_value)
