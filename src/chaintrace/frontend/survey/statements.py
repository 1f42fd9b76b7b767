"""Survey of simple statements and imports."""

from collections.abc import Sequence
from typing import ClassVar

import libcst as cst

from chaintrace.frontend.scopes import Scope
from chaintrace.frontend.survey.bodies import BodySurvey
from chaintrace.frontend.survey.expressions import ExpressionSurvey

_AUGMENTED: dict[type[cst.CSTNode], int] = {
    cst.FloorDivideAssign: 3,
    cst.PowerAssign: 3,
    cst.LeftShiftAssign: 3,
    cst.RightShiftAssign: 3,
}


class StatementSurvey(BodySurvey, ExpressionSurvey):
    """Walk simple statements in code order."""

    methods: ClassVar[dict[str, str]] = {
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
    }

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

    def module_name(self, tree: cst.BaseExpression) -> str:
        """Walk a dotted module name that is no read; return its first part."""
        if isinstance(tree, cst.Attribute):
            first = self.module_name(tree.value)
            self.mark(tree.dot)
            self.word(tree.attr)
            return first
        if isinstance(tree, cst.Name):
            self.word(tree)
            return tree.value
        return ""

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
            self.at += (
                1 + len(target.whitespace_before_equal.value) + len(target.whitespace_after_equal.value)
            )
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
        self.operator(_AUGMENTED.get(tree.operator.__class__, 2), tree.operator)
        self.visit(tree.value)

    def alias_statement(self, tree: cst.TypeAlias) -> None:
        """Walk `type X[T] = value`."""
        self.at += 4
        self.space(tree.whitespace_after_type)
        self.scope.bind(self.scope.mangle(tree.name.value))
        self.word(tree.name)
        self.space(tree.whitespace_after_name)
        self.generics(tree.type_parameters, self.scope)
        self.space(tree.whitespace_after_type_parameters)
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
            # Bases, defaults and annotations read them too, in the scope outside.
            scope.opaque.add(param.name.value)
            self.scope.opaque.add(param.name.value)
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
