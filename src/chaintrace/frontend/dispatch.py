"""Dispatch: which function lowers which kind of tree; the one list of all syntax known."""

import libcst as cst

from chaintrace.frontend import (
    attempts,
    branches,
    comprehensions,
    conditions,
    displays,
    expressions,
    functions,
    literals,
    patterns,
    statements,
    subscripts,
)
from chaintrace.frontend.builder import Act, Lower, Tables

_EXPRESSIONS: dict[str, Lower] = {
    "Name": literals.name,
    "Integer": literals.integer,
    "Float": literals.floating,
    "Imaginary": literals.imaginary,
    "Ellipsis": literals.ellipsis,
    "SimpleString": literals.simple_string,
    "ConcatenatedString": literals.concatenated,
    "FormattedString": literals.formatted,
    "TemplatedString": literals.formatted,
    "Tuple": displays.tuple_display,
    "List": displays.list_display,
    "Set": displays.set_display,
    "Dict": displays.dict_display,
    "Attribute": expressions.attribute,
    "Call": expressions.call,
    "Subscript": subscripts.subscript,
    "BinaryOperation": expressions.binary,
    "UnaryOperation": expressions.unary,
    "BooleanOperation": expressions.choose,
    "Comparison": conditions.compare,
    "IfExp": expressions.ternary,
    "Await": expressions.awaiting,
    "Yield": expressions.yielding,
    "NamedExpr": expressions.walrus,
    "StarredElement": expressions.starred,
    "Lambda": functions.lambda_,
    "ListComp": comprehensions.list_comprehension,
    "SetComp": comprehensions.set_comprehension,
    "GeneratorExp": comprehensions.generator,
    "DictComp": comprehensions.dict_comprehension,
    "StarredDictComp": comprehensions.starred_dict_comprehension,
}
_STATEMENTS: dict[str, Act] = {
    "SimpleStatementLine": statements.line,
    "Expr": statements.expression_statement,
    "Pass": statements.nothing,
    "Global": statements.nothing,
    "Nonlocal": statements.nothing,
    "Break": statements.break_,
    "Continue": statements.continue_,
    "Return": statements.return_,
    "Raise": statements.raise_,
    "Del": statements.delete_,
    "Assert": statements.assert_,
    "Assign": statements.assignment,
    "AnnAssign": statements.annotated,
    "AugAssign": statements.augmented,
    "TypeAlias": statements.alias_statement,
    "Import": statements.import_,
    "LazyImport": statements.import_,
    "ImportFrom": statements.import_from,
    "LazyImportFrom": statements.import_from,
    "If": branches.if_,
    "While": branches.while_,
    "For": branches.for_,
    "With": branches.with_,
    "Try": attempts.try_,
    "TryStar": attempts.try_,
    "Match": patterns.match,
    "FunctionDef": functions.function,
    "ClassDef": functions.class_,
}


def fill() -> None:
    """Fill the tables with what the installed libcst knows."""
    for name, lower in _EXPRESSIONS.items():
        if hasattr(cst, name):
            Tables.expressions[getattr(cst, name)] = lower
    for name, act in _STATEMENTS.items():
        if hasattr(cst, name):
            Tables.statements[getattr(cst, name)] = act
