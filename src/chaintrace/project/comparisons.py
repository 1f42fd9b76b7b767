"""Comparisons: what a belief about a path says of the path compared with a value."""

import ast
import operator
from collections.abc import Callable, Collection, Iterable

from chaintrace.project.beliefs import NOTHING, Belief, Named

_ORDERS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
}


def truth_of(belief: Belief) -> bool | None:
    """Say whether a path is true, given a belief about it."""
    if belief.one_of:
        each = {_truth(value) for value in belief.one_of} if belief.holds else set()
        return each.pop() if len(each) == 1 else None
    if belief.value is NOTHING:
        return belief.holds
    return _truth(belief.value) if belief.holds else None


def _truth(value: object) -> bool | None:
    return None if isinstance(value, Named) else bool(value)


def compared(belief: Belief, op: ast.cmpop, value: object) -> bool | None:
    """Say whether a path equals (is, is in, is less than) a value, given a belief about the path.

    An operator that negates is answered as the one that it negates.
    """
    if value is NOTHING:
        return None
    if isinstance(op, ast.In | ast.NotIn):
        if not isinstance(value, tuple | list | set | frozenset):
            return None
        if belief.one_of and belief.holds:
            return _agreed(_within(Belief(belief.text, "", True, one), value) for one in belief.one_of)
        return _within(belief, value)
    if belief.one_of:
        return _of_choice(belief, op, value)
    if type(op) in _ORDERS:
        return _ordered(belief, _ORDERS[type(op)], value)
    return _same(belief, value, exactly=isinstance(op, ast.Is | ast.IsNot))


def _ordered(belief: Belief, order: Callable[[float, float], bool], value: object) -> bool | None:
    """Compare numbers by size; of anything else it is not known."""
    if not belief.holds or not isinstance(belief.value, int | float) or not isinstance(value, int | float):
        return None
    return order(belief.value, value)


def _within(belief: Belief, values: Collection[object]) -> bool | None:
    """Say whether a path has one of some values."""
    each = [_same(belief, item) for item in values]
    return True if True in each else (None if None in each else False)


def _of_choice(belief: Belief, op: ast.cmpop, value: object) -> bool | None:
    """Compare where the belief is that a path has one of some values, or none of them."""
    if belief.holds:
        return _agreed(compared(Belief(belief.text, "", True, one), op, value) for one in belief.one_of)
    if type(op) in _ORDERS:
        return None
    return False if any(_same(Belief("", "", True, one), value) for one in belief.one_of) else None


def _agreed(answers: Iterable[bool | None]) -> bool | None:
    """Return what all answers are, None where they differ."""
    found = set(answers)
    return found.pop() if len(found) == 1 else None


def _same(belief: Belief, value: object, *, exactly: bool = False) -> bool | None:
    """Say whether a path equals a value, or `exactly` is that value."""
    if belief.value is NOTHING:
        if isinstance(value, Named):
            return None
        return None if bool(value) is belief.holds else False
    if isinstance(belief.value, Named) or isinstance(value, Named):
        same = _same_name(belief.value, value)
    else:
        same = _equal(belief.value, value, exactly=exactly)
    if belief.holds:
        return same
    return False if same is True else None


def _equal(one: object, two: object, *, exactly: bool) -> bool:
    are_numbers = isinstance(one, int | float | complex) and isinstance(two, int | float | complex)
    return one == two and (type(one) is type(two) or (are_numbers and not exactly))


def _same_name(one: object, two: object) -> bool | None:
    """Say whether two values are one: members of one class by their last names, else unknown."""
    if not (isinstance(one, Named) and isinstance(two, Named)):
        return False if one is None or two is None else None
    first, second = one.path.split("."), two.path.split(".")
    shared = min(len(first), len(second))
    if first[-shared:] == second[-shared:]:
        return True
    return False if shared > 1 and first[-shared:-1] == second[-shared:-1] else None
