"""`itertools` functions whose results are rows: they keep the position of each element."""

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.variables import Variable


def register(models: Models) -> None:
    """Register what cannot be said in a table."""
    models.function("itertools.zip_longest", "itertools.product")(_rows)
    models.function("itertools.pairwise")(_pairs)
    models.function("itertools.groupby")(_group)
    models.function("itertools.tee")(_tee)


def _give_list(call: Invocation, element: Object) -> None:
    made = call.new("builtins.list")
    call.analysis.add(call.slot(made, "[?]"), element, call.reason)
    call.give(made)


def _row(call: Invocation, columns: list[tuple[Variable, bool]]) -> Instance:
    row = call.new("builtins.tuple", "row")
    loose = False
    for at, (column, starred) in enumerate(columns):
        loose = loose or starred
        call.store(row, "[?]" if loose else f"#{at}", column)
    row.length = -1 if loose else len(columns)
    return row


def _rows(call: Invocation) -> None:
    columns = []
    for at, (value, starred) in enumerate(call.call.arguments.positional):
        column = call.elements(value, ("column", at))
        columns.append((call.elements(column, ("inner", at)) if starred else column, starred))
    row = _row(call, columns)
    fill = call.argument(99, "fillvalue")
    call.store(row, "[?]", fill)
    _give_list(call, row)


def _pairs(call: Invocation) -> None:
    elements = call.elements(call.argument(0))
    _give_list(call, _row(call, [(elements, False), (elements, False)]))


def _group(call: Invocation) -> None:
    """Pair each key with its group."""
    elements = call.elements(call.argument(0, "iterable"))
    key, keys = call.argument(1, "key"), call.temporary("keys")
    if key is not None:
        call.run(key, Arguments.of(elements), keys)
    else:
        keys = elements
    group = call.new("builtins.list", "group")
    call.store(group, "[?]", elements)
    groups = call.temporary("groups")
    call.analysis.add(groups, group, call.reason)
    _give_list(call, _row(call, [(keys, False), (groups, False)]))


def _tee(call: Invocation) -> None:
    copies = call.new("builtins.tuple")
    made = call.new("builtins.list", "copy")
    call.store(made, "[?]", call.elements(call.argument(0)))
    call.analysis.add(call.slot(copies, "[?]"), made, call.reason)
    call.give(copies)
