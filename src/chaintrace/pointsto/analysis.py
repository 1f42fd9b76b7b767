"""The analysis: the heap, the rules of Python, and the record of who calls whom."""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.ir.facts import BlockKind
from chaintrace.pointsto.activations import Activation, Fixed
from chaintrace.pointsto.arguments import Arguments, give_defaults, signature
from chaintrace.pointsto.attributes import Attributes
from chaintrace.pointsto.calls import Call, Calls
from chaintrace.pointsto.classes import Classes
from chaintrace.pointsto.construct import Construction
from chaintrace.pointsto.contexts import Contexts
from chaintrace.pointsto.expected import Expectations
from chaintrace.pointsto.externals import Externals
from chaintrace.pointsto.failing import never_run
from chaintrace.pointsto.fixed import Fixing
from chaintrace.pointsto.flows import Flows
from chaintrace.pointsto.heap import Heap
from chaintrace.pointsto.items import Items, implicit
from chaintrace.pointsto.lookups import Lookups
from chaintrace.pointsto.models import Models
from chaintrace.pointsto.names import Names
from chaintrace.pointsto.numbers import Numbers
from chaintrace.pointsto.objects import (
    Class,
    External,
    Function,
    Instance,
    Object,
)
from chaintrace.pointsto.ports import Ports
from chaintrace.pointsto.reflected import Reflected
from chaintrace.pointsto.rules import install
from chaintrace.pointsto.updates import Updates
from chaintrace.pointsto.variables import Variable
from chaintrace.pointsto.walks import Walks
from chaintrace.project.modules import Code
from chaintrace.project.program import Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from chaintrace.ir.operations import Annotation
    from chaintrace.pointsto.keys import Here

Target = Activation | Class | External
BASE_EFFORT = 20_000_000  # steps of the solver that any program may take
EFFORT_A_LINE = 700  # steps more for each of its lines: the costliest large program seen takes 490
BASE_KEPT = 6_000_000  # facts and constraints that any program may have
KEPT_A_LINE = 140  # and for each of its lines: the costliest large program seen takes 97


@dataclass(slots=True)
class CallFact:
    """Record that a site of one activation reaches a target.

    `via` and `evidence` name a fact `evidence ∈ pts(via)` behind it (None for facts read off the source);
    `floor` is the weakest resolution it may claim. `arguments` are bound to the target's parameters from
    position `first` on, after the receiver where that is 1; None where that is not all the same each time.
    `through` has, for an edge that stands for two calls, these two. `is_mixed` says that the callee came by
    other variables than `via` too.
    """

    caller: Activation
    site: int
    kind: EdgeKind
    target: Target
    flags: tuple[str, ...]
    floor: Resolution
    via: Variable | None
    evidence: Object | None
    arguments: Arguments | None = None
    first: int = 0
    through: "tuple[CallFact, CallFact] | None" = None
    is_mixed: bool = False


@dataclass(slots=True)
class AttributeFact:
    """Record that a site of one activation reads or writes an attribute of instances of a class.

    `is_mixed` says that the instances came by other variables than `via` too.
    """

    caller: Activation
    site: int
    kind: EdgeKind
    cls: Class
    name: str
    via: Variable | None
    evidence: Object
    is_mixed: bool = False


@dataclass
class Record:
    """Hold everything an analysis found out about edges, in order of discovery.

    `made` has the calls by the number of their activation and their site, `entered` by the number of the
    activation that they enter.
    """

    calls: dict[tuple[int, int, EdgeKind, Target], CallFact] = field(default_factory=dict)
    made: dict[int, dict[int, list[CallFact]]] = field(default_factory=dict)
    entered: dict[int, list[CallFact]] = field(default_factory=dict)
    attributes: dict[tuple[int, int, EdgeKind, Class, str], AttributeFact] = field(default_factory=dict)
    imports: dict[tuple[int, int, str], tuple[Activation, int, str]] = field(default_factory=dict)
    inherits: dict[tuple[Class, Class], tuple[Activation, int]] = field(default_factory=dict)
    bodies: dict[Activation, tuple[Activation, int]] = field(default_factory=dict)


class Analysis(Heap):
    """Hold one points-to analysis in progress."""

    def __init__(self, program: Program, models: Models, builtin_names: frozenset[str]) -> None:
        self.models = models
        super().__init__(program)
        self.builtin_names = builtin_names
        self.nothing = Variable((None, "nothing"))
        names = {name for code in program.codes for name in code.block.bindings}
        self.defines_hash = "__hash__" in names
        self.defines_eq = "__eq__" in names or "__lt__" in names
        self.tells_names = "__set_name__" in names
        self.record = Record()
        self.ports = Ports()
        self.activations: list[Activation] = []
        self.in_sight = 0  # activations that modules and tests lead to: the first ones
        self.reached: dict[Code, None] = {}
        self.tick: Callable[[], None] | None = None  # called now and then while solving
        self.soon: list[Callable[[], None]] = []
        self.later: list[Callable[[], bool]] = []
        self.last: list[Callable[[], bool]] = []
        self.declared: list[tuple[Variable, Annotation, Activation, int]] = []
        self.undeclared: list[Activation] = []
        self.implementers: dict[Class, tuple[int, list[Class]]] = {}  # by protocol, at how many classes
        self.of_plugins: dict[type, object] = {}  # what plugins keep from call to call, by its class
        self._by_context: dict[tuple[object, object], Activation] = {}
        self._bodies: dict[Class, Activation] = {}
        self._pending: deque[Activation] = deque()
        self.made_classes: dict[tuple[Object, Activation], Class] = {}
        self.namespaces: dict[tuple[object, ...], Instance] = {}
        self._assigned: dict[Class, frozenset[str]] = {}
        self.compared: dict[tuple[int, int, str], Here] = {}
        self.contexts = Contexts()
        self.expectations = Expectations(self)
        self.widening.expected = self.expectations.filtered
        self.fixing = Fixing(self)
        self.lookups = Lookups(self)
        self.calls = Calls(self)
        self.attributes = Attributes(self)
        self.construction = Construction(self)
        self.class_rules = Classes(self)
        self.externals = Externals(self)
        self.flows: Flows = Flows(self)
        self.items = Items(self)
        self.names: Names = Names(self)
        self.updates = Updates(self)
        self.numbers = Numbers(self)
        self.reflected = Reflected(self)
        self.walks = Walks(self)

    def external(self, path: str) -> External:
        """Return the external of a dotted path, under its canonical name."""
        return self._externals.get(path) or super().external(self.models.canonical(path))

    # Activations

    def activate(
        self, function: Function, context: object, heap: tuple[object, ...], fixed: Fixed = ()
    ) -> Activation:
        """Return the activation of a function in a context, and for some literals, started on first use."""
        key = (function, (context, fixed)) if fixed else (function, context)
        found = self._by_context.get(key)
        if found is None:
            found = self._new(function.code, function.env, function, context, heap)
            self._by_context[key] = found
            found.fixed = fixed
            found.never = never_run(found)
            self._prepare(found, function)
        return found

    def _prepare(self, activation: Activation, function: Function) -> None:
        """Give parameters what they hold whoever calls: defaults, `*args`, `**kwargs`, annotations.

        Where all callers are known, a default holds only for those that leave it (see `Binder`).
        """
        shape, site = signature(function.code), function.code.block.site
        positions = {parameter.name: at for at, parameter in enumerate(function.code.block.parameters)}
        fixed = [register for register, _, _ in activation.fixed]
        if not function.code.is_closed and not activation.fixed:
            give_defaults(self, activation, ())
        if shape.variadic >= 0:
            self.variadic(activation, shape.variadic)
        if shape.keywords >= 0:
            self.keyword_rest(activation, shape.keywords)
        if function.env.code.block.kind is BlockKind.CLASS:
            self.undeclared.append(activation)
        for name, annotation in function.annotations:
            if name != "return" and positions[name] not in (shape.variadic, shape.keywords, *fixed):
                target = activation.register(positions[name])
                self.declare(target, annotation, function.env, site)

    def declare(
        self, variable: Variable, annotation: "Annotation", activation: Activation, site: int
    ) -> None:
        """Take note that `annotation`, evaluated in `activation`, says what a variable holds."""
        self.expectations.expect(variable, annotation, activation)
        if annotation.form != "plain":
            self.declared.append((variable, annotation, activation, site))

    def activate_module(self, code: Code) -> Activation:
        """Return the activation of a module body."""
        found = self._by_context.get((code, None))
        if found is None:
            found = self._by_context[code, None] = self._new(code, None, None, None, ())
        return found

    def activate_body(self, cls: Class) -> Activation:
        """Return the activation of a class body."""
        found = self._bodies.get(cls)
        if found is None:
            found = self._bodies[cls] = self._new(cls.code, cls.env, None, cls, cls.env.heap)
            found.cls = cls
        return found

    def _new(
        self,
        code: Code,
        env: Activation | None,
        function: Function | None,
        context: object,
        heap: tuple[object, ...],
    ) -> Activation:
        activation = Activation(len(self.activations), code, env, function, context, heap)
        self.activations.append(activation)
        self.reached[code] = None
        self._pending.append(activation)
        return activation

    def solve(self) -> None:
        """Run bodies and propagate until nothing changes, then what waited for that.

        `soon` comes first; `later` where that changes nothing; `last` where that changes nothing either.
        """
        while not self._gives_up():
            while self._unsettled():
                while self._pending:
                    self._install(self._pending.popleft())
                super().solve()
                if self.exhausted:
                    return
                if self.tick is not None:
                    self.tick()
            starting, self.soon = self.soon, []
            for start in starting:
                start()
            if starting:
                continue
            waiting, self.later = self.later, []
            self.later = _not_ready(waiting) + self.later
            if self._unsettled():
                continue
            waiting, self.last = self.last, []
            self.last = _not_ready(waiting) + self.last
            if not self._unsettled():
                return

    def _install(self, activation: Activation) -> None:
        size = len(activation.code.block.operations)
        self.effort += size
        self.constraints += size
        install(self, activation)

    def allow(self, lines: int) -> None:
        """Limit the work by the size of the program, so that none takes for ever, or all the memory."""
        self.most_effort = BASE_EFFORT + lines * EFFORT_A_LINE
        self.most_kept = BASE_KEPT + lines * KEPT_A_LINE

    def release(self) -> None:
        """Let go of what only solving needs."""
        super().release()
        for waiting in (self.soon, self.later, self.last, self.declared):
            waiting.clear()
        self.calls.asked.clear()
        for instance in self._instances.values():
            instance.readers.clear()
            instance.item_listeners = None

    def _unsettled(self) -> bool:
        return bool(self._pending or self.queue or self.tasks)

    # The record

    def record_call(self, call: Call, target: Target, evidence: Object | None, first: int = -1) -> None:
        """Record that a call reaches a target, and from which position on its arguments are bound there."""
        key = (call.activation.number, call.site, call.kind, target)
        bound = call.arguments if first >= 0 else None
        known = self.record.calls.get(key)
        if known is None:
            fact = CallFact(
                call.activation,
                call.site,
                call.kind,
                target,
                call.flags,
                call.floor,
                call.via,
                evidence,
                bound,
                first,
            )
            self.record.calls[key] = fact
            made = self.record.made.setdefault(call.activation.number, {})
            made.setdefault(call.site, []).append(fact)
            if isinstance(target, Activation):
                self.record.entered.setdefault(target.number, []).append(fact)
        elif known.arguments is not bound or known.first != first or known.via is not call.via:
            known.arguments = None
            known.is_mixed = known.is_mixed or known.via is not call.via

    def record_attribute(self, call: Call, kind: EdgeKind, cls: Class, name: str, obj: Object) -> None:
        """Record that an attribute of a class's instances is read or written."""
        key = (call.activation.number, call.site, kind, cls, name)
        known = self.record.attributes.get(key)
        if known is None:
            self.record.attributes[key] = AttributeFact(
                call.activation, call.site, kind, cls, name, call.via, obj
            )
        elif known.via is not call.via:
            known.is_mixed = True

    def record_import(self, activation: Activation, site: int, name: str) -> None:
        """Record that a block imports a module."""
        self.record.imports.setdefault((activation.number, site, name), (activation, site, name))

    def record_body(self, activation: Activation, site: int, body: Activation) -> None:
        """Record that a block runs a class body."""
        self.record.bodies.setdefault(body, (activation, site))

    def record_inherit(self, activation: Activation, site: int, cls: Class, base: Class) -> None:
        """Record that a class has a base."""
        self.record.inherits.setdefault((cls, base), (activation, site))

    # Questions the rules ask

    def is_builtin(self, name: str) -> bool:
        """Say whether a name is one of the builtins."""
        return name in self.builtin_names

    def assigned(self, cls: Class) -> frozenset[str]:
        """Return the names that methods of the class assign on `self`."""
        found = self._assigned.get(cls)
        if found is None:
            names: set[str] = set()
            for code in cls.code.module.codes:
                if code.parent is cls.code:
                    names |= code.stored_on_self
            found = self._assigned[cls] = frozenset(names)
        return found

    def assigns(self, cls: Class, name: str) -> bool:
        """Say whether a method of the class or of an ancestor assigns `self.name`."""
        return any(name in self.assigned(ancestor) for ancestor in cls.mro if isinstance(ancestor, Class))

    def is_enumeration(self, cls: Class) -> bool:
        """Say whether a class derives from an enumeration."""
        return any(isinstance(a, External) and a.path in self.models.enumerations for a in cls.mro)

    def is_member(self, obj: Object) -> bool:
        """Say whether an object is one certain member of an enumeration."""
        return (
            isinstance(obj, Instance)
            and isinstance(obj.cls, Class)
            and not obj.stands_for_many
            and self.is_enumeration(obj.cls)
        )

    def is_record(self, obj: Instance) -> bool:
        """Say whether an instance is a tuple with named fields."""
        return isinstance(obj.cls, Class) and any(
            isinstance(a, External) and (a in self.sequences or a.path in self.models.records)
            for a in obj.cls.mro
        )

    def unwrap(self, found: Object) -> Object | None:
        """Return the function inside a `classmethod` or `staticmethod` wrapper, or the object itself."""
        cls = found.cls if isinstance(found, Instance) else None
        if isinstance(cls, External) and cls.path in ("builtins.classmethod", "builtins.staticmethod"):
            return next(iter(self.field(found, "function").points_to), None)
        return found

    # Shorthands

    def iterate(self, variable: Variable, target: Variable, activation: Activation, site: int) -> None:
        """`target` takes the elements of whatever `variable` holds."""
        call = implicit(activation, site)
        self.use(variable, lambda obj: self.items.iterate(obj, target, call))

    def iterate_object(self, obj: Object, target: Variable, activation: object, site: int) -> None:
        """`target` takes the elements of one object."""
        assert isinstance(activation, Activation)
        self.items.iterate(obj, target, implicit(activation, site))


def _not_ready(waiting: "list[Callable[[], bool]]") -> "list[Callable[[], bool]]":
    """Try what waits; return what goes on waiting."""
    return [ready for ready in waiting if not ready()]
