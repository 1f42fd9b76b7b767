"""Survey of expressions: operators, calls, subscripts."""

from typing import ClassVar

import libcst as cst

from chaintrace.frontend.survey.walk import Walk

LENGTHS: dict[type[cst.CSTNode], int] = {
    cst.Add: 1,
    cst.Subtract: 1,
    cst.Multiply: 1,
    cst.Divide: 1,
    cst.FloorDivide: 2,
    cst.Modulo: 1,
    cst.Power: 2,
    cst.LeftShift: 2,
    cst.RightShift: 2,
    cst.BitOr: 1,
    cst.BitAnd: 1,
    cst.BitXor: 1,
    cst.MatrixMultiply: 1,
    cst.And: 3,
    cst.Or: 2,
    cst.LessThan: 1,
    cst.GreaterThan: 1,
    cst.Equal: 2,
    cst.LessThanEqual: 2,
    cst.GreaterThanEqual: 2,
    cst.NotEqual: 2,
    cst.In: 2,
    cst.Is: 2,
}


class ExpressionSurvey(Walk):
    """Walk expressions in code order."""

    methods: ClassVar[dict[str, str]] = {
        "Attribute": "attribute",
        "Call": "call",
        "Subscript": "subscript",
        "BinaryOperation": "binary",
        "BooleanOperation": "binary",
        "UnaryOperation": "unary",
        "Comparison": "comparison",
        "IfExp": "ternary",
        "Await": "awaiting",
        "Yield": "yielding",
        "NamedExpr": "walrus",
    }

    def attribute(self, tree: cst.Attribute) -> None:
        """Walk `a.b`."""
        self.visit(tree.value)
        self.mark(tree.dot)
        self.at += len(tree.attr.value)

    def call(self, tree: cst.Call) -> None:
        """Walk `f(…)`."""
        self.visit(tree.func)
        self.space(tree.whitespace_after_func)
        self.at += 1
        self.space(tree.whitespace_before_args)
        for arg in tree.args:
            self.argument(arg)
        self.at += 1

    def argument(self, arg: cst.Arg) -> None:
        """Walk one argument of a call or a class header."""
        if arg.star:
            self.at += len(arg.star)
            self.space(arg.whitespace_after_star)
        elif arg.keyword is not None:
            self.word(arg.keyword)
            self.mark(arg.equal)
        self.visit(arg.value)
        self.comma(arg.comma)
        self.space(arg.whitespace_after_arg)

    def subscript(self, tree: cst.Subscript) -> None:
        """Walk `a[…]`."""
        self.visit(tree.value)
        self.space(tree.whitespace_after_value)
        self.opening(tree.lbracket)
        for element in tree.slice:
            part = element.slice
            if isinstance(part, cst.Index):
                if part.star:
                    self.at += 1
                    self.space(part.whitespace_after_star)
                self.visit(part.value)
            elif isinstance(part, cst.Slice):
                self.slice_(part)
            self.comma(element.comma)
        self.closing(tree.rbracket)

    def slice_(self, tree: cst.Slice) -> None:
        """Walk `a:b:c`."""
        if tree.lower is not None:
            self.visit(tree.lower)
        self.mark(tree.first_colon)
        if tree.upper is not None:
            self.visit(tree.upper)
        if tree.second_colon.__class__ is cst.Colon:
            self.mark(tree.second_colon)
        if tree.step is not None:
            self.visit(tree.step)

    def binary(self, tree: cst.BinaryOperation | cst.BooleanOperation) -> None:
        """Walk `a + b`, `a and b`."""
        self.visit(tree.left)
        self.operator(LENGTHS[tree.operator.__class__], tree.operator)
        self.visit(tree.right)

    def unary(self, tree: cst.UnaryOperation) -> None:
        """Walk `-a`, `not a`."""
        self.at += 3 if tree.operator.__class__ is cst.Not else 1
        self.space(tree.operator.whitespace_after)
        self.visit(tree.expression)

    def comparison(self, tree: cst.Comparison) -> None:
        """Walk `a < b < c`."""
        self.visit(tree.left)
        for target in tree.comparisons:
            operator = target.operator
            if isinstance(operator, cst.NotIn | cst.IsNot):
                self.space(operator.whitespace_between)
                self.operator(5, operator)
            else:
                self.operator(LENGTHS[operator.__class__], operator)
            self.visit(target.comparator)

    def ternary(self, tree: cst.IfExp) -> None:
        """Walk `a if test else b`."""
        self.visit(tree.body)
        self.space(tree.whitespace_before_if)
        self.at += 2
        self.space(tree.whitespace_after_if)
        self.visit(tree.test)
        self.space(tree.whitespace_before_else)
        self.at += 4
        self.space(tree.whitespace_after_else)
        self.visit(tree.orelse)

    def awaiting(self, tree: cst.Await) -> None:
        """Walk `await a`."""
        self.at += 5
        self.space(tree.whitespace_after_await)
        self.visit(tree.expression)

    def yielding(self, tree: cst.Yield) -> None:
        """Walk `yield a` and `yield from a`; the block becomes a generator."""
        self.scope.block.is_generator = True
        self.at += 5
        self.space(tree.whitespace_after_yield)
        if isinstance(tree.value, cst.From):
            self.coming_from(tree.value)
        elif tree.value is not None:
            self.visit(tree.value)

    def coming_from(self, tree: cst.From) -> None:
        """Walk `from a`, of `yield` or `raise`."""
        self.space(tree.whitespace_before_from)
        self.at += 4
        self.space(tree.whitespace_after_from)
        self.visit(tree.item)

    def walrus(self, tree: cst.NamedExpr) -> None:
        """Walk `x := a`: binds in the nearest scope that is no comprehension."""
        if isinstance(tree.target, cst.Name):
            self.scope.block.bind(self.scope.mangle(tree.target.value))
        self.visit(tree.target)
        self.space(tree.whitespace_before_walrus)
        self.at += 2
        self.space(tree.whitespace_after_walrus)
        self.visit(tree.value)
