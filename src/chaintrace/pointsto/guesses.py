"""Guesses: calls through a declared receiver of which too many methods may be meant.

`field: Field` says that some subclass of `Field` comes; where the subclasses give a call more than a few
targets, each of them is rather wrong than right. Then only the method stays that the declared class has, and
those of the classes of which the program itself is known to make instances, if these could not be seen to
come. A method called on `self` is no guess: every subclass that inherits the caller runs it with itself.

What an operator, a subscript or a loop calls of a declared receiver is a guess too where an instance of a
related class, of which more is known, answers at the same place.
"""

from collections.abc import Container, Iterable, Sequence
from typing import TYPE_CHECKING

from chaintrace.graph.edges import Resolution
from chaintrace.ir.operations import Call, Copy, Load, Narrow, Operation
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import CallFact
from chaintrace.pointsto.objects import Class, Instance, Object
from chaintrace.pointsto.resolution import Resolver
from chaintrace.project.modules import Code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

MOST_DECLARED = 3  # methods that one declared receiver may mean

Candidate = tuple[str, str]  # the symbol called, and the class it belongs to


class Guesses:
    """Tell which targets of a call site are guesses."""

    def __init__(self, analysis: "Analysis", resolver: Resolver) -> None:
        self._analysis = analysis
        self._resolver = resolver
        self._made: dict[Class, bool] | None = None
        self._classes = {cls.code.name: cls for cls in analysis.classes}
        self._own: dict[Code, frozenset[int]] = {}

    def is_outdone(self, fact: CallFact) -> bool:
        """Say whether an implicit call of a declared receiver has a relative there of which more is known."""
        via, receiver, target = fact.via, fact.evidence, fact.target
        if "implicit" not in fact.flags or via is None or not isinstance(target, Activation):
            return False
        name = target.code.name.rpartition(".")[2]
        return name != "__call__" and any(
            self._resolver.of_fact(via, obj) < Resolution.DECLARED
            for obj in via.points_to
            if obj is not receiver and self._are_relatives(obj, receiver, name)
        )

    def _are_relatives(self, one: Object, other: Object | None, name: str) -> bool:
        """Say whether two instances have a class of the program in common, and the first has the method."""
        if not (isinstance(one, Instance) and isinstance(other, Instance)):
            return False
        if not (isinstance(one.cls, Class) and isinstance(other.cls, Class)):
            return False
        shared = any(isinstance(cls, Class) and cls in other.cls.mro for cls in one.cls.mro)
        return shared and self._analysis.lookups.defines(one.cls, name)

    def rejected(self, code: Code, site: int, targets: Sequence[str], known: Container[str]) -> Iterable[str]:
        """Return those of a site's declared targets that are not to be believed.

        `known` are the names of methods of which better is known there what they are.
        """
        groups: dict[str, list[Candidate]] = {}
        for target in targets:
            name, owner = self._split(target)
            groups.setdefault(name, []).append((target, owner))
        for name, candidates in groups.items():
            if len(candidates) > MOST_DECLARED and site not in self._on_self(code):
                root = self._root([owner for _target, owner in candidates])
                for target, owner in candidates:
                    if owner != root and not self._is_run(owner, name, better=name in known):
                        yield target

    def _is_run(self, owner: str, name: str, *, better: bool) -> bool:
        """Say whether a class of which the program makes instances has a method of `owner`.

        Where `better` is known of the call, the instances that modules and tests make would have come.
        """
        if self._made is None:
            self._made = self._classes_made()
        definer = self._analysis.lookups.definer
        cls = self._classes.get(owner)
        return any(
            one is cls or (cls in one.mro and definer(one, name) is cls)
            for one, in_sight in self._made.items()
            if not (better and in_sight)
        )

    def _classes_made(self) -> dict[Class, bool]:
        """Return the classes that a call makes whose callee is more than declared.

        With each stands whether code that modules or tests lead to does.
        """
        made: dict[Class, bool] = {}
        for fact in self._analysis.record.calls.values():
            cls = fact.evidence
            if not isinstance(cls, Class) or "construct" not in fact.flags or made.get(cls):
                continue
            if self._resolver.of_call(fact) < Resolution.DECLARED:
                made[cls] = fact.caller.number < self._analysis.in_sight
        return made

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
