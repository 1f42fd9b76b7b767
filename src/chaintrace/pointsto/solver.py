"""The solver: inclusion constraints, solved by propagating differences.

Andersen's analysis with difference propagation (Pearce, Kelly and Hankin, "Efficient field-sensitive pointer
analysis of C", 2007): a worklist of variables that gained objects; each visit passes only the gain on.
Constraints are added while solving, since calls, fields and attribute look-ups appear as objects arrive.

Points-to sets are insertion-ordered dicts from object to first derivation. They are small (a median of one
object), so one dict serves as set, witness and fixed iteration order; bit sets over a universe of 10^5
objects cost more than they save here.
"""

from collections import deque

from chaintrace.pointsto.objects import Class, Instance, Object, String, Summary
from chaintrace.pointsto.variables import Handler, Reason, Variable

WIDE = 32  # objects in a set; beyond, constant strings are no longer told apart
MOST_INSTANCES = 12  # instances of one class told apart in a wide set
_MEMBER = Reason("member", None, -1)


class Solver:
    """Hold the worklist and run it to the fixpoint."""

    any_string: Object

    def __init__(self) -> None:
        self.queue: deque[Variable] = deque()
        self.tasks: deque[tuple[Handler, list[Object]]] = deque()
        self.propagated = 0
        self.left_out = 0
        self._summaries: dict[Object, Summary] = {}

    def add(self, variable: Variable, obj: Object, cause: Variable | Reason) -> None:
        """Add `obj ∈ pts(variable)`."""
        points_to = variable.points_to
        if obj not in points_to:
            if len(points_to) >= WIDE and isinstance(obj, String | Instance):
                widened = self._widened([obj], variable)
                if not widened:
                    return
                obj = widened[0]
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
        """Add `∀ o ∈ pts(variable): handler(o)`; the handler sees each object once.

        Handlers run from the solver's loop only, never from here: constraints that add constraints do not
        nest.
        """
        variable.uses.append(handler)
        if variable.points_to:
            waiting = variable.delta or ()
            present = [obj for obj in variable.points_to if obj not in waiting]
            if present:
                self.tasks.append((handler, present))

    def solve(self) -> None:
        """Propagate until nothing changes."""
        queue, tasks = self.queue, self.tasks
        while queue or tasks:
            while tasks:
                handler, present = tasks.popleft()
                for obj in present:
                    handler(obj)
            if not queue:
                return
            variable = queue.popleft()
            delta = variable.delta
            variable.delta = None
            if delta is None:
                continue
            self.propagated += len(delta)
            self._pass_on(variable, delta)
            if variable.uses:
                for handler in variable.uses[:]:
                    for obj in delta:
                        handler(obj)

    def _pass_on(self, variable: Variable, delta: list[Object]) -> None:
        """Give the gain of a variable to everything it flows into."""
        for target in list(variable.flows):
            points_to = target.points_to
            fresh = [obj for obj in delta if obj not in points_to]
            if fresh:
                if len(points_to) + len(fresh) > WIDE:
                    fresh = self._widened(fresh, target)
                for obj in fresh:
                    points_to[obj] = variable
                if target.delta is None:
                    target.delta = fresh
                    self.queue.append(target)
                else:
                    target.delta += fresh

    def _widened(self, fresh: list[Object], variable: Variable) -> list[Object]:
        """Return what to add to a wide set.

        Strings become any string; past a number, a class's instances become its summary, and further
        instances of an external class (containers, most often) are left out, which `left_out` counts.
        """
        points_to, counts = variable.points_to, variable.counts
        if counts is None:
            counts = variable.counts = {}
            for obj in points_to:
                if type(obj) is Instance:
                    counts[obj.cls] = counts.get(obj.cls, 0) + 1
        kept: dict[Object, None] = {}
        for obj in fresh:
            if type(obj) is String:
                kept[self.any_string] = None
            elif type(obj) is Instance and counts.get(obj.cls, 0) >= MOST_INSTANCES:
                if isinstance(obj.cls, Class):
                    kept[self.summarised(obj)] = None
                else:
                    self.left_out += 1
            else:
                kept[obj] = None
                if type(obj) is Instance:
                    counts[obj.cls] = counts.get(obj.cls, 0) + 1
        return [obj for obj in kept if obj not in points_to]

    def summarised(self, obj: Instance) -> Summary:
        """Return the summary of an instance's class, with the instance among its members."""
        summary = self._summaries.get(obj.cls)
        if summary is None:
            summary = self._summaries[obj.cls] = Summary(obj.cls)
        if obj not in summary.members:
            summary.members[obj] = None
            for name, variable in list(summary.fields.items()):
                self.flow(self.field(obj, name), variable, _MEMBER)
        return summary

    def field(self, obj: Object, name: str) -> Variable:
        """Return the variable of a field of an object, made on first use."""
        found = obj.fields.get(name)
        if found is None:
            found = obj.fields[name] = Variable((obj, name))
            if isinstance(obj, Summary):
                for member in list(obj.members):
                    self.flow(self.field(member, name), found, _MEMBER)
        return found
