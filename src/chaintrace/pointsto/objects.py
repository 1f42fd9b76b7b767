"""Abstract objects: what a variable may hold, each named by where it is made.

An object is identified by itself; the analysis hands out one object per (kind, allocation site, heap
context), so object identity is set membership. Fields are created on demand by
`chaintrace.pointsto.solver.Solver.field`.
"""

from typing import TYPE_CHECKING

from chaintrace.project.modules import Code, Module

if TYPE_CHECKING:
    from collections.abc import Callable

    from chaintrace.ir.operations import Annotation
    from chaintrace.pointsto.activations import Activation
    from chaintrace.pointsto.calls import Call
    from chaintrace.pointsto.variables import Variable


OPEN_BASES = "open-bases"  # the flag of a class whose bases are computed


class Object:
    """Be what a variable may hold. `fields` maps a field name to the variable holding its contents.

    Field names are attribute names, or item fields: `'key` and `#3` (constant keys), `@5` (a class or a
    member of an enumeration as key), `[?]` (stored under an unknown key), `[*]` (all elements), `[k]` (the
    keys of a mapping).

    `bucket` names the objects that a wide set need not tell apart: it keeps `most` of each bucket (see
    `chaintrace.pointsto.widening`); objects without one are always kept.
    """

    __slots__ = ("bucket", "fields", "item_listeners")

    most: int = 12

    def __init__(self, bucket: object = None) -> None:
        self.bucket = bucket
        self.fields: dict[str, Variable] = {}
        self.item_listeners: list[Callable[[str, Variable], None]] | None = None

    def describe(self) -> str:
        """Return a short name for witnesses."""
        raise NotImplementedError


class Function(Object):
    """Be a function: its code, and the activation whose variables it closes over.

    `entered` is told of each call, for a function that a library has dressed so that calling it does more.
    """

    __slots__ = ("annotations", "code", "defaults", "entered", "env")

    most = 3

    def __init__(self, code: Code, env: "Activation") -> None:
        super().__init__(code)
        self.code = code
        self.env = env
        self.defaults: tuple[tuple[str, int], ...] = ()
        self.annotations: tuple[tuple[str, Annotation], ...] = ()
        self.entered: Callable[[Call], None] | None = None

    def describe(self) -> str:
        return f"function {self.code.name}"


class Class(Object):
    """Be a class made by a `class` statement.

    `added` names members that a library adds; `bases` holds, per base expression, what it may be; `mro` is
    the current linearisation (internal classes and externals). `lookups` are the wired attribute look-ups,
    `slots` the attributes read on the class itself.
    """

    __slots__ = (
        "added",
        "bases",
        "body",
        "code",
        "env",
        "flags",
        "heirs",
        "instances",
        "keywords",
        "lookups",
        "metaclasses",
        "mro",
        "slots",
    )

    most = 3

    def __init__(self, code: Code, env: "Activation") -> None:
        super().__init__(code)
        self.code = code
        self.env = env
        self.body: Activation | None = None
        self.bases: list[list[Class | External]] = []
        self.keywords: dict[str, Variable] = {}
        self.metaclasses: list[Class] = []
        self.mro: list[Class | External] = [self]
        self.heirs: list[Class] = []
        self.lookups: dict[str, Variable] = {}
        self.slots: dict[str, Variable] = {}
        self.flags: set[str] = set()
        self.added: dict[str, None] = {}

    @property
    def describes(self) -> bool:
        """Say whether instances are descriptors: reading an attribute that holds one runs code."""
        return any(
            "__get__" in ancestor.code.member_names
            if isinstance(ancestor, Class)
            else ancestor.path in ("builtins.property", "functools.cached_property")
            for ancestor in self.mro
        )

    def describe(self) -> str:
        return f"class {self.code.name}"


class External(Object):
    """Be something from code that was not read, known by its dotted path (`queue.Queue`, `builtins.len`)."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        super().__init__(External)
        self.path = path

    def describe(self) -> str:
        return f"external {self.path}"


class Opaque(External):
    """Be any value that came out of a foreign package: `path` is that package's top name followed by `.…`."""

    __slots__ = ()

    most = 4

    def describe(self) -> str:
        return f"a value from {self.path.removesuffix('.…')}"


class Instance(Object):
    """Be an instance of a class, internal or external, made at one allocation site.

    `site` is the place of the allocation (activation and site index) or None for instances that stand for a
    whole class; `heap` distinguishes instances that one site makes on behalf of different receivers or call
    sites. `length` is the number of items where a display fixed it. `slots` hold what reading an
    attribute gives, `accessors` what runs when it is read, `readers` those to be told of a first accessor.
    """

    __slots__ = (
        "accessors",
        "cls",
        "declared",
        "heap",
        "length",
        "most",
        "origin",
        "readers",
        "site",
        "slots",
    )

    def __init__(
        self, cls: "Class | External", origin: object, site: "tuple[Activation, int] | None", heap: object
    ) -> None:
        super().__init__(cls)
        self.most = 5 if isinstance(cls, Class) else 4
        self.cls = cls
        self.origin = origin
        self.site = site
        self.heap = heap
        self.length = -1
        self.declared = False
        self.slots: dict[str, Variable] = {}
        self.accessors: dict[str, Variable] = {}
        self.readers: dict[str, list[Call]] = {}

    @property
    def is_descriptor(self) -> bool:
        """Say whether it is a descriptor that a class body makes: it stands for one attribute."""
        return (
            self.site is not None
            and self.site[0].cls is not None
            and isinstance(self.cls, Class)
            and self.cls.describes
        )

    @property
    def stands_for_many(self) -> bool:
        """Say whether the object is any instance of its class, or all those of further allocation sites."""
        return self.origin is self.cls

    def describe(self) -> str:
        name = self.cls.code.name if isinstance(self.cls, Class) else self.cls.path
        return f"{'declared ' if self.declared else ''}instance of {name}"


class BoundMethod(Object):
    """Be a function bound to a receiver."""

    __slots__ = ("function", "receiver")

    most = 1

    def __init__(self, function: Object, receiver: Object) -> None:
        kind = receiver.cls if isinstance(receiver, Instance) else None
        if not isinstance(function, External):
            super().__init__((BoundMethod, function.bucket, kind))
        elif isinstance(receiver, Instance) and receiver.stands_for_many:
            super().__init__(External)  # it says no more than any other foreign value
        else:
            super().__init__((BoundMethod, function, kind))
        self.function = function
        self.receiver = receiver

    def describe(self) -> str:
        return f"{self.function.describe()} bound to {self.receiver.describe()}"


class ModuleObject(Object):
    """Be a module of the program (`module` is None for a namespace package)."""

    __slots__ = ("module", "name")

    def __init__(self, name: str, module: Module | None) -> None:
        super().__init__()
        self.name = name
        self.module = module

    def describe(self) -> str:
        return f"module {self.name}"


class String(Object):
    """Be a constant string; where `open_end` is set, any string with this beginning and `ending`.

    `origin` is the activation and site that made an address of which not all is known, None for other
    strings.
    """

    __slots__ = ("ending", "open_end", "origin", "value")

    most = 0

    def __init__(
        self, value: str, *, open_end: bool = False, ending: str = "", origin: object = None
    ) -> None:
        super().__init__(String)
        self.origin = origin
        self.value = value
        self.open_end = open_end
        self.ending = ending

    def describe(self) -> str:
        if not self.open_end:
            return repr(self.value)
        return f"{self.value!r}…" + (repr(self.ending) if self.ending else "")


class Channel(Object):
    """Be a channel that no single object of the program stands for: what lies between two sockets.

    `transport` says what carries the messages, `address` what the ends have in common. `openings` are the
    variables, and the objects in them, through which the ends came to the address, with the sockets that
    were opened so; `name` is its name where those do not tell it.
    """

    __slots__ = ("address", "name", "openings", "transport")

    def __init__(self, address: object, transport: str) -> None:
        super().__init__()
        self.address = address
        self.name = ""
        self.transport = transport
        self.openings: dict[tuple[Variable, Object], dict[Object, None]] = {}

    def describe(self) -> str:
        return f"channel {self.transport}"


class Super(Object):
    """Be the result of `super()`: look-ups start after `cls` in the receiver's linearisation."""

    __slots__ = ("cls", "receiver")

    most = 3

    def __init__(self, cls: Class, receiver: Object) -> None:
        super().__init__((Super, cls))
        self.cls = cls
        self.receiver = receiver

    def describe(self) -> str:
        return f"super of {self.cls.code.name}"


class Generator(Object):
    """Be a generator, coroutine or async generator: a started activation.

    `kind` is generator, coroutine or async-generator.
    """

    __slots__ = ("activation", "kind")

    def __init__(self, activation: "Activation", kind: str) -> None:
        super().__init__(Generator)
        self.activation = activation
        self.kind = kind

    def describe(self) -> str:
        return f"{self.kind} of {self.activation.code.name}"
