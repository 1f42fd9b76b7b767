"""The solver: inclusion constraints, solved by propagating differences.

Andersen's analysis with difference propagation (Pearce, Kelly and Hankin, "Efficient field-sensitive pointer
analysis of C", 2007): a worklist of variables that gained objects; each visit passes only the gain on.
Constraints are added while solving, since calls, fields and attribute look-ups appear as objects arrive.

Points-to sets are insertion-ordered dicts from object to first derivation. They are small (a median of one
object), so one dict serves as set, witness and fixed iteration order; bit sets over a universe of 10^5
objects cost more than they save here.
"""

from collections import deque
from itertools import islice

from chaintrace.pointsto.objects import Object
from chaintrace.pointsto.variables import NO_FACTS, NO_FLOWS, NO_USES, Handler, Reason, RestItem, Variable
from chaintrace.pointsto.widening import Widening

MOST_EFFORT = 1_000_000_000  # steps (an object passed on, or shown to a handler) before the solver gives up
MOST_KEPT = 1_000_000_000  # facts and constraints before it gives up


class Solver:
    """Hold the worklist and run it to the fixpoint.

    `effort` counts steps, `kept` the facts and constraints that take memory. Past `most_effort` or
    `most_kept` the solver stops for good: what was found stays, `exhausted` says at which limit, and the
    graph that it is not complete. Counts, no clock and no measured size, so that all machines stop alike.
    """

    def __init__(self) -> None:
        self.queue: deque[Variable] = deque()
        self.tasks: deque[tuple[Handler, list[Object]]] = deque()
        self.propagated = 0
        self.constraints = 0
        self.effort = 0
        self.most_effort = MOST_EFFORT
        self.most_kept = MOST_KEPT
        self.exhausted = ""
        self.used: list[Variable] = []  # those that handlers wait for
        self.widening = Widening()

    def add(self, variable: Variable, obj: Object, cause: Variable | Reason) -> None:
        """Add `obj ∈ pts(variable)`."""
        points_to = variable.points_to
        if obj not in points_to:
            if len(points_to) >= variable.limit and obj.bucket is not None:
                widened = self.widening.admit([obj], variable)
                if not widened:
                    return
                obj = widened[0]
            if points_to is NO_FACTS:
                variable.points_to = {obj: cause}
            else:
                points_to[obj] = cause
            if variable.delta is None:
                variable.delta = [obj]
                self.queue.append(variable)
            else:
                variable.delta.append(obj)

    def flow(self, source: Variable, target: Variable, reason: Reason) -> None:
        """Add `pts(source) ⊆ pts(target)`."""
        if target.__class__ is RestItem:
            target.is_written = True
        if source is target or target in source.flows:
            return
        self.constraints += 1
        if source.flows is NO_FLOWS:
            source.flows = {target: reason}
        else:
            source.flows[target] = reason
        if source.points_to:
            self._copy(source, target)

    def _copy(self, source: Variable, target: Variable) -> None:
        """Add all that one variable holds to another."""
        points_to = target.points_to
        fresh = [obj for obj in source.points_to if obj not in points_to]
        if len(points_to) + len(fresh) > target.limit:
            fresh = self.widening.admit(fresh, target)
        if fresh:
            self._put(target, fresh, source)

    def bind(self, source: Variable, target: Variable, reason: Reason) -> None:
        """Add the flow of an argument: alone of all flows it is no write into a `*args` or `**kwargs`."""
        was_written = isinstance(target, RestItem) and target.is_written
        self.flow(source, target, reason)
        if isinstance(target, RestItem):
            target.is_bound, target.is_written = True, was_written

    def use(self, variable: Variable, handler: Handler) -> None:
        """Add `∀ o ∈ pts(variable): handler(o)`; the handler sees each object once.

        Handlers run from the solver's loop only, never from here: constraints that add constraints do not
        nest.
        """
        self.constraints += 1
        if isinstance(variable.uses, list):
            variable.uses.append(handler)
        else:
            variable.uses = [handler]
            self.used.append(variable)
        if variable.points_to:
            # What waits in the delta came last.
            seen = len(variable.points_to) - len(variable.delta or ())
            present = list(islice(variable.points_to, seen))
            if present:
                self.tasks.append((handler, present))

    def solve(self) -> None:
        """Propagate until nothing changes."""
        queue, tasks = self.queue, self.tasks
        while (queue or tasks) and not self._gives_up():
            if tasks:
                handler, present = tasks.popleft()
                self.effort += len(present)
                for obj in present:
                    handler(obj)
                continue
            variable = queue.popleft()
            delta = variable.delta
            variable.delta = None
            if delta is None:
                continue
            self.propagated += len(delta)
            self.effort += len(delta) * (len(variable.flows) + len(variable.uses))
            self._pass_on(variable, delta)
            if variable.uses:
                for handler in variable.uses[:]:
                    for obj in delta:
                        handler(obj)

    def release(self) -> None:
        """Let go of what only solving needs, handlers above all: what was found stays."""
        for variable in self.used:
            variable.uses = NO_USES
        self.used.clear()
        self.widening.release()

    @property
    def kept(self) -> int:
        """Return the number of facts and constraints."""
        return self.propagated + self.constraints

    def _gives_up(self) -> bool:
        """Stop for good, saying which limit it was, once there is too much of something."""
        if self.effort > self.most_effort:
            self.exhausted = f"{self.most_effort} steps of the solver"
        elif self.propagated + self.constraints > self.most_kept:
            self.exhausted = f"{self.most_kept} facts and constraints"
        else:
            return False
        self.queue.clear()
        self.tasks.clear()
        return True

    def _pass_on(self, variable: Variable, delta: list[Object]) -> None:
        """Give the gain of a variable to everything it flows into."""
        for target in variable.flows:
            points_to = target.points_to
            fresh = [obj for obj in delta if obj not in points_to]
            if fresh:
                if len(points_to) + len(fresh) > target.limit:
                    fresh = self.widening.admit(fresh, target)
                self._put(target, fresh, variable)

    def _put(self, target: Variable, fresh: list[Object], source: Variable) -> None:
        """Put objects that a variable lacks into it; the list is its own from then on."""
        points_to = target.points_to
        if points_to is NO_FACTS:
            target.points_to = dict.fromkeys(fresh, source)
        else:
            for obj in fresh:
                points_to[obj] = source
        if target.delta is None:
            target.delta = fresh
            self.queue.append(target)
        else:
            target.delta += fresh

    def field(self, obj: Object, name: str) -> Variable:
        """Return the variable of a field of an object, made on first use."""
        found = obj.fields.get(name)
        if found is None:
            found = obj.fields[name] = Variable((obj, name))
        return found
