"""Membership: a string of which nothing is known is, after `x in TABLE`, one of the table's."""

from typing import TYPE_CHECKING

from chaintrace.pointsto import strings
from chaintrace.pointsto.objects import External, Instance, Object, String
from chaintrace.pointsto.variables import Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_MOST = 24  # strings of one table


def supply(analysis: "Analysis", source: Variable, tables: Variable, target: Variable) -> None:
    """Give `target` the constant strings of the containers in `tables`, where `source` may be any."""

    def on_table(table: Object) -> None:
        if isinstance(table, Instance) and table.cls in analysis.builtin.values():
            is_dict = table.cls is analysis.builtin["dict"]
            _supply_from(analysis, source, analysis.field(table, "[k]" if is_dict else "[*]"), target)

    analysis.use(tables, on_table)


def _supply_from(analysis: "Analysis", source: Variable, elements: Variable, target: Variable) -> None:
    known: dict[Object, None] = {}
    may_be_any = False

    def on_element(element: Object) -> None:
        if not isinstance(element, String) or element.open_end or len(known) >= _MOST:
            return
        known[element] = None
        if may_be_any:
            give(element)
        elif len(known) == 1:
            strings.each(analysis, source, on_value)

    def on_value(value: Object | None) -> None:
        nonlocal may_be_any
        if not may_be_any and (value is None or value is analysis.text or isinstance(value, External)):
            may_be_any = True
            for element in known:
                give(element)

    def give(element: Object) -> None:
        analysis.add(target, element, elements)

    analysis.use(elements, on_element)
