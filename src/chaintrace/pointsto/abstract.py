"""Abstract classes: those that are never instantiated themselves."""

from typing import TYPE_CHECKING

from chaintrace.pointsto.objects import Class, External
from chaintrace.project.abstract import abstract_members

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


def is_left_to_heirs(analysis: "Analysis", cls: Class) -> bool:
    """Say whether a class is never instantiated itself: a protocol, or abstract where it has subclasses."""
    for base in (base for candidates in cls.bases for base in candidates):
        if isinstance(base, External) and base.path in ("typing.Protocol", "typing_extensions.Protocol"):
            return True
    return bool(cls.heirs) and is_abstract(analysis, cls)


def is_abstract(analysis: "Analysis", cls: Class) -> bool:
    """Say whether instances of a class would have a method that its own class leaves to subclasses."""
    return any(
        analysis.lookups.definer(cls, name) is ancestor
        for ancestor in cls.mro
        if isinstance(ancestor, Class)
        for name in sorted(abstract_members(ancestor.code))
    )
