"""Receivers: activations that serve several classes, told apart after solving.

Past the bounds on contexts, and where nothing calls a method, one activation runs for receivers of several
classes. A path through it must leave with the receiver that it came in with. So its hops are drawn once for
each class: what the receiver register of a call may hold is read again (`seen_by`) with only those objects
as `self`, along attributes, `super()` and names of enclosing functions. Where that cannot be told, the hop
is drawn for every class.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chaintrace.ir import operations as ops
from chaintrace.ir.facts import BlockKind
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import BoundMethod, Class, External, Function, Instance, Object, Super
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code, once_per_code, targets_of

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import AttributeFact, CallFact

MOST_CLASSES = 24
"""Receiver classes of one activation that are told apart; past that none are."""
_DEEPEST = 12

Kind = Class | External
Objects = dict[Object, None]


class Receivers:
    """Say which classes each activation serves, and which of them a call of it goes on with."""

    def __init__(self) -> None:
        self._groups: dict[Activation, dict[Kind, Objects]] = {}
        self._seen: dict[tuple[Activation, int, Kind], Objects | None] = {}

    def of(self, activation: Activation) -> dict[Kind, Objects]:
        """Return the receivers of an activation by their class; of a nested function those around it."""
        found = self._groups.get(activation)
        if found is None:
            found = self._groups[activation] = self._group(activation)
        return found

    def _group(self, activation: Activation) -> dict[Kind, Objects]:
        code = activation.code
        if code.block.kind not in (BlockKind.FUNCTION, BlockKind.LAMBDA):
            return {}
        if code.owner_class is None:
            around = activation.env
            return self.of(around) if around is not None and around.function is not None else {}
        if not code.block.parameters or 0 in writers(code):
            return {}
        groups: dict[Kind, Objects] = {}
        for obj in activation.register(0).points_to:
            cls = obj.cls if isinstance(obj, Instance) else obj
            if not isinstance(cls, Class | External):
                return {}
            groups.setdefault(cls, {})[obj] = None
        return groups if len(groups) <= MOST_CLASSES else {}

    def split(self, activation: Activation) -> tuple[Kind | None, ...]:
        """Return the classes for which an activation is told apart; (None,) where it is not."""
        groups = self.of(activation)
        return tuple(groups) if len(groups) > 1 else (None,)

    def hops(self, fact: "CallFact", target: Activation) -> Iterable[tuple[Kind | None, Kind | None]]:
        """Yield (receiver class of the caller, receiver class of the callee) for what a call may do."""
        callers, targets = self.split(fact.caller), self.split(target)
        if callers == targets == (None,):
            yield None, None
            return
        for cls in callers:
            for reached in self._reached(fact, cls, target):
                if reached is None or reached in targets:
                    yield cls, reached

    def _reached(self, fact: "CallFact", cls: Kind | None, target: Activation) -> Iterable[Kind | None]:
        targets = self.split(target)
        if target.code.owner_class is None and target.env is not None and targets != (None,):
            inner = target.env is fact.caller or target.env is fact.caller.env
            return [cls] if inner and cls in targets else targets
        if fact.is_mixed:
            return targets
        known = self.seen_by(fact.via, fact.caller, cls)
        exact = known is not None
        objects = known if known is not None else (fact.via.points_to if fact.via is not None else {})
        receivers = _receivers(objects, target, strict="property" in fact.flags)
        if receivers is None:
            return targets
        if targets == (None,):
            return [None] if receivers or not exact else []
        return [kind for kind in targets if kind in receivers] or ([] if exact and objects else targets)

    def may_call(self, fact: "CallFact", cls: Kind | None) -> bool:
        """Say whether a call of something without an activation is one to it when `self` is of a class."""
        known = self.seen_by(fact.via, fact.caller, cls) if not fact.is_mixed else None
        return known is None or fact.evidence not in self._held(fact) or fact.evidence in known

    def _held(self, fact: "CallFact") -> Objects:
        return dict.fromkeys(fact.via.points_to) if fact.via is not None else {}

    def may_access(self, fact: "AttributeFact", cls: Kind | None) -> bool:
        """Say whether an access is one to the attribute's class when `self` is of a class."""
        known = self.seen_by(fact.via, fact.caller, cls) if not fact.is_mixed else None
        if known is None:
            return True
        return any(obj is fact.cls or (isinstance(obj, Instance) and obj.cls is fact.cls) for obj in known)

    def seen_by(self, variable: Variable | None, activation: Activation, cls: Kind | None) -> Objects | None:
        """Return what a variable of an activation holds when `self` is of a class; None if unknown."""
        if variable is None or cls is None or not isinstance(variable.what[1], int):
            return None
        return self._register(activation, variable.what[1], cls) if variable.what[0] is activation else None

    def _register(self, activation: Activation, register: int, cls: Kind, depth: int = 0) -> Objects | None:
        key = (activation, register, cls)
        if key not in self._seen:
            self._seen[key] = None  # a loop of copies is not looked through
            found = self._read(activation, register, cls, depth) if depth < _DEEPEST else None
            if found is not None:
                held = activation.register(register)
                found = {obj: None for obj in found if obj in held.points_to} if held.is_whole else None
            self._seen[key] = found
        return self._seen[key]

    def _read(self, activation: Activation, register: int, cls: Kind, depth: int) -> Objects | None:
        code = activation.code
        if register == 0 and code.owner_class is not None:
            return self.of(activation)[cls]
        if register < len(code.block.parameters):
            return None
        written = writers(code).get(register, [])
        results = [self._written(activation, op, cls, depth + 1) for op in written]
        if not results or any(result is None for result in results):
            return None
        return {obj: None for result in results for obj in result or ()}

    def _written(self, activation: Activation, op: ops.Operation, cls: Kind, depth: int) -> Objects | None:
        if isinstance(op, ops.Copy | ops.Narrow):
            return self._register(activation, op.source, cls, depth) if op.source >= 0 else {}
        if isinstance(op, ops.LoadCell):
            return self._captured(activation, op, cls, depth)
        if isinstance(op, ops.Call):
            return self._super(activation, op, cls)
        if isinstance(op, ops.Load):
            bases = self._register(activation, op.base, cls, depth)
            return None if bases is None else attributes_of(bases, op.name, activation.register(op.target))
        return None

    def _captured(self, activation: Activation, op: ops.LoadCell, cls: Kind, depth: int) -> Objects | None:
        """Return what a name of an enclosing method holds that is nothing but one of its registers."""
        owner = activation.owner(op.owner)
        stores = [
            store
            for store in owner.code.block.operations
            if isinstance(store, ops.StoreCell) and store.owner == op.owner and store.name == op.name
        ]
        if owner is activation or len(stores) != 1 or stores[0].source < 0 or cls not in self.of(owner):
            return None
        return self._register(owner, stores[0].source, cls, depth)

    def _super(self, activation: Activation, op: ops.Call, cls: Kind) -> Objects | None:
        """Return the `super()` objects of receivers of a class; None where something else is called."""
        held = activation.register(op.target).points_to if op.target >= 0 else {}
        if not held or not all(isinstance(obj, Super) for obj in held):
            return None
        own = self.of(activation).get(cls, {})
        return {obj: None for obj in held if isinstance(obj, Super) and obj.receiver in own}


def attributes_of(
    bases: Iterable[Object], name: str, held: Variable, *, through_classes: bool = False
) -> Objects | None:
    """Return what reading an attribute of some objects gives into `held`; None where code may run.

    Without `through_classes` it is not told what classes give.
    """
    found: Objects = {}
    for base in bases:
        if isinstance(base, Instance):
            if name not in base.slots or name in base.accessors or not isinstance(base.cls, Class):
                return None
            found.update(dict.fromkeys(base.slots[name].points_to))
        elif isinstance(base, Class) and through_classes:
            if name not in base.slots or base.metaclasses:
                return None
            found.update(dict.fromkeys(base.slots[name].points_to))
        elif isinstance(base, Super):
            bound = [obj for obj in held.points_to if isinstance(obj, BoundMethod)]
            if len(bound) != len(held.points_to):
                return None
            found.update({obj: None for obj in bound if obj.receiver is base.receiver})
        else:
            return None
    return found


def _receivers(objects: Iterable[Object], target: Activation, *, strict: bool) -> dict[Kind, None] | None:
    """Return the classes of receivers with which calling some objects runs `target`; None if unknown.

    An instance that `target` does not run on says nothing, but where `strict`: it runs something else.
    """
    found: dict[Kind, None] = {}
    is_open = False
    first = target.register(0).points_to if target.code.block.parameters else {}
    for obj in objects:
        receiver: Object | None = obj
        if isinstance(obj, BoundMethod):
            if isinstance(obj.function, Function) and obj.function.code is not target.code:
                continue
            receiver = obj.receiver
        elif isinstance(obj, Function) and obj.code is not target.code:
            continue
        elif isinstance(obj, Class) and obj not in first:
            receiver = next((held for held in first if isinstance(held, Instance) and held.cls is obj), None)
        if receiver not in first:
            is_open = is_open or not (strict and isinstance(obj, Instance))
            continue
        cls = receiver.cls if isinstance(receiver, Instance) else receiver
        if isinstance(cls, Class | External):
            found[cls] = None
    return None if is_open and not found else found


@once_per_code
def writers(code: Code) -> dict[int, list[ops.Operation]]:
    """Map each register to the operations that write it."""
    found: dict[int, list[ops.Operation]] = {}
    for op in code.block.operations:
        for register in targets_of(op):
            found.setdefault(register, []).append(op)
    return found
