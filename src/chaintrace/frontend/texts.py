"""Code given as a literal: `eval("handler(event)")` runs an expression of the block it stands in."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.literals import constant_text
from chaintrace.frontend.scopes import Place
from chaintrace.ir.operations import Copy

# What makes a scope of its own, or binds, is known to the survey of the file only.
_NEEDS_SURVEY = (cst.Lambda, cst.BaseComp, cst.NamedExpr, cst.Yield, cst.Await)


def run_text(b: Builder, tree: cst.Call, result: int) -> int:
    """Lower the expression that a call of `eval` or `exec`, just lowered, runs; return the call's value."""
    text = _text(b, tree)
    if text is None:
        return result
    try:
        inner = cst.parse_expression(text.strip())
    except (cst.ParserSyntaxError, RecursionError):
        return result
    placing = _Placing(b.spans, b.spans[id(tree.args[0].value)])
    inner.visit(placing)
    b.source.texts.append(inner)
    if placing.needs_survey:
        return result
    value = b.expression(inner)
    target = b.new()
    b.operations.append(Copy(target, result))
    if isinstance(tree.func, cst.Name) and tree.func.value == "eval":
        b.operations.append(Copy(target, value))
    return target


def _text(b: Builder, tree: cst.Call) -> str | None:
    """Return the literal that `eval` or `exec` is given as its only argument."""
    if not isinstance(tree.func, cst.Name) or tree.func.value not in ("eval", "exec") or len(tree.args) != 1:
        return None
    if b.scope.resolve(tree.func.value).place is not Place.BUILTIN or tree.args[0].star:
        return None
    return constant_text(tree.args[0].value)


class _Placing(cst.CSTVisitor):
    """Place all of a tree where the literal stands."""

    def __init__(self, spans: dict[int, tuple[int, int]], span: tuple[int, int]) -> None:
        super().__init__()
        self.spans = spans
        self.span = span
        self.needs_survey = False

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.spans[id(node)] = self.span
        self.needs_survey = self.needs_survey or isinstance(node, _NEEDS_SURVEY)
        return True
