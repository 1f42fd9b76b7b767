"""Models: what foreign functions and classes do, as far as it matters to the program's own objects.

The registry is filled by `chaintrace.pointsto.builtin` (the language's own) and `chaintrace.plugins`
(libraries). A model is a function of one `Invocation`; simple ones come from rows of TOML.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.heap import is_item
from chaintrace.pointsto.objects import Class, Instance, Object
from chaintrace.pointsto.ports import Port, transport_of
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


_DEEPEST = 4  # models that call models that call models: a partial that holds itself would go on for ever


@dataclass(slots=True)
class Invocation:
    """Describe one call of a modelled external: offer its arguments, and ways to say what it does.

    `receiver` is the object whose method was called, None for plain functions.
    """

    analysis: "Analysis"
    path: str
    receiver: Object | None
    call: Call

    @property
    def activation(self) -> Activation:
        """Return the calling activation."""
        return self.call.activation

    @property
    def site(self) -> int:
        """Return the site of the call."""
        return self.call.site

    @property
    def reason(self) -> Reason:
        """Return the reason to attach to what the model derives."""
        return Reason("modelled", self.call.activation, self.call.site)

    def argument(self, index: int, name: str = "") -> Variable | None:
        """Return the argument of a keyword or at a position (starred ones included), None if not passed."""
        for key, value in self.call.arguments.keywords:
            if key == name:
                return value
        for at, (value, starred) in enumerate(self.call.arguments.positional):
            if starred:
                return self._starred(value, index - at)
            if at == index:
                return value
        return None

    def _starred(self, value: Variable, index: int) -> Variable:
        elements = self.temporary(("starred", value, index))

        def on_iterable(obj: Object) -> None:
            if isinstance(obj, Instance) and obj.cls in self.analysis.sequences:
                self.analysis.items.load_key(obj, f"#{index}", elements, self.reason)
            else:
                self.analysis.iterate_object(obj, elements, self.activation, self.site)

        self.analysis.use(value, on_iterable)
        return elements

    def values(self) -> Iterator[Variable]:
        """Yield every argument, keyword arguments last."""
        for value, _starred in self.call.arguments.positional:
            yield value
        for _name, value in self.call.arguments.keywords:
            yield value

    def temporary(self, tag: object) -> Variable:
        """Return a variable of this call site, the same for the same tag."""
        return self.activation.temporary((self.site, self.path, tag))

    def give(self, obj: Object) -> None:
        """Return an object from the call."""
        if self.call.result is not None:
            self.analysis.add(self.call.result, obj, self.reason)

    def give_all(self, variable: Variable | None) -> None:
        """Return whatever a variable holds."""
        if variable is not None and self.call.result is not None:
            self.analysis.flow(variable, self.call.result, self.reason)

    def new(self, path: str, tag: object = None) -> Instance:
        """Allocate an instance of an external class at this call."""
        return self.analysis.allocate(
            self.analysis.external(path), self.activation, self.site, (self.path, tag)
        )

    def store(self, obj: Object, name: str, value: Variable | None) -> None:
        """Put what a variable holds into a field (an item field for keys such as `#0` and `[?]`)."""
        if value is not None:
            self.analysis.flow(value, self.slot(obj, name), self.reason)

    def slot(self, obj: Object, name: str) -> Variable:
        """Return a field or item field of an object."""
        item = is_item(name)
        return self.analysis.item(obj, name) if item else self.analysis.field(obj, name)

    def elements(self, variable: Variable | None, tag: object = "elements") -> Variable:
        """Return the variable of the elements of the iterables that a variable holds."""
        found = self.temporary((tag, variable))
        if variable is not None:
            self.analysis.iterate(variable, found, self.activation, self.site)
        return found

    def run(
        self,
        function: Variable | None,
        arguments: Arguments,
        result: Variable | None = None,
        kind: EdgeKind = EdgeKind.CALL,
        flags: tuple[str, ...] = ("implicit",),
    ) -> None:
        """Call whatever a variable holds, from this site, as the external would.

        What runs is spawned where the external itself is: `Thread(target=partial(f, x))` spawns `f`.
        """
        if kind is EdgeKind.CALL and self.call.kind is not EdgeKind.CALL:
            kind, flags = self.call.kind, ()
        if function is not None and self._may_nest():
            call = Call(
                self.activation,
                self.site,
                arguments,
                result,
                kind,
                flags,
                Resolution.MODELLED,
                depth=self.call.depth + 1,
            )
            self.analysis.calls.through(function, call)

    def _may_nest(self) -> bool:
        """Say whether the model may call on: one that another called may do so a few times at one site."""
        depth = self.call.depth
        return not depth or (depth < _DEEPEST and self.analysis.calls.nest(self.call))

    def port(
        self,
        channel: Object,
        *,
        puts: bool,
        value: Variable | None = None,
        transport: str = "",
        holder: tuple[Variable, Object] | None = None,
        signal: bool = False,
    ) -> None:
        """Record that this call puts `value` into a channel object, or gets from it.

        `holder` is a variable and the object in it that names the channel, where that is not the receiver. A
        `signal` tells a waiting function to go on.
        """
        variable, held = holder or (self._receiver(), self.receiver or channel)
        self.analysis.ports.add(
            Port(
                self.activation,
                self.site,
                channel,
                puts,
                transport or transport_of(channel),
                value,
                variable,
                held,
                signal,
            )
        )

    def _receiver(self) -> Variable | None:
        """Return the variable before the dot of the written call."""
        owner, register = self.call.via.what if self.call.via is not None else (None, None)
        if isinstance(owner, Activation) and isinstance(register, int):
            loaded = owner.code.loads.get(register)
            return owner.register(loaded.base) if loaded is not None else None
        return None

    def run_method(
        self,
        receiver: Object,
        name: str,
        arguments: Arguments,
        result: Variable | None = None,
        kind: EdgeKind = EdgeKind.CALL,
    ) -> None:
        """Call a method of an object's class, from this site."""
        call = Call(self.activation, self.site, arguments, result, kind, ("implicit",), Resolution.MODELLED)
        self.analysis.calls.method(receiver, name, call, receiver)


Model = Callable[[Invocation], None]
Initialiser = Callable[["Analysis", Instance, Call, Object], None]


def _no_fields(_analysis: "Analysis", _cls: Class) -> list[str]:
    return []


@dataclass
class Models:
    """Hold what is known of externals.

    `functions` maps a dotted path (of a function, class or `Class.method`) to its model. `classes` are
    externals whose calls make an instance per site. `aliases` maps a path prefix to the path it is documented
    under. `accessors` are wrappers that behave like `property`; `binding_wrappers` are callables that bind
    like functions. `initialisers` write `__init__` for classes that carry a flag or derive from an external
    of that path. `inert` are packages, modules and paths that never call what they are given. `mappings` are
    classes whose iteration gives keys, `enumerations` and `records` bases whose heirs are enumerations and
    named tuples. `closed` classes have no attributes but those with a model. `heirs` are told of each class
    of the program that derives from an external of that path. `positional` tells the fields of a class in the
    order in which a generated initialiser takes them. `starters` start what frameworks would call.
    `mailboxes` are lists that may pass messages between functions, with the name for what carries these.
    """

    functions: dict[str, Model] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    bases: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    accessors: set[str] = field(default_factory=set)
    binding_wrappers: set[str] = field(default_factory=set)
    initialisers: dict[str, Initialiser] = field(default_factory=dict)
    inert: set[str] = field(default_factory=set)
    mappings: set[str] = field(default_factory=set)
    enumerations: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    mailboxes: dict[str, str] = field(default_factory=dict)
    heirs: dict[str, Callable[["Analysis", Class], None]] = field(default_factory=dict)
    positional: Callable[["Analysis", Class], list[str]] = _no_fields
    starters: list[Callable[["Analysis"], None]] = field(default_factory=list)

    def function(self, *paths: str) -> Callable[[Model], Model]:
        """Register a model for some paths; used as a decorator."""

        def register(model: Model) -> Model:
            for path in paths:
                self.functions[path] = model
            return model

        return register

    def find(self, path: str) -> Model | None:
        """Return the model of a path; a method is looked for in the bases of its external class too."""
        found = self.functions.get(path)
        while found is None:
            owner, _, name = path.rpartition(".")
            base = self.bases.get(owner)
            if base is None:
                return None
            path = f"{base}.{name}"
            found = self.functions.get(path)
        return found

    def has_method(self, cls: str, name: str) -> bool:
        """Say whether an external class has a model for a method."""
        return self.find(f"{cls}.{name}") is not None

    def is_inert(self, path: str) -> bool:
        """Say whether an external, or a module or class that it is in, never calls what it is given."""
        while path:
            if path in self.inert:
                return True
            path = path.rpartition(".")[0]
        return False

    def is_class(self, path: str) -> bool:
        """Say whether a path is known, or by its spelling taken, to be a class."""
        return path in self.classes or path.rpartition(".")[2][:1].isupper()

    def canonical(self, path: str) -> str:
        """Return the path under which an external is documented: its longest known beginning is replaced."""
        head, tail = path, ""
        while head:
            known = self.aliases.get(head)
            if known is not None:
                return self.canonical(known + tail)
            head, dot, last = head.rpartition(".")
            tail = f"{dot}{last}{tail}"
        return path
