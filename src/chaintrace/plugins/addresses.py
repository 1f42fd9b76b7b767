"""Addresses: what a program opens a connection at, as far as its code tells.

A part of an address (host, port, path) is followed back through copies, parameters, globals and attributes:
to a literal, or to the place that it comes from where no more is known. Ends whose parts are the same meet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple

from chaintrace.graph.edges import EdgeKind
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.given import argument_of, definitions_of
from chaintrace.pointsto.objects import Class, Instance, ModuleObject, Object, String
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis, AttributeFact

HERE = ("", "*", "0.0.0.0", "localhost", "127.0.0.1", "::1", "::", "[::1]", "[::]")  # noqa: S104 - names only
_DEEPEST = 10
_MOST = 4  # values of one part
_MOST_CALLS = 24  # of one function, followed for the values of a parameter


class Part(NamedTuple):
    """Name a host, port or path: by its text, or the place that holds it and how that is called."""

    place: object
    text: str


@dataclass(frozen=True)
class Address:
    """Name where two ends meet; `text` says it in words."""

    parts: tuple[object, ...]
    text: str


class Parts:
    """Follow parts of addresses back to where they come from, once a fixpoint is reached."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._writes: dict[str, list[AttributeFact]] = {}
        self._read = 0
        self._known: dict[Variable, list[Part]] = {}
        self._known_at = -1

    def of(self, variable: Variable | None, depth: int = 0) -> list[Part]:
        """Return what a part of an address may be, nothing where that is too much."""
        if self._known_at != self.analysis.effort:
            self._known_at = self.analysis.effort
            self._known = {}
        if variable is None:
            return []
        known = self._known.get(variable)
        if known is None:
            self._known[variable] = []  # a way that comes back here adds nothing
            known = self._known[variable] = self._find(variable, depth)
        return known

    def _find(self, variable: Variable, depth: int) -> list[Part]:
        found = [Part(None, text) for text in map(_text, variable.points_to) if text is not None]
        found = found or list(dict.fromkeys(self._of_register(variable, depth)))
        return found if len(found) <= _MOST else []

    def _of_register(self, variable: Variable, depth: int) -> Iterator[Part]:
        activation, register = variable.what
        if not isinstance(activation, Activation) or not isinstance(register, int) or depth > _DEEPEST:
            return
        code = activation.code
        parameters = code.block.parameters
        if register < len(parameters):
            yield from self._of_parameter(activation, register, depth)
        for op in definitions_of(code).get(register, ()):
            yield from self._of_operation(activation, op, register, depth)

    def _of_operation(
        self, activation: Activation, op: ops.Operation, register: int, depth: int
    ) -> Iterator[Part]:
        code = activation.code
        match op:
            case ops.Constant() if op.kind == "int":
                yield Part(None, op.value)
            case ops.Constant():
                return
            case ops.Copy() | ops.Narrow() if op.source >= 0:
                yield from self.of(activation.register(op.source), depth + 1)
            case ops.LoadGlobal():
                yield from self._of_global(activation, op.name, depth)
            case ops.ImportFrom():
                yield from self._of_import(activation, op, depth)
            case ops.Unpack():
                yield from self._of_unpacked(activation, op, register, depth)
            case ops.LoadCell():
                owner = activation.owner(op.owner)
                stored = [s for s in owner.code.block.operations if _binds(s, op)]
                for one in stored:
                    yield from self.of(owner.register(getattr(one, "source", 0)), depth + 1)
            case ops.Load():
                yield from self._of_attribute(activation, op, depth)
            case _:
                name = code.name.rpartition(".")[2]
                yield Part((activation, getattr(op, "site", -1)), f"made in {name}")

    def _of_unpacked(
        self, activation: Activation, op: ops.Unpack, register: int, depth: int
    ) -> Iterator[Part]:
        code, at = activation.code, op.targets.index(register)
        built = code.definitions.get(code.aliases.get(op.source, op.source))
        if isinstance(built, ops.Build) and op.star < 0 and not built.spreads and at < len(built.items):
            yield from self.of(activation.register(built.items[at][1]), depth + 1)
        else:
            yield Part((activation, op.site, at), f"made in {code.name.rpartition('.')[2]}")

    def _of_global(self, activation: Activation, name: str, depth: int) -> Iterator[Part]:
        module = activation.code.module
        body = self.analysis.activate_module(module.codes[0])
        stores = [op for op in body.code.block.operations if _stores_global(op, name)]
        imports = [op for op in body.code.block.operations if isinstance(op, ops.ImportFrom)]
        sources = [op.source for op in stores if isinstance(op, ops.StoreGlobal)]
        imported = [op for op in imports if op.target in sources]
        if len(sources) != 1:
            yield Part((module.name, name), name)
        elif imported:
            yield from self._of_import(activation, imported[0], depth)
        else:
            yield from self.of(body.register(sources[0]), depth + 1)

    def _of_import(self, activation: Activation, op: ops.ImportFrom, depth: int) -> Iterator[Part]:
        program = self.analysis.program
        origin = program.modules.get(program.absolute(activation.code.module, op.module, op.level))
        if origin is None or depth > _DEEPEST:
            yield Part((op.module, op.name), op.name)
            return
        body = self.analysis.activate_module(origin.codes[0])
        yield from self._of_global(body, op.name, depth + 1)

    def _of_parameter(self, activation: Activation, register: int, depth: int) -> Iterator[Part]:
        """Follow a parameter to the arguments of the calls; without any it stands for itself."""
        facts = self.analysis.record.entered.get(activation.number, ())
        sources: list[Variable] = []
        for fact in facts[: _MOST_CALLS + 1]:
            given = argument_of(activation, register, fact)
            if given is not None:
                sources.append(given)
        if not sources or len(facts) > _MOST_CALLS:
            name = activation.code.block.parameters[register].name
            yield Part((activation.code, register), name)
            return
        for source in sources:
            yield from self.of(source, depth + 1)

    def _of_attribute(self, activation: Activation, op: ops.Load, depth: int) -> Iterator[Part]:
        """Follow an attribute to what is stored in it; where that is not seen, it stands for itself."""
        for holder in activation.register(op.base).points_to:
            if isinstance(holder, ModuleObject) and holder.module is not None:
                body = self.analysis.activate_module(holder.module.codes[0])
                yield from self._of_global(body, op.name, depth + 1)
            if not isinstance(holder, Instance | Class):
                continue
            stored = list(self._stored(holder, op.name))
            found = [part for source in stored for part in self.of(source, depth + 1)]
            if found:
                yield from found
            else:
                yield Part((holder, op.name), f"{_class_name(holder)}.{op.name}")

    def _stored(self, holder: Instance | Class, name: str) -> Iterator[Variable]:
        """Yield what is assigned to an attribute of an object or, by its class, in a class body."""
        facts = self.analysis.record.attributes
        for fact in islice(facts.values(), self._read, None) if len(facts) > self._read else ():
            if fact.kind is EdgeKind.WRITE:
                self._writes.setdefault(fact.name, []).append(fact)
        self._read = len(facts)
        cls = holder.cls if isinstance(holder, Instance) else holder
        for fact in self._writes.get(name, ()):
            caller = fact.caller
            for op in _stores_at(caller.code, fact.site) if fact.cls is cls else ():
                if holder in caller.register(op.base).points_to:
                    yield caller.register(op.source)
        for ancestor in cls.mro if isinstance(cls, Class) else ():
            if isinstance(ancestor, Class) and ancestor.body is not None:
                yield from _members(ancestor.body, name)


def place_of(parts: Parts, pair: Variable | None) -> list[Address]:
    """Return the addresses that a variable holds whole: as a pair of host and port, or as a path."""
    found: list[Address] = []
    for obj in pair.points_to if pair is not None else ():
        made = obj.site if isinstance(obj, Instance) and obj.cls is parts.analysis.builtin["tuple"] else None
        text = _text(obj)
        if text is not None:
            found.append(Address((text,), text))
        elif made is not None:
            activation, site = made
            builds = [op for op in activation.code.block.operations if isinstance(op, ops.Build)]
            for op in builds:
                if op.site == site and len(op.items) >= 2 and not op.spreads:  # noqa: PLR2004 - host and port
                    host, port = (activation.register(value) for _key, value in op.items[:2])
                    found += meeting(parts, host, port)
    if not found:
        found = [Address((part.place,), part.text) for part in parts.of(pair) if part.place is not None]
    return found


def meeting(parts: Parts, *given: Variable | None) -> list[Address]:
    """Return the addresses made of several parts, the host first; nothing where a part is not known.

    All names of this machine are one host, and so is none at all. Port 0 is whichever is free.
    """
    values = [parts.of(variable) if variable is not None else [Part(None, "")] for variable in given]
    found: dict[tuple[object, ...], Address] = {}
    for combined in product(*values):
        names = tuple(_key(part) for part in combined)
        if names[-1] not in ("", "0"):
            text = ":".join(part.text for part in combined if part.text)
            found.setdefault(names, Address(names, text))
    return list(found.values()) if len(found) <= _MOST else []


def _key(part: Part) -> object:
    if part.place is not None:
        return part.place
    return "" if part.text in HERE else part.text


def _text(obj: Object) -> str | None:
    """Return the text of a string of which all is known."""
    return obj.value if isinstance(obj, String) and not obj.open_end else None


def _class_name(holder: Instance | Class) -> str:
    cls = holder.cls if isinstance(holder, Instance) else holder
    return cls.code.block.name if isinstance(cls, Class) else cls.path


def _stores_at(code: Code, site: int) -> list[ops.Store]:
    stores = [op for op in code.block.operations if isinstance(op, ops.Store)]
    return [op for op in stores if op.site == site and op.source >= 0]


def _members(body: Activation, name: str) -> Iterator[Variable]:
    """Yield what a class body binds to a name."""
    for op in body.code.block.operations:
        if isinstance(op, ops.StoreMember) and op.name == name and op.source >= 0:
            yield body.register(op.source)


def _stores_global(op: ops.Operation, name: str) -> bool:
    return isinstance(op, ops.StoreGlobal) and op.name == name and op.source >= 0


def _binds(op: ops.Operation, read: ops.LoadCell) -> bool:
    return isinstance(op, ops.StoreCell) and (op.owner, op.name) == (read.owner, read.name) and op.source >= 0
