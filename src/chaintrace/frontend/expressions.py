"""Expressions: each becomes the register that holds its value."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.conditions import decide
from chaintrace.frontend.joins import join
from chaintrace.frontend.literals import integer_text
from chaintrace.frontend.places import place_of
from chaintrace.frontend.targets import assign
from chaintrace.frontend.texts import run_text
from chaintrace.ir.operations import (
    Argument,
    Await,
    Binary,
    Call,
    Copy,
    Load,
    Unary,
    Yield,
    YieldFrom,
)


def attribute(b: Builder, tree: cst.Attribute) -> int:
    """Lower `a.b`, narrowed by what is known of the path."""
    base = b.expression(tree.value)
    target = b.new()
    name = tree.attr.value
    if name.startswith("__"):
        name = b.scope.mangle(name)
    b.operations.append(Load(target, base, name, b.site(tree)))
    if b.flow is not None and b.flow.facts:
        path = place_of(b, tree)
        if path:
            return b.learned(path, target)
    return target


def call(b: Builder, tree: cst.Call) -> int:
    """Lower a call."""
    function = b.expression(tree.func)
    arguments = tuple(
        Argument(
            arg.star or ("=" if arg.keyword is not None else ""),
            arg.keyword.value if arg.keyword is not None else "",
            b.expression(arg.value),
        )
        for arg in tree.args
    )
    target = b.new()
    b.operations.append(Call(target, function, arguments, "", b.site(tree)))
    return run_text(b, tree, target)


_BINARY: dict[type[cst.CSTNode], str] = {
    cst.Add: "add",
    cst.Subtract: "sub",
    cst.Multiply: "mul",
    cst.Divide: "truediv",
    cst.FloorDivide: "floordiv",
    cst.Modulo: "mod",
    cst.Power: "pow",
    cst.LeftShift: "lshift",
    cst.RightShift: "rshift",
    cst.BitOr: "or",
    cst.BitAnd: "and",
    cst.BitXor: "xor",
    cst.MatrixMultiply: "matmul",
}
BINARY_NAMES: dict[type[cst.CSTNode], tuple[str, str]] = {
    operator: (f"__{name}__", f"__r{name}__") for operator, name in _BINARY.items()
}


def binary(b: Builder, tree: cst.BinaryOperation) -> int:
    """Lower `a + b`."""
    left = b.expression(tree.left)
    right = b.expression(tree.right)
    target = b.new()
    name, reflected = BINARY_NAMES[tree.operator.__class__]
    b.operations.append(Binary(target, name, reflected, "", left, right, b.whole(tree)))
    return target


_UNARY: dict[type[cst.CSTNode], str] = {
    cst.Minus: "__neg__",
    cst.Plus: "__pos__",
    cst.BitInvert: "__invert__",
}


def unary(b: Builder, tree: cst.UnaryOperation) -> int:
    """Lower `-a`, `~a`, `+a` and `not a`."""
    if tree.operator.__class__ is cst.Not:
        return choose(b, tree)
    if isinstance(tree.operator, cst.Minus) and isinstance(tree.expression, cst.Integer):
        return b.constant("int", "-" + integer_text(tree.expression.value))
    operand = b.expression(tree.expression)
    target = b.new()
    b.operations.append(Unary(target, _UNARY[tree.operator.__class__], operand, b.whole(tree)))
    return target


def choose(b: Builder, tree: cst.BaseExpression) -> int:
    """Lower `a and b`, `a or b`, `not a` and comparisons as values."""
    decision = decide(b, tree, want=True, ask=False)
    b.flow = join(b, decision.true, decision.false)
    return decision.register


def ternary(b: Builder, tree: cst.IfExp) -> int:
    """Lower `a if test else b`."""
    decision = decide(b, tree.test)
    guard = b.guard
    target = b.new()
    ends = []
    for flow, value, negated in ((decision.true, tree.body, False), (decision.false, tree.orelse, True)):
        b.flow, b.guard = flow and flow.copy(), b.guards(tree.test, negated=negated)
        start = len(b.operations)
        b.operations.append(Copy(target, b.expression(value), b.guard))
        b.region(start)
        b.guard = guard
        ends.append(b.flow if flow is not None else None)
    b.flow = join(b, ends[0], ends[1])
    return target


def awaiting(b: Builder, tree: cst.Await) -> int:
    """Lower `await a`."""
    source = b.expression(tree.expression)
    target = b.new()
    b.operations.append(Await(target, source, b.site(tree.expression)))
    return target


def yielding(b: Builder, tree: cst.Yield) -> int:
    """Lower `yield a` and `yield from a`."""
    value = tree.value
    if isinstance(value, cst.From):
        source = b.expression(value.item)
        target = b.new()
        b.operations.append(YieldFrom(target, source, b.site(value.item)))
        return target
    source = b.constant("none") if value is None else b.expression(value)
    target = b.new()
    b.operations.append(Yield(target, source, b.whole(tree)))
    return target


def walrus(b: Builder, tree: cst.NamedExpr) -> int:
    """Lower `x := a`."""
    register = b.expression(tree.value)
    assign(b, tree.target, register)
    return register


def starred(b: Builder, tree: cst.StarredElement) -> int:
    """Lower `*a` where it stands alone (`return *a, b` is a tuple; this is `x[*a]` and error recovery)."""
    return b.expression(tree.value)
