"""Walks: tables of rows (class, handler) that code goes through, testing a message against each class.

    for cls, handler in table:
        if isinstance(message, cls):
            handler(message)

Key and handler of one row belong together: each row's handler is called apart, with those messages that its
own classes accept, and only where there are any. Where that leaves a site without a call, all handlers count.
So it is with `TABLE[type(message)](message)`, where the rows are the items of a dict.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from chaintrace.ir import operations as ops
from chaintrace.pointsto import narrowing
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.objects import External, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.modules import Code, once_per_code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_CLASS_TESTS = ("isinstance", "exact", "issubclass")
_WITHOUT_TRACE = frozenset(f"builtins.{name}" for name in ("int", "float", "complex", "bool", "NoneType"))
"""Classes whose instances are in no points-to set: rows of these are taken to match."""
_KEY_TESTS = (*_CLASS_TESTS, "equal", "identical", "member")


class Part(NamedTuple):
    """Name a part of a row: an item (`#0`) or attribute (`.handler`) of what a register holds."""

    row: int
    name: str


@dataclass(frozen=True)
class Walk:
    """Describe a call of the handler of a row: its part, the part that is the key, and the kind of test.

    `subjects` are the arguments (registers) that passed the test.
    """

    handler: Part
    key: Part
    test: str
    subjects: frozenset[int]


@dataclass(frozen=True)
class LookUp:
    """Describe a call of what a dict has under the class of a message: the registers of dict and default.

    `subjects` are the arguments (registers) that are the message.
    """

    table: int
    default: int
    subjects: frozenset[int]


class Row(NamedTuple):
    """Hold a row whose handler is called: the object, and the variable of its key."""

    holder: Object
    key: Variable


@once_per_code
def walks_of(code: Code) -> dict[int, Walk]:
    """Return the calls of a block that take handler and key from one row, by site."""
    parts, tests = _parts(code), _tests(code)
    found: dict[int, Walk] = {}
    for op in code.block.operations if tests else ():
        handler = parts.get(origin(code, op.function)) if isinstance(op, ops.Call) else None
        if handler is not None and isinstance(op, ops.Call):
            keyed = [(key, test) for key, test in tests.get(handler.row, ()) if key.name != handler.name]
            if keyed:
                found[op.site] = _walk(code, op, handler, keyed)
    return found


@once_per_code
def returns_of(code: Code) -> dict[int, Walk]:
    """Return, by site, where a block gives back the handler of a row whose class accepts a message."""
    parts = _parts(code)
    found: dict[int, Walk] = {}
    for op in code.block.operations if parts else ():
        handler = parts.get(origin(code, op.source)) if isinstance(op, ops.Return) else None
        if isinstance(op, ops.Return) and handler is not None:
            for key, subject in _asked(code, op.site):
                if key.row == handler.row and key.name != handler.name:
                    found[op.site] = Walk(handler, key, "isinstance", frozenset((subject,)))
    return found


def _asked(code: Code, site: int) -> Iterator[tuple[Part, int]]:
    """Yield the keys of rows, each with a register, of the `isinstance` tests that hold at a site."""
    facts, parts = code.module.facts, _parts(code)
    lines: set[int] = set()
    guard = facts.sites[site].guard
    while guard >= 0:
        one = facts.guards[guard]
        if one.test.form == "isinstance" and not one.negated:
            lines.add(one.line)
        guard = one.parent
    for op in code.block.operations if lines else ():
        if isinstance(op, ops.Call) and len(op.arguments) == 2 and facts.sites[op.site].line in lines:  # noqa: PLR2004
            named = code.definitions.get(op.function)
            key = parts.get(origin(code, op.arguments[1].value))
            if isinstance(named, ops.LoadBuiltin) and named.name == "isinstance" and key is not None:
                yield key, op.arguments[0].value


@once_per_code
def _tests(code: Code) -> dict[int, list[tuple[Part, ops.Narrow]]]:
    """Return the tests of a block against parts of rows, by the register of the row."""
    parts = _parts(code)
    found: dict[int, list[tuple[Part, ops.Narrow]]] = {}
    for op in code.block.operations if parts else ():
        if isinstance(op, ops.Narrow) and op.test in _KEY_TESTS:
            for register in (op.source, *op.operands):
                key = parts.get(origin(code, register))
                if key is not None:
                    found.setdefault(key.row, []).append((key, op))
    return found


@once_per_code
def look_ups_of(code: Code) -> dict[int, LookUp]:
    """Return, by site, the calls of a block whose handler a dict has under the class of an argument."""
    found: dict[int, LookUp] = {}
    for op in code.block.operations:
        if not isinstance(op, ops.Call):
            continue
        table, key, default = _taken(code, code.definitions.get(origin(code, op.function)))
        subject = _classified(code, key)
        if table >= 0 and subject >= 0:
            passed = [argument.value for argument in op.arguments if argument.kind in ("", "=")]
            subjects = frozenset(value for value in passed if origin(code, value) == subject)
            if subjects:
                found[op.site] = LookUp(table, default, subjects)
    return found


def _taken(code: Code, made: ops.Operation | None) -> tuple[int, int, int]:
    """Return the registers of dict, key and default of a look-up, -1 for none."""
    if isinstance(made, ops.LoadItem):
        return made.base, made.key, -1
    if isinstance(made, ops.Call):
        method = code.definitions.get(origin(code, made.function))
        given = [argument.value for argument in made.arguments if not argument.kind]
        if isinstance(method, ops.Load) and method.name in ("get", "__getitem__") and given:
            return method.base, given[0], given[1] if len(given) > 1 else -1
    return -1, -1, -1


def _classified(code: Code, key: int) -> int:
    """Return the register whose class a key is: `type(x)` or `x.__class__`; -1 for none."""
    made = code.definitions.get(origin(code, key)) if key >= 0 else None
    if isinstance(made, ops.Load) and made.name == "__class__":
        return origin(code, made.base)
    if isinstance(made, ops.Call) and len(made.arguments) == 1:
        named = code.definitions.get(origin(code, made.function))
        if isinstance(named, ops.LoadBuiltin) and named.name == "type":
            return origin(code, made.arguments[0].value)
    return -1


def _walk(code: Code, op: ops.Call, handler: Part, keyed: list[tuple[Part, ops.Narrow]]) -> Walk:
    for key, test in keyed:
        if test.test in _CLASS_TESTS and not test.negated:
            passed = [argument.value for argument in op.arguments if argument.kind in ("", "=")]
            subjects = frozenset(value for value in passed if _passes(code, value, test))
            if subjects:
                return Walk(handler, key, test.test, subjects)
    return Walk(handler, keyed[0][0], "", frozenset())


@once_per_code
def _parts(code: Code) -> dict[int, Part]:
    """Return the registers that hold a part of an element of what the block iterates over."""
    operations = code.block.operations
    rows = {op.target for op in operations if isinstance(op, ops.Iterate)}
    found: dict[int, Part] = {}
    for op in operations if rows else ():
        if isinstance(op, ops.Unpack) and op.star < 0 and origin(code, op.source) in rows:
            for index, target in enumerate(op.targets):
                found[target] = Part(origin(code, op.source), f"#{index}")
        elif isinstance(op, ops.LoadItem) and op.constant and origin(code, op.base) in rows:
            found[op.target] = Part(origin(code, op.base), op.constant)
        elif isinstance(op, ops.Load) and origin(code, op.base) in rows:
            found[op.target] = Part(origin(code, op.base), f".{op.name}")
    return found


def origin(code: Code, register: int) -> int:
    """Return the register that a copied or narrowed one started as."""
    register = code.aliases.get(register, register)
    made = code.definitions.get(register)
    while isinstance(made, ops.Narrow):
        register = code.aliases.get(made.source, made.source)
        made = code.definitions.get(register)
    return register


def _passes(code: Code, register: int, test: ops.Narrow) -> bool:
    """Say whether a register holds what a test let through."""
    made = code.definitions.get(code.aliases.get(register, register))
    while isinstance(made, ops.Narrow) and made is not test:
        made = code.definitions.get(code.aliases.get(made.source, made.source))
    return made is test


class Walks:
    """Call the handlers of rows."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self.rows: dict[Variable, Row] = {}
        self.called: dict[tuple[int, int], dict[Variable, dict[int, Variable]]] = {}

    def _note(self, call: Call, handlers: Variable, passing: dict[int, Variable]) -> None:
        """Keep, by activation and site, which handlers a walk calls, and with what of which registers."""
        self.called.setdefault((call.activation.number, call.site), {})[handlers] = passing

    def call(self, walk: Walk, function: Variable, call: Call) -> None:
        """Call the handler of each row that the walk goes through."""
        if not walk.test:
            self.analysis.calls.through(function, call)
            return
        called: list[Object] = []
        rows = call.activation.register(walk.handler.row)
        self.analysis.use(rows, lambda row: self._call_row(walk, row, function, call, called))

        def when_nothing_matches() -> bool:
            if not called:
                self.analysis.calls.through(function, call)
            return True

        self.analysis.last.append(when_nothing_matches)

    def give_back(self, walk: Walk, site: int, given: Variable, activation: Activation) -> None:
        """Give the handlers of those rows back that accept a message."""
        analysis, found = self.analysis, list[Object]()
        call = Call(activation, site, Arguments(), activation.result)
        reason = Reason("returned", activation, site)

        def on_row(row: Object) -> None:
            if not isinstance(row, Instance):
                found.append(row)
                analysis.flow(given, activation.result, reason)
                return
            key, handlers = self._part(row, walk.key, call), self._part(row, walk.handler, call)
            for register in walk.subjects:
                accepted = self._accepted(walk, row, register, key, call)
                analysis.use(accepted, _Once(partial(on_message, handlers=handlers)))
            self._match_untraced(key, partial(on_message, handlers=handlers))

        def on_message(obj: Object, handlers: Variable) -> None:
            found.append(obj)
            analysis.flow(handlers, activation.result, reason)

        def when_nothing_matches() -> bool:
            if not found:
                analysis.flow(given, activation.result, reason)
            return True

        analysis.use(activation.register(walk.handler.row), on_row)
        analysis.last.append(when_nothing_matches)

    def look_up(self, found: LookUp, function: Variable, call: Call) -> None:
        """Call what each dict has under a class with the messages of that class."""
        analysis, called = self.analysis, list[object]()
        keys: dict[Variable, str] = {}

        def on_item(key: str, handlers: Variable) -> None:
            keys[handlers] = key
            self._call_item(found, key, handlers, call, called)

        def on_table(table: Object) -> None:
            if isinstance(table, Instance) and analysis.items.is_mapping(table):
                analysis.on_items(table, on_item)
            else:
                called.append(table)
                analysis.calls.through(function, call)

        def when_nothing_matches() -> bool:
            if found.default >= 0:
                self._call_default(found, keys, call)
            if not called:
                analysis.calls.through(function, call)
            return True

        analysis.use(call.activation.register(found.table), on_table)
        analysis.last.append(when_nothing_matches)

    def _call_default(self, found: LookUp, keys: dict[Variable, str], call: Call) -> None:
        """Call what stands for all classes that are no key of the dict, with their messages."""
        analysis = self.analysis
        filled = [key for handlers, key in keys.items() if handlers.points_to]
        classes = [analysis.keys[key] for key in filled if key.startswith("@")]
        subjects = [(register, call.activation.register(register)) for register in sorted(found.subjects)]
        rest = {
            register: call.activation.temporary(("rest", call.site, register)) for register, _ in subjects
        }
        own = call.passing(_replaced(call.arguments, call.activation, rest))
        default = call.activation.register(found.default)

        def on_message(obj: Object, source: Variable, target: Variable) -> None:
            if not isinstance(obj, Instance) or obj.cls not in classes:
                analysis.add(target, obj, source)
                analysis.calls.through(default, own)

        for register, source in subjects:
            analysis.use(source, partial(on_message, source=source, target=rest[register]))
        if not any(source.points_to for _, source in subjects):
            analysis.calls.through(default, call)

    def _call_item(
        self, found: LookUp, key: str, handlers: Variable, call: Call, called: list[object]
    ) -> None:
        """Call what stands under one key; under no certain class, with any message."""
        analysis = self.analysis
        if key == "[?]":
            analysis.use(handlers, called.append)
            analysis.calls.through(handlers, call)
        if not key.startswith("@"):
            return
        cls = call.activation.temporary(("class", call.site, key))
        analysis.add(cls, analysis.keys[key], Reason("key", call.activation, call.site))
        passing: dict[int, Variable] = {}
        for register in sorted(found.subjects):
            passing[register] = call.activation.temporary(("accepted", call.site, key, register))
            source = call.activation.register(register)
            narrowing.keep_accepted(analysis, cls, source, passing[register], "exact")
        own = call.passing(_replaced(call.arguments, call.activation, passing))

        def on_message(_message: Object) -> None:
            if key not in called:
                called.append(key)
            self._note(call, handlers, passing)
            analysis.calls.through(handlers, own)

        once = _Once(on_message)
        for accepted in passing.values():
            analysis.use(accepted, once)

    def _call_row(
        self, walk: Walk, row: Object, function: Variable, call: Call, called: list[Object]
    ) -> None:
        analysis = self.analysis
        if not isinstance(row, Instance):
            called.append(row)
            analysis.calls.through(function, call)
            return
        key, handlers = self._part(row, walk.key, call), self._part(row, walk.handler, call)
        self.rows[handlers] = Row(row, key)
        passing = {
            register: self._accepted(walk, row, register, key, call) for register in sorted(walk.subjects)
        }
        own = call.passing(_replaced(call.arguments, call.activation, passing))

        def on_message(_message: Object) -> None:
            if row not in called:
                called.append(row)
                self._note(call, handlers, passing)
                analysis.calls.through(handlers, own)

        for accepted in passing.values():
            analysis.use(accepted, on_message)
        self._match_untraced(key, on_message)

    def _match_untraced(self, key: Variable, handler: Callable[[Object], None]) -> None:
        """Call a handler for a class among the keys whose instances are not seen."""

        def on_class(cls: Object) -> None:
            if isinstance(cls, External) and cls.path in _WITHOUT_TRACE:
                handler(cls)

        self.analysis.use_flat(key, on_class)

    def _accepted(self, walk: Walk, row: Object, register: int, key: Variable, call: Call) -> Variable:
        """Return the variable of those messages that a row's classes accept."""
        found = call.activation.temporary(("accepted", call.site, row, register))
        narrowing.keep_accepted(self.analysis, key, call.activation.register(register), found, walk.test)
        return found

    def _part(self, row: Instance, part: Part, call: Call) -> Variable:
        found = call.activation.temporary(("row", call.site, row, part.name))
        reason = Reason("item", call.activation, call.site, call.activation.register(part.row), row)
        if part.name.startswith("."):
            reading = replace(call, arguments=Arguments(), result=found, flags=("property",))
            self.analysis.attributes.read(row, part.name[1:], reading)
        else:
            self.analysis.items.load_key(row, part.name, found, reason)
        return found


class _Once:
    """Call a handler for the first object only."""

    def __init__(self, handler: Callable[[Object], None]) -> None:
        self.handler: Callable[[Object], None] | None = handler

    def __call__(self, obj: Object) -> None:
        """Call the handler, unless it was."""
        handler, self.handler = self.handler, None
        if handler is not None:
            handler(obj)


def _replaced(given: Arguments, activation: Activation, passing: dict[int, Variable]) -> Arguments:
    """Return arguments in which some registers are replaced by the variables of what passes."""
    other = {activation.register(register): variable for register, variable in passing.items()}
    return Arguments(
        [(value if starred else other.get(value, value), starred) for value, starred in given.positional],
        [(name, other.get(value, value)) for name, value in given.keywords],
        given.mappings,
    )
