"""The solver: inclusion constraints, solved by propagating differences.

Andersen's analysis with difference propagation (Pearce, Kelly and Hankin, "Efficient field-sensitive pointer analysis of C",
2007): a worklist of variables that gained objects; each visit passes only the gain on. Constraints are added while
solving, since calls, fields and attribute look-ups appear as objects arrive.

Points-to sets are insertion-ordered dicts from object to first derivation. They are small (a median of one object), so one
dict serves as set, witness and fixed iteration order; bit sets over a universe of 10^5 objects cost more than they
save here.
"""

from collections import deque

from chaintrace.pointsto.objects import Object
from chaintrace.pointsto.variables import Handler, Reason, Variable


class Solver:
    """Hold the worklist and run it to the fixpoint."""

    def __init__(self) -> None:
        self.queue: deque[Variable] = deque()
        self.propagated = 0

    def add(self, variable: Variable, obj: Object, cause: Variable | Reason) -> None:
        """Add `obj ∈ pts(variable)`."""
        points_to = variable.points_to
        if obj not in points_to:
            points_to[obj] = cause
            if variable.delta is None:
                variable.delta = [obj]
                self.queue.append(variable)
            else:
                variable.delta.append(obj)

    def flow(self, source: Variable, target: Variable, reason: Reason) -> None:
        """Add `pts(source) ⊆ pts(target)`."""
        if source is target or target in source.flows:
            return
        source.flows[target] = reason
        for obj in source.points_to:
            self.add(target, obj, source)

    def use(self, variable: Variable, handler: Handler) -> None:
        """Add `∀ o ∈ pts(variable): handler(o)`; the handler sees each object once."""
        variable.uses.append(handler)
        if variable.points_to:
            waiting = variable.delta or ()
            for obj in [o for o in variable.points_to if o not in waiting]:
                handler(obj)

    def solve(self) -> None:
        """Propagate until nothing changes."""
        queue = self.queue
        while queue:
            variable = queue.popleft()
            delta = variable.delta
            variable.delta = None
            if delta is None:
                continue
            self.propagated += len(delta)
            for target in list(variable.flows):
                points_to = target.points_to
                fresh = [obj for obj in delta if obj not in points_to]
                if fresh:
                    for obj in fresh:
                        points_to[obj] = variable
                    if target.delta is None:
                        target.delta = fresh
                        queue.append(target)
                    else:
                        target.delta += fresh
            if variable.uses:
                for handler in variable.uses[:]:
                    for obj in delta:
                        handler(obj)

    def field(self, obj: Object, name: str) -> Variable:
        """Return the variable of a field of an object, made on first use."""
        found = obj.fields.get(name)
        if found is None:
            found = obj.fields[name] = Variable((obj, name))
        return found
