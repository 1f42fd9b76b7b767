"""Abstract classes: those that are never instantiated themselves."""

from typing import TYPE_CHECKING

from chaintrace.pointsto.objects import Class, External
from chaintrace.project.abstract import abstract_members

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


def is_left_to_heirs(analysis: "Analysis", cls: Class) -> bool:
    """Say whether a class is never instantiated itself: a protocol, or abstract where it has subclasses."""
    return is_protocol(cls) or (bool(cls.heirs) and is_abstract(analysis, cls))


def is_protocol(cls: Class) -> bool:
    """Say whether a class is a protocol itself, not only derived from one."""
    return any(
        isinstance(base, External) and base.path in ("typing.Protocol", "typing_extensions.Protocol")
        for candidates in cls.bases
        for base in candidates
    )


def is_abstract(analysis: "Analysis", cls: Class) -> bool:
    """Say whether instances of a class would have a method that its own class leaves to subclasses."""
    return any(
        analysis.lookups.definer(cls, name) is ancestor
        for ancestor in cls.mro
        if isinstance(ancestor, Class)
        for name in sorted(abstract_members(ancestor.code))
    )
