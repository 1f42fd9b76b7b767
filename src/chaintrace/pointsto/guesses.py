"""Guesses: calls through a declared receiver of which too many methods may be meant.

`field: Field` says that some subclass of `Field` comes; where the subclasses give a call more than a few
targets, each of them is rather wrong than right. Then only what the annotation itself names stays, the method
that the declared class has. A method called on `self` is no guess: every subclass that inherits the caller
runs it with itself.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from chaintrace.ir.operations import Call, Copy, Load, Narrow, Operation
from chaintrace.project.modules import Code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis
    from chaintrace.pointsto.objects import Class

MOST_DECLARED = 3  # methods that one declared receiver may mean

Candidate = tuple[str, str]  # the symbol called, and the class it belongs to


class Guesses:
    """Tell which targets of a call site are guesses."""

    def __init__(self, analysis: "Analysis") -> None:
        self._classes = {cls.code.name: cls for cls in analysis.classes}
        self._own: dict[Code, frozenset[int]] = {}

    def rejected(self, code: Code, site: int, targets: Sequence[str]) -> Iterable[str]:
        """Return those of a site's declared targets that are not to be believed."""
        groups: dict[str, list[Candidate]] = {}
        for target in targets:
            name, owner = self._split(target)
            groups.setdefault(name, []).append((target, owner))
        for candidates in groups.values():
            if len(candidates) > MOST_DECLARED and site not in self._on_self(code):
                root = self._root([owner for _target, owner in candidates])
                yield from (target for target, owner in candidates if owner != root)

    def _split(self, target: str) -> tuple[str, str]:
        """Return what a symbol is called for, and the class it belongs to; a class is called to be made."""
        if target in self._classes:
            return "__init__", target
        owner, _, name = target.rpartition(".")
        return name, owner

    def _root(self, owners: list[str]) -> str:
        """Return the class that all others derive from, or none."""
        for owner in owners:
            cls = self._classes.get(owner)
            if cls is not None and all(cls in self._ancestors(other) for other in owners):
                return owner
        return ""

    def _ancestors(self, name: str) -> Sequence[object]:
        cls: Class | None = self._classes.get(name)
        return cls.mro if cls is not None else ()

    def _on_self(self, code: Code) -> frozenset[int]:
        """Return the sites of a method that call, or read, what its own first parameter has."""
        found = self._own.get(code)
        if found is None:
            found = self._own[code] = frozenset(_sites_on_self(code)) if code.owner_class else frozenset()
        return found


def _sites_on_self(code: Code) -> Iterable[int]:
    definitions = code.definitions
    for op in code.block.operations:
        read = definitions.get(op.function) if isinstance(op, Call) else op
        if isinstance(read, Load) and _origin(definitions, read.base) == 0:
            yield op.site  # type: ignore[union-attr]


def _origin(definitions: dict[int, Operation], register: int) -> int:
    seen: dict[int, None] = {}
    while register not in seen:
        seen[register] = None
        op = definitions.get(register)
        if not isinstance(op, Copy | Narrow):
            break
        register = op.source
    return register
