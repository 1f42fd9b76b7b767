"""The vocabulary of the answer: edges, how they are known, and what is not known."""

from enum import IntEnum, StrEnum
from typing import NamedTuple

from chaintrace.errors import QueryError
from chaintrace.ir.location import Span


class EdgeKind(StrEnum):
    """Say what an edge means; the source end comes first."""

    CALL = (
        "call"  # caller -> callee, also construction, property access and implicit dunder calls (see flags)
    )
    SPAWN = "spawn"  # thread, process, task, executor submit: caller -> target function
    CALLBACK = "callback"  # function handed to external code that will call it
    SEND = "send"  # channel: the function that puts -> the function that consumes
    DISPATCH = "dispatch"  # through a table keyed by class, name or enum member
    DEFINE = "define"  # the block with a `class` statement -> the class, whose body it runs
    WRITE = "write"  # function -> attribute
    READ = "read"  # function -> attribute
    IMPORT = "import"  # module or function -> module
    INHERIT = "inherit"  # class -> base class


PARTIAL = frozenset(("relayed", "returned"))
"""Flags of `send` edges that tell a part of the way from one end of a channel to the other."""


class Resolution(IntEnum):
    """Say how an edge is known, strongest first."""

    STATIC = 1
    POINTS_TO = 2
    MODELLED = 3
    DECLARED = 4
    ASSUMED = 5

    @property
    def word(self) -> str:
        """Return the word shown to users: `static`, `points-to`, `modelled`, `declared`, `assumed`."""
        return self.name.lower().replace("_", "-")

    @property
    def meaning(self) -> str:
        """Return what the word means: the one place that says so."""
        return _MEANINGS[self]


_MEANINGS = {
    Resolution.STATIC: "one binding, read off the source",
    Resolution.POINTS_TO: "the analysis found the object the receiver holds",
    Resolution.MODELLED: "a model of a library, or of an operator, is part of the derivation",
    Resolution.DECLARED: (
        "something was supposed: an object of the class an annotation names, an instance of a class not yet "
        "seen made, or, by the user, a call"
    ),
    Resolution.ASSUMED: "an escape into unknown code; may be wrong",
}


def resolution_named(word: str) -> Resolution:
    """Return the resolution of a word; raise `QueryError` for a word that is none."""
    for level in Resolution:
        if level.word == word:
            return level
    words = ", ".join(level.word for level in Resolution)
    raise QueryError(f"{word!r} is no resolution; from the strongest they are {words}")


class SymbolKind(StrEnum):
    """Say what a symbol defines."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    ATTRIBUTE = "attribute"
    EXTERNAL = "external"


class Symbol(NamedTuple):
    """Name a definition.

    `name` is the module and `__qualname__` joined by a dot: `pkg.mod.Class.method`, `pkg.mod.f.<locals>.g`,
    `pkg.mod.<module>` for module level code, `pkg.mod.Class.attribute`, or the dotted name of an external.
    `path`, `line` and `end_line` place the definition (empty and 0 for externals); `source` is the source's
    name.
    """

    name: str
    kind: SymbolKind
    path: str = ""
    line: int = 0
    end_line: int = 0
    source: str = ""


class Channel(NamedTuple):
    """Say through which channel a `send` edge goes.

    `name` is the attribute or variable that holds the channel, or the address of a socket; `transport` what
    carries the messages (`queue.Queue`); `messages` the classes of what is put, sorted; `receive_site` where
    it is got. The edge's own site is where it is put. `sent_at` and `received_at` are the addresses at which
    the sockets of the two ends were opened, as written or as the attribute that first held them is called.
    `receive_guard` is the condition under which the consumer runs and gets the message, "" for none.
    """

    name: str
    transport: str
    receive_site: Span
    messages: tuple[str, ...] = ()
    sent_at: tuple[str, ...] = ()
    received_at: tuple[str, ...] = ()
    receive_guard: str = ""


class TableRow(NamedTuple):
    """Say which row of a table a `dispatch` edge goes through: where it is written, and its key as shown."""

    site: Span
    key: str = ""


class Spread(NamedTuple):
    """Say that the call at `site` passes `key` by `**`, and where it was put into the mapping, under `guard`.

    `key` is "" and `place` the call where keys are passed that are not known.
    """

    site: Span
    key: str
    place: Span
    guard: str = ""


class Edge(NamedTuple):
    """Connect two symbols at one site.

    `source` and `target` are symbol names. `text` is the stripped source line of the site, `guard` the
    condition under which the site runs ("" when unconditional), `flags` sorted words such as `construct`,
    `property`, `implicit`, `await`, `decorator`, `external`. `channel` is there for `send` edges only, `rows`
    (every row of a table that leads to the target) for `dispatch` edges.
    """

    source: str
    target: str
    kind: EdgeKind
    site: Span
    resolution: Resolution
    text: str = ""
    guard: str = ""
    flags: tuple[str, ...] = ()
    channel: Channel | None = None
    rows: tuple[TableRow, ...] = ()

    @property
    def row(self) -> TableRow | None:
        """Return the first row of the table, None for an edge that goes through none."""
        return self.rows[0] if self.rows else None


class Cause(StrEnum):
    """Say why a site has no known target."""

    NOT_CALLABLE = "not callable"  # the value is known, and nothing known of it can be called
    NO_ATTRIBUTE = "no such attribute"  # the receiver is known, and has no attribute of that name
    RECEIVER = "unknown receiver"  # nothing is known of what stands before the dot
    NAME = "unbound name"  # nothing is known to be bound to the name
    ELEMENT = "unknown element"  # it comes out of a container of which nothing is known
    RESULT = "unknown result"  # it is what a call gives of which nothing is known
    PARAMETER = "unknown argument"  # it is a parameter that receives nothing known
    OTHER = "unknown value"


class Unresolved(NamedTuple):
    """Record a site that has no known target, with the reason and what it is about (a name, an object)."""

    site: Span
    text: str
    reason: Cause
    detail: str = ""
