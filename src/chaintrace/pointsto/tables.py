"""Tables: which calls take their callee out of a table under a key, and which row of it that is.

Such an edge is of the kind `dispatch`. The row is read off the first derivation of the callee: back to where
it was put into the dict or the row, and from there to the decorator or call that named it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind, TableRow
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.heap import is_item
from chaintrace.pointsto.objects import BoundMethod, Class, External, Instance, Object, String
from chaintrace.pointsto.sites import Sites
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.pointsto.walks import origin, walks_of
from chaintrace.project.modules import Code, once_per_code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis, CallFact

_MOST_STEPS = 60  # of a derivation that is followed back to a table
_MOST_KEYS = 4  # keys that are named of one row
_MOST_ROWS = 200  # rows of one table that are looked at
_LOOK_UPS = frozenset(("get", "pop", "setdefault", "__getitem__"))


class Tables:
    """Find the row of the table behind a call."""

    def __init__(self, analysis: "Analysis", sites: Sites) -> None:
        self.analysis = analysis
        self.sites = sites

    def rows(self, fact: "CallFact") -> list[TableRow]:
        """Return the rows that a call took its callee from, none where it came out of no table."""
        if fact.kind not in (EdgeKind.CALL, EdgeKind.DISPATCH) or fact.via is None or fact.evidence is None:
            return []
        called = self.analysis.walks.called.get((fact.caller.number, fact.site), {})
        found: dict[TableRow, None] = {}
        for handlers in called:
            if fact.evidence in handlers.points_to:
                found.update(dict.fromkeys(self._walked(handlers, fact.evidence)))
        if found:
            return list(found)
        code = fact.caller.code
        if fact.via not in called and fact.site not in walks_of(code) and fact.site not in looked_up(code):
            return []
        return self._back(fact.via, fact.evidence, keyed=fact.site in walks_of(code))

    def _walked(self, handlers: Variable, obj: Object) -> list[TableRow]:
        """Return the row of a handler that a walk through a table called."""
        row = self.analysis.walks.rows.get(handlers)
        if row is None:
            return self._back(handlers, obj, keyed=True)[:1]
        if isinstance(row.holder, Instance) and _is_written(row.holder) and row.holder.site is not None:
            return [self._told(*row.holder.site, _keys([row.key]))]
        return []

    def _back(self, variable: Variable, obj: Object, *, keyed: bool) -> list[TableRow]:
        """Follow the derivation of a callee back to where it was put into a table."""
        reader = None
        for _ in range(_MOST_STEPS):
            cause = variable.points_to.get(obj)
            if not isinstance(cause, Variable):
                return []
            if obj not in cause.points_to and isinstance(obj, BoundMethod):
                obj = obj.function
            reason = cause.flows.get(variable)
            if not keyed and _is_part(cause):
                if reason is None or not self._by_key(cause, reason):
                    return []
                keyed = True
            if _is_part(cause) and not _is_part(variable):
                reader = variable
            if keyed and _is_part(variable) and not _is_part(cause):
                return [*self._row(variable, obj), *self._other_rows(variable, reader, obj)]
            variable = cause
        return []

    def _other_rows(self, part: Variable, reader: Variable | None, obj: Object) -> Iterator[TableRow]:
        """Yield the other rows of a table that hold the same callee, and are read by the same reader."""
        holder = part.what[0]
        if not isinstance(holder, Instance) or reader is None:
            return
        every = holder.fields.get("[*]")
        reads_all = every is not None and reader in every.flows
        for name, other in list(holder.fields.items())[:_MOST_ROWS]:
            if other is not part and is_item(name) and (reads_all or reader in other.flows):
                yield from self._row(other, obj)

    def _row(self, part: Variable, obj: Object) -> list[TableRow]:
        cause = part.points_to.get(obj)
        reason = cause.flows.get(part) if isinstance(cause, Variable) and not _is_part(cause) else None
        row = self._stored(part, cause, reason, obj) if isinstance(cause, Variable) and reason else None
        return [row] if row is not None else []

    def _by_key(self, part: Variable, reason: Reason) -> bool:
        """Say whether what a mapping holds was read under a key that is no constant."""
        holder, site = part.what[0], reason.site
        if not isinstance(reason.activation, Activation) or not isinstance(holder, Instance):
            return False
        return self.analysis.items.is_mapping(holder) and site in computed(reason.activation.code)

    def _stored(self, part: Variable, value: Variable, reason: Reason, obj: Object) -> TableRow | None:
        """Return the row where a value was put into an item of a container."""
        activation, site = reason.activation, reason.site
        if not isinstance(activation, Activation) or site < 0:
            return None
        name, code = part.what[1], activation.code
        key = repr(name[1:]) if isinstance(name, str) and name.startswith("'") else ""
        if isinstance(name, str) and name.startswith("@"):
            key = _key_name(self.analysis.keys[name])
        made = next((op for op in code.block.operations if getattr(op, "site", -1) == site), None)
        if isinstance(made, ops.Build):
            keyed = [key for key, item in made.items if key >= 0 and activation.register(item) is value]
            key = key or _keys([activation.register(at) for at in keyed])
            return self._entry(code, made, value, key)
        if isinstance(made, ops.StoreItem) and made.key >= 0:
            key = key or _keys([activation.register(made.key)])
        return self._told(*_named(value, obj, activation, site), key)

    def _entry(self, code: Code, made: ops.Build, value: Variable, key: str) -> TableRow:
        """Return the row of an entry of a display: its value's place or, where it has none, its key's."""
        register = value.what[1]
        written = code.definitions.get(register) if isinstance(register, int) else None
        site = getattr(written, "site", -1)
        whole = self.sites.span(code, made.site)
        if site >= 0 and whole.line <= self.sites.span(code, site).line <= whole.end_line:
            return TableRow(self.sites.span(code, site), key)
        return TableRow(self.sites.within(code, made.site, key.strip("'")), key)

    def _told(self, activation: Activation, site: int, key: str) -> TableRow:
        return TableRow(self.sites.span(activation.code, site), key)


def _is_part(variable: Variable) -> bool:
    holder, name = variable.what
    return isinstance(holder, Instance) and isinstance(name, str) and (is_item(name) or name == "[*]")


def _is_written(row: Instance) -> bool:
    """Say whether a row is a display or an instance of the program, not one that a library made."""
    tag = row.origin[2] if isinstance(row.origin, tuple) and len(row.origin) > 2 else None  # noqa: PLR2004
    return row.site is not None and (isinstance(row.cls, Class) or isinstance(tag, int))


def _named(value: Variable, obj: Object, activation: Activation, site: int) -> tuple[Activation, int]:
    """Return where a value that came in by parameters was named: the outermost call or decorator."""
    for _ in range(_MOST_STEPS):
        cause = value.points_to.get(obj)
        reason = cause.flows.get(value) if isinstance(cause, Variable) else cause
        if reason is not None and reason.word == "argument" and isinstance(reason.activation, Activation):
            activation, site = reason.activation, reason.site
        elif value.what[0] is not activation:
            break
        if not isinstance(cause, Variable) or obj not in cause.points_to:
            break
        value = cause
    return activation, site


def _keys(variables: list[Variable]) -> str:
    """Return the names of what a key may be, "" where they are too many or have none."""
    held: list[Object] = []
    for variable in variables:
        held += variable.points_to
    names: dict[str, None] = {}
    for obj in held:
        elements = obj.fields.get("[*]") if isinstance(obj, Instance) else None
        inner = [obj] if elements is None else list(elements.points_to)
        names.update(dict.fromkeys(_key_name(one) for one in inner))
    return "|".join(names) if len(names) <= _MOST_KEYS and "" not in names else ""


def _key_name(obj: Object) -> str:
    if isinstance(obj, Class):
        return obj.code.block.name
    if isinstance(obj, External):
        return obj.path.removeprefix("builtins.")
    return obj.describe() if isinstance(obj, String) else ""


@once_per_code
def looked_up(code: Code) -> frozenset[int]:
    """Return the sites of calls whose callee is an item under a computed key, or what a call gave."""
    writers: dict[int, list[ops.Operation]] = {}
    for op in code.block.operations:
        if isinstance(op, ops.Copy | ops.Narrow | ops.LoadItem | ops.Call):
            writers.setdefault(op.target, []).append(op)
    return frozenset(
        op.site
        for op in code.block.operations
        if isinstance(op, ops.Call) and _may_be_looked_up(writers, op.function, {})
    )


def _may_be_looked_up(writers: dict[int, list[ops.Operation]], register: int, seen: dict[int, None]) -> bool:
    if register in seen:
        return False
    seen[register] = None
    for op in writers.get(register, ()):
        if isinstance(op, ops.Copy | ops.Narrow):
            if _may_be_looked_up(writers, op.source, seen):
                return True
        elif isinstance(op, ops.Call) or (isinstance(op, ops.LoadItem) and not op.constant):
            return True
    return False


@once_per_code
def computed(code: Code) -> frozenset[int]:
    """Return the sites where a block reads an item under a key that is no constant."""
    methods = {op.target: op.name for op in code.block.operations if isinstance(op, ops.Load)}
    found: list[int] = []
    for op in code.block.operations:
        if isinstance(op, ops.LoadItem) and not op.constant:
            found.append(op.site)
        elif isinstance(op, ops.Call) and methods.get(origin(code, op.function), "") in _LOOK_UPS:
            keys = [argument.value for argument in op.arguments[:1] if not argument.kind]
            if keys and keys[0] not in code.constants:
                found.append(op.site)
    return frozenset(found)
