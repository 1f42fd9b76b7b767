"""Conditions: lowering of tests, and what each outcome says about names and paths."""

from typing import NamedTuple

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.flow import Fact, Flow
from chaintrace.frontend.joins import join, narrowed
from chaintrace.frontend.places import place_of
from chaintrace.frontend.scopes import Place
from chaintrace.frontend.survey.walk import dotted
from chaintrace.ir.facts import Learned
from chaintrace.ir.operations import Binary, Call, Copy, Truth


class Decision(NamedTuple):
    """Hold a tested value and the flow on either outcome.

    The two flows may be one object: copy before changing it.
    """

    register: int
    true: Flow | None
    false: Flow | None


def decide(b: Builder, tree: cst.BaseExpression, *, want: bool = False, ask: bool = True) -> Decision:
    """Lower a test; `want` asks for a register with its value, `ask` that its truth is asked."""
    if isinstance(tree, cst.BooleanOperation):
        return _boolean(b, tree, want=want, ask=ask)
    if isinstance(tree, cst.UnaryOperation) and isinstance(tree.operator, cst.Not):
        inner = decide(b, tree.expression)
        return Decision(b.new() if want else -1, inner.false, inner.true)
    if isinstance(tree, cst.Comparison):
        register, operands = _compare(b, tree)
        return _split(b, tree, register, _comparison_fact(b, tree, operands))
    register = b.expression(tree)
    if isinstance(tree, cst.Name) and tree.value == "True":
        return Decision(register, b.flow, None)
    if ask and not _is_constant(tree):
        b.operations.append(Truth(register, b.site(tree)))
    return _split(b, tree, register, _fact(b, tree) if ask else None)


def _boolean(b: Builder, tree: cst.BooleanOperation, *, want: bool, ask: bool) -> Decision:
    """Lower `a and b` or `a or b`: the right side runs on one outcome of the left."""
    both = isinstance(tree.operator, cst.And)
    before, guard = b.flow, b.guard
    left = decide(b, tree.left, want=want)
    b.flow = (left.true if both else left.false) or before
    b.guard = b.guards(tree.left, negated=not both)
    start = len(b.operations)
    right = decide(b, tree.right, want=want, ask=ask)
    b.region(start)
    b.guard = guard
    if both:
        true, false = right.true, join(b, left.false, right.false, keep=ask)
    else:
        true, false = join(b, left.true, right.true, keep=ask), right.false
    if not want:
        return Decision(-1, true, false)
    target = b.new()
    b.operations.append(Copy(target, b.narrow(left.register, (Fact("truth", both, ()),))))
    b.operations.append(Copy(target, right.register))
    return Decision(target, true, false)


def _split(b: Builder, tree: cst.BaseExpression, register: int, learned: tuple[str, Fact] | None) -> Decision:
    """Return the flows after a test that teaches a fact, or nothing."""
    if learned is None or b.flow is None:
        return Decision(register, b.flow, b.flow)
    place, fact = learned
    tested = b.flow.names.get(place, -1)
    if tested >= 0:
        b.source.learned[id(tree)] = Learned(tested, *fact)
    return Decision(register, narrowed(b.flow, place, fact), narrowed(b.flow, place, fact.opposite()))


def _is_constant(tree: cst.BaseExpression) -> bool:
    if isinstance(tree, cst.Name):
        return tree.value in ("None", "True", "False")
    return isinstance(tree, cst.BaseNumber | cst.BaseString | cst.Ellipsis)


_COMPARISONS: dict[type[cst.CSTNode], tuple[str, str]] = {
    cst.Equal: ("__eq__", "__eq__"),
    cst.NotEqual: ("__ne__", "__ne__"),
    cst.LessThan: ("__lt__", "__gt__"),
    cst.GreaterThan: ("__gt__", "__lt__"),
    cst.LessThanEqual: ("__le__", "__ge__"),
    cst.GreaterThanEqual: ("__ge__", "__le__"),
}


def compare(b: Builder, tree: cst.Comparison) -> int:
    """Lower a comparison as a value."""
    return _compare(b, tree)[0]


def _compare(b: Builder, tree: cst.Comparison) -> tuple[int, list[int]]:
    """Lower a chain of comparisons; return its value and the registers of its operands."""
    operands = [b.expression(tree.left)]
    register = -1
    for part in tree.comparisons:
        left = operands[-1]
        right = b.expression(part.comparator)
        operands.append(right)
        register = b.new()
        cls = part.operator.__class__
        if cls in (cst.In, cst.NotIn):
            site = b.whole(tree)
            b.operations.append(Binary(register, "__contains__", "", "", right, left, site))
        elif cls in _COMPARISONS:
            name, reflected = _COMPARISONS[cls]
            b.operations.append(Binary(register, name, reflected, "", left, right, b.whole(tree)))
    return register, operands


def _comparison_fact(b: Builder, tree: cst.Comparison, operands: list[int]) -> tuple[str, Fact] | None:
    """Return what a comparison of a simple form says about a place."""
    if len(tree.comparisons) != 1:
        return None
    left, right = tree.left, tree.comparisons[0].comparator
    operator = tree.comparisons[0].operator
    negated = isinstance(operator, cst.IsNot | cst.NotEqual | cst.NotIn)
    if isinstance(operator, cst.In | cst.NotIn):
        if isinstance(right, cst.Tuple | cst.List | cst.Set) or dotted(right):
            return _about(b, left, Fact("member", negated, (operands[1],)))
        return None
    if not isinstance(operator, cst.Is | cst.IsNot | cst.Equal | cst.NotEqual):
        return None
    if isinstance(right, cst.Name) and right.value == "None":
        return _about(b, left, Fact("none", negated, ()))
    if isinstance(left, cst.Call) and _is_builtin(b, left.func, "type") and len(left.args) == 1:
        return _about(b, left.args[0].value, Fact("exact", negated, (operands[1],)))
    if isinstance(operator, cst.Is | cst.IsNot):
        return _about(b, left, Fact("identical", negated, (operands[1],)))
    if _is_constant(right):
        return _about(b, left, Fact("equal", negated, (operands[1],)))
    return _about(b, right, Fact("equal", negated, (operands[0],))) if _is_constant(left) else None


def _fact(b: Builder, tree: cst.BaseExpression) -> tuple[str, Fact] | None:
    """Return what the truth of an expression, just lowered, says about a place."""
    if isinstance(tree, cst.Name | cst.Attribute | cst.NamedExpr):
        return None if _is_constant(tree) else _about(b, tree, Fact("truth", False, ()))
    if not isinstance(tree, cst.Call) or not tree.args or not isinstance(tree.func, cst.Name):
        return None
    name = tree.func.value
    if name not in ("isinstance", "issubclass", "callable", "hasattr") or not _is_builtin(b, tree.func, name):
        return None
    operation = next((op for op in reversed(b.operations) if isinstance(op, Call)), None)
    if operation is None or any(argument.kind for argument in operation.arguments):
        return None
    operands = tuple(argument.value for argument in operation.arguments[1:2])
    return _about(b, tree.args[0].value, Fact(name, False, operands))


def _is_builtin(b: Builder, tree: cst.BaseExpression, name: str) -> bool:
    if not isinstance(tree, cst.Name) or tree.value != name:
        return False
    meaning = b.scope.resolve(name)
    return meaning.place in (Place.BUILTIN, Place.GLOBAL) and name not in b.scope.module.bound


def _about(b: Builder, tree: cst.BaseExpression, fact: Fact) -> tuple[str, Fact] | None:
    """Return the fact with its place, if `tree` is one."""
    place = place_of(b, tree)
    return (place, fact) if place else None
