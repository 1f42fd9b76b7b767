"""Survey of compound statements and definitions."""

from collections.abc import Sequence
from typing import ClassVar

import libcst as cst

from chaintrace.frontend.scopes import Kind, Scope
from chaintrace.frontend.survey.patterns import PatternSurvey
from chaintrace.frontend.survey.statements import StatementSurvey

_Definition = cst.FunctionDef | cst.ClassDef


class CompoundSurvey(StatementSurvey, PatternSurvey):
    """Walk suites, branches, loops and definitions in code order.

    `assigned` holds the names and attribute paths that a loop may assign, by `id` of the loop.
    """

    methods: ClassVar[dict[str, str]] = {
        "SimpleStatementLine": "line",
        "If": "if_",
        "While": "while_",
        "For": "for_",
        "Try": "try_",
        "TryStar": "try_",
        "With": "with_",
        "FunctionDef": "function",
        "ClassDef": "class_",
        "Match": "match",
    }

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module)
        self.assigned: dict[int, list[str]] = {}

    def line(self, tree: cst.SimpleStatementLine) -> None:
        """Walk a line of simple statements."""
        if tree.leading_lines:
            self.lines(tree.leading_lines)
        self.at += self.indent
        for small in tree.body:
            self.small(small)
        self.trailing(tree.trailing_whitespace)

    def small(self, tree: cst.BaseSmallStatement) -> None:
        """Walk one simple statement."""
        start = self.at
        if isinstance(tree, cst.Expr):
            self.visit(tree.value)
        else:
            self.table[tree.__class__](tree)
        self.spans[id(tree)] = (start, self.at)
        self.last_end = self.at
        if tree.semicolon.__class__ is cst.Semicolon:
            self.mark(tree.semicolon)

    def suite(self, tree: cst.BaseSuite) -> None:
        """Walk the colon and body of a compound statement."""
        self.at += 1
        if isinstance(tree, cst.IndentedBlock):
            self.trailing(tree.header)
            step = self.default_indent if tree.indent is None else len(tree.indent)
            self.indent += step
            for statement in tree.body:
                self.table[statement.__class__](statement)
            self.lines(tree.footer)
            self.indent -= step
        elif isinstance(tree, cst.SimpleStatementSuite):
            self.space(tree.leading_whitespace)
            for small in tree.body:
                self.small(small)
            self.trailing(tree.trailing_whitespace)

    def header(self, lines: Sequence[cst.EmptyLine], keyword: str) -> None:
        """Walk up to and over the keyword of a clause."""
        if lines:
            self.lines(lines)
        self.at += self.indent + len(keyword)

    def if_(self, tree: cst.If, keyword: str = "if") -> None:
        """Walk `if`, `elif` and `else`."""
        self.header(tree.leading_lines, keyword)
        self.space(tree.whitespace_before_test)
        self.visit(tree.test)
        self.space(tree.whitespace_after_test)
        self.suite(tree.body)
        if isinstance(tree.orelse, cst.If):
            self.if_(tree.orelse, "elif")
        else:
            self.clause(tree.orelse, "else")

    def clause(self, tree: cst.Else | cst.Finally | None, keyword: str) -> None:
        """Walk an `else` or `finally` clause, if it is there."""
        if tree is not None:
            self.header(tree.leading_lines, keyword)
            self.space(tree.whitespace_before_colon)
            self.suite(tree.body)

    def while_(self, tree: cst.While) -> None:
        """Walk `while`."""
        log = self.scope.block.log
        before = len(log)
        self.header(tree.leading_lines, "while")
        self.space(tree.whitespace_after_while)
        self.visit(tree.test)
        self.space(tree.whitespace_before_colon)
        self.suite(tree.body)
        self.assigned[id(tree)] = list(dict.fromkeys(log[before:]))
        self.clause(tree.orelse, "else")

    def for_(self, tree: cst.For) -> None:
        """Walk `for`."""
        log = self.scope.block.log
        before = len(log)
        self.header(tree.leading_lines, "")
        self.asynchronous(tree.asynchronous)
        self.at += 3
        self.space(tree.whitespace_after_for)
        self.bind_target(tree.target)
        self.visit(tree.target)
        self.space(tree.whitespace_before_in)
        self.at += 2
        self.space(tree.whitespace_after_in)
        self.visit(tree.iter)
        self.space(tree.whitespace_before_colon)
        self.suite(tree.body)
        self.assigned[id(tree)] = list(dict.fromkeys(log[before:]))
        self.clause(tree.orelse, "else")

    def asynchronous(self, tree: cst.Asynchronous | None) -> None:
        """Walk `async`, if it is there."""
        if tree is not None:
            self.at += 5
            self.space(tree.whitespace_after)

    def try_(self, tree: cst.Try | cst.TryStar) -> None:
        """Walk `try` with its clauses."""
        self.header(tree.leading_lines, "try")
        self.space(tree.whitespace_before_colon)
        self.suite(tree.body)
        for handler in tree.handlers:
            self.header(handler.leading_lines, "except")
            self.spans[id(handler)] = (self.at - 6, self.at)
            self.space(handler.whitespace_after_except)
            if isinstance(handler, cst.ExceptStarHandler):
                self.at += 1
                self.space(handler.whitespace_after_star)
            if handler.type is not None:
                self.visit(handler.type)
            if handler.name is not None:
                self.as_name(handler.name)
            self.space(handler.whitespace_before_colon)
            self.suite(handler.body)
        self.clause(tree.orelse, "else")
        self.clause(tree.finalbody, "finally")

    def with_(self, tree: cst.With) -> None:
        """Walk `with`."""
        self.header(tree.leading_lines, "")
        self.asynchronous(tree.asynchronous)
        self.at += 4
        self.space(tree.whitespace_after_with)
        if isinstance(tree.lpar, cst.LeftParen):
            self.opening(tree.lpar)
        for item in tree.items:
            self.visit(item.item)
            if item.asname is not None:
                self.as_name(item.asname)
            self.comma(item.comma)
        if isinstance(tree.rpar, cst.RightParen):
            self.closing(tree.rpar)
        self.space(tree.whitespace_before_colon)
        self.suite(tree.body)

    def match(self, tree: cst.Match) -> None:
        """Walk `match`."""
        self.header(tree.leading_lines, "match")
        self.space(tree.whitespace_after_match)
        self.visit(tree.subject)
        self.space(tree.whitespace_before_colon)
        self.at += 1
        self.trailing(tree.whitespace_after_colon)
        step = self.default_indent if tree.indent is None else len(tree.indent)
        self.indent += step
        for case in tree.cases:
            self.case(case)
        self.lines(tree.footer)
        self.indent -= step

    def case(self, tree: cst.MatchCase) -> None:
        """Walk `case`."""
        self.header(tree.leading_lines, "case")
        self.space(tree.whitespace_after_case)
        self.pattern(tree.pattern)
        self.space(tree.whitespace_before_if)
        if tree.guard is not None:
            self.at += 2
        self.space(tree.whitespace_after_if)
        if tree.guard is not None:
            self.visit(tree.guard)
        self.space(tree.whitespace_before_colon)
        self.suite(tree.body)

    def decorators(self, tree: _Definition) -> None:
        """Walk the decorators of a definition."""
        self.lines(tree.leading_lines)
        for decorator in tree.decorators:
            self.header(decorator.leading_lines, "@")
            self.space(decorator.whitespace_after_at)
            self.visit(decorator.decorator)
            self.trailing(decorator.trailing_whitespace)
        self.lines(tree.lines_after_decorators)
        self.at += self.indent

    def name_of(self, tree: _Definition) -> None:
        """Walk the name of a definition and bind it."""
        self.scope.bind(self.scope.mangle(tree.name.value))
        self.word(tree.name)
        self.space(tree.whitespace_after_name)

    def function(self, tree: cst.FunctionDef) -> None:
        """Walk `def`."""
        self.decorators(tree)
        start = self.at
        self.asynchronous(tree.asynchronous)
        self.at += 3
        self.space(tree.whitespace_after_def)
        self.name_of(tree)
        scope = self.open_scope(Kind.FUNCTION, tree)
        self.generics(tree.type_parameters, scope)
        self.space(tree.whitespace_after_type_parameters)
        self.at += 1
        self.space(tree.whitespace_before_params)
        self.parameters(tree.params, scope)
        self.at += 1
        if tree.returns is not None:
            self.annotation(tree.returns, 2)
        self.space(tree.whitespace_before_colon)
        self.body(tree, scope, start)

    def body(self, tree: _Definition, scope: Scope, start: int) -> None:
        """Walk the body of a definition in its scope and record the definition's span."""
        outer, self.scope = self.scope, scope
        self.suite(tree.body)
        self.scope = outer
        self.spans[id(tree)] = (start, self.last_end)

    def class_(self, tree: cst.ClassDef) -> None:
        """Walk `class`."""
        self.decorators(tree)
        start = self.at
        self.at += 5
        self.space(tree.whitespace_after_class)
        self.name_of(tree)
        scope = self.open_scope(Kind.CLASS, tree)
        scope.class_name = tree.name.value.lstrip("_")
        self.generics(tree.type_parameters, scope)
        self.space(tree.whitespace_after_type_parameters)
        if isinstance(tree.lpar, cst.LeftParen):
            self.opening(tree.lpar)
        for arg in (*tree.bases, *tree.keywords):
            self.argument(arg)
        if isinstance(tree.rpar, cst.RightParen):
            self.closing(tree.rpar)
        self.space(tree.whitespace_before_colon)
        self.body(tree, scope, start)
