"""Guards: the conditions under which code runs, as text and in a simple form where they have one.

A guard states the positive condition (`x is None` for `x is not None`) and says `negated` where the code runs
if it fails. `a and b` that holds, or `a or b` that fails, becomes one guard below the other.
"""

import libcst as cst
import msgspec

from chaintrace.frontend.source import Source
from chaintrace.ir.facts import Guard, Test

_NEGATIVE = (cst.IsNot, cst.NotEqual, cst.NotIn)
_LITERALS = (cst.SimpleString, cst.ConcatenatedString, cst.Integer, cst.Float, cst.UnaryOperation)
_CONSTANTS = {"None", "True", "False"}


def add_guards(
    source: Source, tree: cst.BaseExpression, changed: tuple[str, ...], *, negated: bool, parent: int
) -> int:
    """Record the guards, below `parent`, of code that runs where `tree` holds or fails; return the last.

    `changed` are the parameters in it that no longer hold what was passed for them.
    """
    while isinstance(tree, cst.UnaryOperation) and isinstance(tree.operator, cst.Not):
        tree = tree.expression
        negated = not negated
    if isinstance(tree, cst.BooleanOperation) and isinstance(tree.operator, cst.Or if negated else cst.And):
        parent = add_guards(source, tree.left, changed, negated=negated, parent=parent)
        return add_guards(source, tree.right, changed, negated=negated, parent=parent)
    if isinstance(tree, cst.Name) and tree.value in _CONSTANTS:
        return parent
    flipped, text, test = read_test(source, tree)
    line = source.position(source.spans[id(tree)][0])[0]
    learned = source.learned.get(id(tree))
    if learned is not None and negated:
        learned = msgspec.structs.replace(learned, negated=not learned.negated)
    return source.add_guard(Guard(text, negated != flipped, test, line, parent, changed, learned))


def read_test(source: Source, tree: cst.BaseExpression) -> tuple[bool, str, Test]:
    """Return whether `tree` is the negation of a simple test, the positive text and the test."""
    if isinstance(tree, cst.Comparison) and len(tree.comparisons) == 1:
        return _read_comparison(source, tree)
    text = source.text_of(tree)
    if isinstance(tree, cst.Call) and isinstance(tree.func, cst.Name) and tree.args:
        values = [source.operand_text(arg.value) for arg in tree.args]
        if tree.func.value == "isinstance" and len(values) > 1:
            return False, text, Test("isinstance", values[0], values[1])
        if tree.func.value == "callable":
            return False, text, Test("callable", values[0])
    elif isinstance(tree, cst.Name | cst.Attribute):
        form = "type-checking" if text.rpartition(".")[2] == "TYPE_CHECKING" else "truth"
        return False, text, Test(form, text)
    elif isinstance(tree, cst.NamedExpr):
        return False, text, Test("truth", source.text_of(tree.target))
    return False, text, Test("other")


def _read_comparison(source: Source, tree: cst.Comparison) -> tuple[bool, str, Test]:
    operator, right = tree.comparisons[0].operator, tree.comparisons[0].comparator
    subject, value = source.operand_text(tree.left), source.operand_text(right)
    flipped = isinstance(operator, _NEGATIVE)
    if isinstance(operator, cst.Is | cst.IsNot) and value == "None":
        return flipped, f"{subject} is None", Test("none", subject)
    if isinstance(operator, cst.Equal | cst.NotEqual):
        if isinstance(tree.left, _LITERALS) and not isinstance(right, _LITERALS):
            subject, value, right = value, subject, tree.left
        text = f"{subject} == {value}"
        if subject == "__name__" and value.strip("'\"") == "__main__":
            return flipped, text, Test("main", subject, value)
        literal = isinstance(right, _LITERALS) or (isinstance(right, cst.Name) and value in _CONSTANTS)
        return flipped, text, Test("equal", subject, value) if literal else Test("other")
    if isinstance(operator, cst.In | cst.NotIn):
        if isinstance(tree.left, _LITERALS):
            return flipped, f"{subject} in {value}", Test("contains", value, subject)
        return flipped, f"{subject} in {value}", Test("member", subject, value)
    return False, source.text_of(tree), Test("other")
