"""Survey of expressions: offsets, names read, scopes of lambdas and comprehensions."""

from collections.abc import Sequence

import libcst as cst

from chaintrace.frontend.offsets import Handler, Offsets
from chaintrace.frontend.scopes import Kind, Scope

_Display = cst.List | cst.Set | cst.Dict
_StringPart = cst.BaseFormattedStringContent | cst.BaseTemplatedStringContent


def dotted(tree: cst.CSTNode) -> str:
    """Return `a.b.c` for a name or a chain of attributes rooted at a name, else the empty string."""
    names: list[str] = []
    while tree.__class__ is cst.Attribute:
        names.append(tree.attr.value)  # type: ignore[attr-defined]
        tree = tree.value  # type: ignore[attr-defined]
    if tree.__class__ is not cst.Name:
        return ""
    names.append(tree.value)  # type: ignore[attr-defined]
    return ".".join(reversed(names))


class ExpressionSurvey(Offsets):
    """Walk expressions in code order."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module)
        self.table: dict[type[cst.CSTNode], Handler] = {
            getattr(cst, name): getattr(self, method)
            for name, method in _METHODS.items()
            if hasattr(cst, name)
        }

    def visit(self, tree: cst.CSTNode) -> None:
        """Walk one expression, pattern or statement part and record its span."""
        cls = tree.__class__
        if tree.lpar:  # type: ignore[attr-defined]
            for left in tree.lpar:  # type: ignore[attr-defined]
                self.opening(left)
        start = self.at
        if cls is cst.Name:
            self.at = end = start + len(tree.value)  # type: ignore[attr-defined]
            self.scope.reads.add(tree.value)  # type: ignore[attr-defined]
        else:
            self.table[cls](tree)
            end = self.at
        self.spans[id(tree)] = (start, end)
        if tree.rpar:  # type: ignore[attr-defined]
            for right in tree.rpar:  # type: ignore[attr-defined]
                self.closing(right)

    def word(self, name: cst.Name) -> None:
        """Walk a name that is no read: an attribute, a parameter, a keyword."""
        start = self.at
        for left in name.lpar:
            self.opening(left)
        self.at += len(name.value)
        self.spans[id(name)] = (start, self.at)
        for right in name.rpar:
            self.closing(right)

    def literal(self, tree: cst.Integer | cst.Float | cst.Imaginary | cst.SimpleString) -> None:
        """Walk a literal."""
        self.at += len(tree.value)

    def ellipsis(self, _tree: cst.Ellipsis) -> None:
        """Walk `...`."""
        self.at += 3

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
        self.operator(len(tree.operator._get_token()), tree.operator)  # noqa: SLF001 - libcst has no public way
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
            cls = operator.__class__
            if isinstance(operator, cst.NotIn | cst.IsNot):
                self.space(operator.whitespace_between)
                self.operator(5, operator)
            elif isinstance(operator, cst.NotEqual):
                self.operator(len(operator.value), operator)
            else:
                self.operator(_COMPARISON[cls], operator)
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

    def concatenated(self, tree: cst.ConcatenatedString) -> None:
        """Walk adjacent strings."""
        self.visit(tree.left)
        self.space(tree.whitespace_between)
        self.visit(tree.right)

    def formatted(self, tree: cst.FormattedString | cst.TemplatedString) -> None:
        """Walk an f-string or t-string."""
        self.at += len(tree.start)
        self.string_parts(tree.parts)
        self.at += len(tree.end)

    def string_parts(self, parts: Sequence[_StringPart]) -> None:
        """Walk the parts of an f-string or of a format specification."""
        for part in parts:
            if isinstance(part, cst.FormattedStringText | cst.TemplatedStringText):
                self.at += len(part.value)
            elif isinstance(part, cst.FormattedStringExpression | cst.TemplatedStringExpression):
                self.replacement(part)

    def replacement(self, part: cst.FormattedStringExpression | cst.TemplatedStringExpression) -> None:
        """Walk `{value!r:spec}`."""
        self.at += 1
        self.space(part.whitespace_before_expression)
        self.visit(part.expression)
        if part.equal is not None:
            self.mark(part.equal)
        self.space(part.whitespace_after_expression)
        if part.conversion is not None:
            self.at += 1 + len(part.conversion)
        if part.format_spec is not None:
            self.at += 1
            self.string_parts(part.format_spec)
        self.at += 1

    def tuple_(self, tree: cst.Tuple) -> None:
        """Walk the elements of a tuple."""
        for element in tree.elements:
            self.element(element)

    def list_(self, tree: cst.List) -> None:
        """Walk a list display."""
        self.opening(tree.lbracket)
        for element in tree.elements:
            self.element(element)
        self.closing(tree.rbracket)

    def set_(self, tree: cst.Set) -> None:
        """Walk a set display."""
        self.opening(tree.lbrace)
        for element in tree.elements:
            self.element(element)
        self.closing(tree.rbrace)

    def element(self, element: cst.BaseElement) -> None:
        """Walk one element of a tuple, list or set."""
        if element.__class__ is cst.Element:
            self.visit(element.value)
        else:
            self.visit(element)
        self.comma(element.comma)

    def starred(self, tree: cst.StarredElement) -> None:
        """Walk `*a`."""
        self.at += 1
        self.space(tree.whitespace_before_value)
        self.visit(tree.value)

    def dict_(self, tree: cst.Dict) -> None:
        """Walk a dict display."""
        self.opening(tree.lbrace)
        for element in tree.elements:
            if isinstance(element, cst.DictElement):
                self.visit(element.key)
                self.space(element.whitespace_before_colon)
                self.at += 1
                self.space(element.whitespace_after_colon)
            elif isinstance(element, cst.StarredDictElement):
                self.at += 2
                self.space(element.whitespace_before_value)
            self.visit(element.value)
            self.comma(element.comma)
        self.closing(tree.rbrace)

    def generator(self, tree: cst.GeneratorExp) -> None:
        """Walk `a for x in xs`."""
        self.comprehension(tree, (tree.elt,))

    def list_comprehension(self, tree: cst.ListComp) -> None:
        """Walk `[a for x in xs]`."""
        self.opening(tree.lbracket)
        self.comprehension(tree, (tree.elt,))
        self.closing(tree.rbracket)

    def set_comprehension(self, tree: cst.SetComp) -> None:
        """Walk `{a for x in xs}`."""
        self.opening(tree.lbrace)
        self.comprehension(tree, (tree.elt,))
        self.closing(tree.rbrace)

    def dict_comprehension(self, tree: cst.DictComp) -> None:
        """Walk `{k: v for x in xs}`."""
        self.opening(tree.lbrace)
        outer = self.scope
        self.scope = self.open_scope(Kind.COMPREHENSION, tree)
        self.visit(tree.key)
        self.space(tree.whitespace_before_colon)
        self.at += 1
        self.space(tree.whitespace_after_colon)
        self.visit(tree.value)
        self.loop(tree.for_in, outer)
        self.scope = outer
        self.closing(tree.rbrace)

    def starred_dict_comprehension(self, tree: "cst.StarredDictComp") -> None:
        """Walk `{**d for d in ds}`."""
        self.opening(tree.lbrace)
        self.at += 2
        self.space(tree.whitespace_before_value)
        self.comprehension(tree, (tree.value,))
        self.closing(tree.rbrace)

    def comprehension(self, tree: cst.BaseComp, elements: Sequence[cst.BaseExpression]) -> None:
        """Walk the element and the loops of a comprehension in a scope of their own."""
        outer = self.scope
        self.scope = self.open_scope(Kind.COMPREHENSION, tree)
        for element in elements:
            self.visit(element)
        self.loop(tree.for_in, outer)
        self.scope = outer

    def loop(self, tree: cst.CompFor, iterable_scope: Scope) -> None:
        """Walk `for x in xs if test …`; the first iterable belongs to the scope outside."""
        self.space(tree.whitespace_before)
        if tree.asynchronous is not None:
            self.at += 5
            self.space(tree.asynchronous.whitespace_after)
        self.at += 3
        self.space(tree.whitespace_after_for)
        self.bind_target(tree.target)
        self.visit(tree.target)
        self.space(tree.whitespace_before_in)
        self.at += 2
        self.space(tree.whitespace_after_in)
        inner, self.scope = self.scope, iterable_scope
        self.visit(tree.iter)
        self.scope = inner
        for test in tree.ifs:
            self.space(test.whitespace_before)
            self.at += 2
            self.space(test.whitespace_before_test)
            self.visit(test.test)
        if tree.inner_for_in is not None:
            self.loop(tree.inner_for_in, inner)

    def bind_target(self, tree: cst.CSTNode) -> None:
        """Record the names and attribute paths that assigning to `tree` binds."""
        cls = tree.__class__
        if cls is cst.Name:
            self.scope.bind(self.scope.mangle(tree.value))  # type: ignore[attr-defined]
        elif isinstance(tree, cst.Tuple | cst.List):
            for element in tree.elements:
                self.bind_target(element.value)
        elif isinstance(tree, cst.Attribute):
            path = dotted(tree)
            if path:
                self.scope.block.log.append(path)
        elif isinstance(tree, cst.StarredElement):
            self.bind_target(tree.value)

    def lambda_(self, tree: cst.Lambda) -> None:
        """Walk a lambda: defaults belong outside, the body to a scope of its own."""
        scope = self.open_scope(Kind.LAMBDA, tree)
        self.at += 6
        self.space(tree.whitespace_after_lambda)
        self.parameters(tree.params, scope)
        self.mark(tree.colon)
        outer, self.scope = self.scope, scope
        self.visit(tree.body)
        self.scope = outer

    def parameters(self, params: cst.Parameters, scope: Scope) -> None:
        """Walk a parameter list; the names are bound in `scope`."""
        for param in params.posonly_params:
            self.parameter(param, scope)
        slash = params.posonly_ind
        if isinstance(slash, cst.ParamSlash):
            self.at += 1
            self.space(slash.whitespace_after)
            self.comma(slash.comma)
        for param in params.params:
            self.parameter(param, scope)
        star = params.star_arg
        if isinstance(star, cst.Param):
            self.parameter(star, scope)
        elif isinstance(star, cst.ParamStar):
            self.at += 1
            self.comma(star.comma)
        for param in params.kwonly_params:
            self.parameter(param, scope)
        if params.star_kwarg is not None:
            self.parameter(params.star_kwarg, scope)

    def parameter(self, param: cst.Param, scope: Scope) -> None:
        """Walk one parameter."""
        if isinstance(param.star, str):
            self.at += len(param.star)
        self.space(param.whitespace_after_star)
        scope.bind(scope.mangle(param.name.value))
        self.word(param.name)
        if param.annotation is not None:
            self.annotation(param.annotation, 1)
        if param.equal.__class__ is cst.AssignEqual:
            self.mark(param.equal)
        if param.default is not None:
            self.visit(param.default)
        self.comma(param.comma)
        self.space(param.whitespace_after_param)

    def annotation(self, tree: cst.Annotation, length: int) -> None:
        """Walk `: C` or `-> C`; `length` is that of the indicator."""
        self.space(tree.whitespace_before_indicator)
        self.at += length
        self.space(tree.whitespace_after_indicator)
        self.visit(tree.annotation)


_COMPARISON: dict[type[cst.CSTNode], int] = {
    cst.LessThan: 1,
    cst.GreaterThan: 1,
    cst.Equal: 2,
    cst.LessThanEqual: 2,
    cst.GreaterThanEqual: 2,
    cst.In: 2,
    cst.Is: 2,
}
_METHODS = {
    "Integer": "literal",
    "Float": "literal",
    "Imaginary": "literal",
    "SimpleString": "literal",
    "Ellipsis": "ellipsis",
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
    "ConcatenatedString": "concatenated",
    "FormattedString": "formatted",
    "TemplatedString": "formatted",
    "Tuple": "tuple_",
    "List": "list_",
    "Set": "set_",
    "StarredElement": "starred",
    "Dict": "dict_",
    "GeneratorExp": "generator",
    "ListComp": "list_comprehension",
    "SetComp": "set_comprehension",
    "DictComp": "dict_comprehension",
    "StarredDictComp": "starred_dict_comprehension",
    "Lambda": "lambda_",
    "MatchList": "match_list",
    "MatchTuple": "match_tuple",
    "MatchMapping": "match_mapping",
    "MatchClass": "match_class",
    "MatchAs": "match_as",
    "MatchOr": "match_or",
}
