"""Verdicts: whether a condition holds where some of its names hold known literals."""

import ast
import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping

Value = str | int | bool | None
Ask = Callable[[ast.expr], bool | None]

_ORDERS: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
}
_UNKNOWN = object()
_SPACE = re.compile(r"\s+")


def holds(tree: ast.expr, known: Mapping[str, Value], ask: Ask | None = None) -> bool | None:
    """Say whether a condition holds, given what some names hold; None where that is not known.

    `ask` knows more of its parts: what it answers holds.
    """
    match tree:
        case ast.BoolOp(op=op, values=values):
            decisive = isinstance(op, ast.Or)
            return _of_several((holds(value, known, ask) for value in values), decisive=decisive)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = holds(operand, known, ask)
            return None if inner is None else not inner
    answer = ask(tree) if ask is not None else None
    if answer is not None:
        return answer
    if isinstance(tree, ast.Compare):
        pairs = zip((tree.left, *tree.comparators), tree.ops, tree.comparators, strict=False)
        compared = (_compared(_value(one, known), op, _value(two, known)) for one, op, two in pairs)
        return _of_several(compared, decisive=False)
    value = _value(tree, known)
    return None if value is _UNKNOWN else bool(value)


def _of_several(answers: Iterable[bool | None], *, decisive: bool) -> bool | None:
    """Decide `or` (where True is decisive) or `and` (where False is)."""
    found = list(answers)
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def _value(tree: ast.expr, known: Mapping[str, Value]) -> object:
    match tree:
        case ast.Constant(value=str() | int() | None as value):
            return value
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            return [_value(element, known) for element in elements]
        case _:
            return _UNKNOWN


def _compared(one: object, op: ast.cmpop, two: object) -> bool | None:
    if one is _UNKNOWN or two is _UNKNOWN or isinstance(one, list):
        return None
    if isinstance(op, ast.In | ast.NotIn):
        found = _is_in(one, two)
        return None if found is None else found is isinstance(op, ast.In)
    if isinstance(two, list):
        return None
    if isinstance(op, ast.Is | ast.IsNot):
        same = one is two if any(side is None or isinstance(side, bool) for side in (one, two)) else None
        return None if same is None else same is isinstance(op, ast.Is)
    if isinstance(op, ast.Eq | ast.NotEq):
        equal = _is_equal(one, two)
        return None if equal is None else equal is isinstance(op, ast.Eq)
    if isinstance(one, int) and isinstance(two, int):
        return _ORDERS[type(op)](one, two)
    return None


def _is_in(one: object, two: object) -> bool | None:
    """Say whether a value is in a collection; a `case` asks whether it is True, where `in` takes 1 too."""
    if isinstance(two, str):
        return one in two if isinstance(one, str) and not _has_space(one) and not _has_space(two) else None
    if not isinstance(two, Collection):
        return None
    each = [None if item is _UNKNOWN or isinstance(item, list) else _is_in_case(one, item) for item in two]
    return True if True in each else (None if None in each else False)


def _is_in_case(one: object, item: object) -> bool | None:
    return None if one == item and type(one) is not type(item) else _is_equal(one, item)


def _is_equal(one: object, two: object) -> bool | None:
    """Compare; of white space in the text of a condition it is not known how much there was."""
    if not (isinstance(one, str) and isinstance(two, str)):
        return one == two
    if _SPACE.sub(" ", one) != _SPACE.sub(" ", two):
        return False
    return None if _has_space(one) else True


def _has_space(text: str) -> bool:
    return _SPACE.search(text) is not None
