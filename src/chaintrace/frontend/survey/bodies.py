"""Survey of expressions with a scope of their own: comprehensions and lambdas; parameter lists."""

from collections.abc import Sequence
from typing import ClassVar

import libcst as cst

from chaintrace.frontend.scopes import Kind, Scope
from chaintrace.frontend.survey.walk import Walk


class BodySurvey(Walk):
    """Walk comprehensions, lambdas and parameters in code order."""

    methods: ClassVar[dict[str, str]] = {
        "GeneratorExp": "generator",
        "ListComp": "list_comprehension",
        "SetComp": "set_comprehension",
        "DictComp": "dict_comprehension",
        "StarredDictComp": "starred_dict_comprehension",
        "Lambda": "lambda_",
    }

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
