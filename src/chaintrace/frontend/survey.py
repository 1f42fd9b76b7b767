"""Survey of a module: one walk in code order that yields offsets, scopes and what loops assign."""

from collections.abc import Sequence

import libcst as cst

from chaintrace.frontend.scopes import Kind, Scope, find_cells
from chaintrace.frontend.survey_patterns import PatternSurvey

_Small = cst.BaseSmallStatement
_Definition = cst.FunctionDef | cst.ClassDef


class Survey(PatternSurvey):
    """Walk a whole module.

    Afterwards `spans` holds offsets, `scope_of` the scope of each body by `id` of its tree, and `assigned` the names
    (and attribute paths) that a loop may assign by `id` of the loop.
    """

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module)
        self.assigned: dict[int, list[str]] = {}
        self.statements = {
            getattr(cst, name): getattr(self, method)
            for name, method in _METHODS.items()
            if hasattr(cst, name)
        }
        self.lines(module.header)
        for statement in module.body:
            self.statements[statement.__class__](statement)
        find_cells(self.scopes)

    def line(self, tree: cst.SimpleStatementLine) -> None:
        """Walk a line of simple statements."""
        if tree.leading_lines:
            self.lines(tree.leading_lines)
        self.at += self.indent
        for small in tree.body:
            self.small(small)
        self.trailing(tree.trailing_whitespace)

    def small(self, tree: _Small) -> None:
        """Walk one simple statement."""
        start = self.at
        if tree.__class__ is cst.Expr:
            self.visit(tree.value)  # type: ignore[attr-defined]
        else:
            self.statements[tree.__class__](tree)
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
                self.statements[statement.__class__](statement)
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

    def pass_(self, _tree: cst.Pass) -> None:
        """Walk `pass`."""
        self.at += 4

    def break_(self, _tree: cst.Break) -> None:
        """Walk `break`."""
        self.at += 5

    def continue_(self, _tree: cst.Continue) -> None:
        """Walk `continue`."""
        self.at += 8

    def return_(self, tree: cst.Return) -> None:
        """Walk `return a`."""
        self.at += 6
        self.space(tree.whitespace_after_return)
        if tree.value is not None:
            self.visit(tree.value)

    def delete(self, tree: cst.Del) -> None:
        """Walk `del a`: a deleted name is a local of its scope."""
        self.at += 3
        self.space(tree.whitespace_after_del)
        self.bind_target(tree.target)
        self.visit(tree.target)

    def raise_(self, tree: cst.Raise) -> None:
        """Walk `raise a from b`."""
        self.at += 5
        self.space(tree.whitespace_after_raise)
        if tree.exc is not None:
            self.visit(tree.exc)
        if tree.cause is not None:
            self.coming_from(tree.cause)

    def assert_(self, tree: cst.Assert) -> None:
        """Walk `assert a, b`."""
        self.at += 6
        self.space(tree.whitespace_after_assert)
        self.visit(tree.test)
        self.comma(tree.comma)
        if tree.msg is not None:
            self.visit(tree.msg)

    def global_(self, tree: cst.Global) -> None:
        """Walk `global a, b`."""
        self.at += 6
        self.space(tree.whitespace_after_global)
        self.scope.global_names.update(self.name_items(tree.names))

    def nonlocal_(self, tree: cst.Nonlocal) -> None:
        """Walk `nonlocal a, b`."""
        self.at += 8
        self.space(tree.whitespace_after_nonlocal)
        self.scope.nonlocal_names.update(self.name_items(tree.names))

    def name_items(self, items: Sequence[cst.NameItem]) -> list[str]:
        """Walk the names of a `global` or `nonlocal` statement and return them."""
        names = []
        for item in items:
            self.word(item.name)
            self.comma(item.comma)
            names.append(self.scope.mangle(item.name.value))
        return names

    def import_(self, tree: cst.Import) -> None:
        """Walk `import a.b, c as d`; `lazy import` counts its extra word."""
        if tree.__class__ is not cst.Import:
            self.at += 4
            self.space(tree.whitespace_after_lazy)  # type: ignore[attr-defined]
        self.at += 6
        self.space(tree.whitespace_after_import)
        for alias in tree.names:
            self.alias(alias)

    def import_from(self, tree: cst.ImportFrom) -> None:
        """Walk `from a import b as c`."""
        if tree.__class__ is not cst.ImportFrom:
            self.at += 4
            self.space(tree.whitespace_after_lazy)  # type: ignore[attr-defined]
        self.at += 4
        self.space(tree.whitespace_after_from)
        for dot in tree.relative:
            self.mark(dot)
        if tree.module is not None:
            self.module_name(tree.module)
        self.space(tree.whitespace_before_import)
        self.at += 6
        self.space(tree.whitespace_after_import)
        if tree.lpar is not None:
            self.opening(tree.lpar)
        if isinstance(tree.names, cst.ImportStar):
            self.at += 1
            self.scope.module.has_star = True
        else:
            for alias in tree.names:
                self.alias(alias)
        if tree.rpar is not None:
            self.closing(tree.rpar)

    def alias(self, tree: cst.ImportAlias) -> None:
        """Walk one imported name: binds the alias, or the first part of the dotted name."""
        start = self.at
        first = self.module_name(tree.name)
        self.spans[id(tree)] = (start, self.at)
        if tree.asname is not None:
            self.as_name(tree.asname)
        else:
            self.scope.bind(self.scope.mangle(first))
        self.comma(tree.comma)

    def module_name(self, tree: cst.Attribute | cst.Name) -> str:
        """Walk a dotted module name that is no read; return its first part."""
        if isinstance(tree, cst.Name):
            self.word(tree)
            return tree.value
        assert isinstance(tree.value, cst.Attribute | cst.Name)
        first = self.module_name(tree.value)
        self.mark(tree.dot)
        self.word(tree.attr)
        return first

    def as_name(self, tree: cst.AsName) -> None:
        """Walk `as x` and bind it."""
        self.space(tree.whitespace_before_as)
        self.at += 2
        self.space(tree.whitespace_after_as)
        self.bind_target(tree.name)
        self.visit(tree.name)

    def assign(self, tree: cst.Assign) -> None:
        """Walk `a = b = value`."""
        for target in tree.targets:
            self.bind_target(target.target)
            self.visit(target.target)
            self.at += 1 + len(target.whitespace_before_equal.value) + len(target.whitespace_after_equal.value)
        self.visit(tree.value)

    def annotated(self, tree: cst.AnnAssign) -> None:
        """Walk `a: C = value`; even without a value the name is a local of its scope."""
        self.bind_target(tree.target)
        self.visit(tree.target)
        self.annotation(tree.annotation, 1)
        if tree.equal.__class__ is cst.AssignEqual:
            self.mark(tree.equal)
        if tree.value is not None:
            self.visit(tree.value)

    def augmented(self, tree: cst.AugAssign) -> None:
        """Walk `a += value`."""
        self.bind_target(tree.target)
        self.visit(tree.target)
        self.operator(len(tree.operator._get_token()), tree.operator)  # noqa: SLF001 - libcst has no public way
        self.visit(tree.value)

    def alias_statement(self, tree: cst.TypeAlias) -> None:
        """Walk `type X[T] = value`."""
        self.at += 4
        self.space(tree.whitespace_after_type)
        self.scope.bind(self.scope.mangle(tree.name.value))
        self.word(tree.name)
        self.space(tree.whitespace_after_name)  # type: ignore[arg-type]
        self.generics(tree.type_parameters, self.scope)
        self.space(tree.whitespace_after_type_parameters)  # type: ignore[arg-type]
        self.at += 1
        self.space(tree.whitespace_after_equals)
        self.visit(tree.value)

    def generics(self, tree: cst.TypeParameters | None, scope: Scope) -> None:
        """Walk `[T: bound = default]`; the names are opaque in `scope`."""
        if tree is None:
            return
        self.opening(tree.lbracket)
        for item in tree.params:
            param = item.param
            scope.opaque.add(param.name.value)
            if isinstance(param, cst.TypeVar):
                self.word(param.name)
                if param.bound is not None:
                    self.mark(param.colon)
                    self.visit(param.bound)
            else:
                self.at += 1 if isinstance(param, cst.TypeVarTuple) else 2
                self.space(param.whitespace_after_star)
                self.word(param.name)
            if item.equal.__class__ is cst.AssignEqual:
                self.mark(item.equal)
            self.at += len(item.star)
            self.space(item.whitespace_after_star)
            if item.default is not None:
                self.visit(item.default)
            self.comma(item.comma)
        self.closing(tree.rbracket)

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


_METHODS = {
    "SimpleStatementLine": "line",
    "Pass": "pass_",
    "Break": "break_",
    "Continue": "continue_",
    "Return": "return_",
    "Del": "delete",
    "Raise": "raise_",
    "Assert": "assert_",
    "Global": "global_",
    "Nonlocal": "nonlocal_",
    "Import": "import_",
    "LazyImport": "import_",
    "ImportFrom": "import_from",
    "LazyImportFrom": "import_from",
    "Assign": "assign",
    "AnnAssign": "annotated",
    "AugAssign": "augmented",
    "TypeAlias": "alias_statement",
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
