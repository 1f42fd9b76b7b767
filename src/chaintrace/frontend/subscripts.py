"""Subscripts: keys, slices and the constants among them."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.literals import constant_text, integer_text
from chaintrace.ir.operations import Build, LoadItem


def key_of(b: Builder, tree: cst.Subscript) -> tuple[int, str]:
    """Lower the key of a subscript; return its register and its constant text (`'x`, `#3` or empty)."""
    elements = tree.slice
    if len(elements) == 1 and elements[0].comma.__class__ is not cst.Comma:
        return _element_key(b, elements[0].slice)
    items: list[tuple[int, int]] = []
    spreads: list[int] = []
    first = -1
    for element in elements:
        value = _element_key(b, element.slice)[0]
        if isinstance(element.slice, cst.Index) and element.slice.star:
            first = len(items) if first < 0 else first
            spreads.append(value)
        else:
            items.append((-1, value))
    target = b.new()
    first = len(items) if first < 0 else first
    b.operations.append(Build(target, "tuple", tuple(items), tuple(spreads), first, False, b.site(tree)))
    return target, ""


def _element_key(b: Builder, part: cst.BaseSlice) -> tuple[int, str]:
    if isinstance(part, cst.Index):
        return b.expression(part.value), constant_key(part.value)
    bounds = (part.lower, part.upper, part.step) if isinstance(part, cst.Slice) else ()
    items = tuple((-1, -1 if bound is None else _bound(b, bound)) for bound in bounds)
    target = b.new()
    written = [bound for bound in bounds if bound is not None]
    site = b.whole(written[0]) if written else -1
    b.operations.append(Build(target, "slice", items, (), len(items), False, site))
    return target, ""


def _bound(b: Builder, tree: cst.BaseExpression) -> int:
    """Lower a bound of a slice; a negative literal is a literal."""
    key = constant_key(tree)
    return b.constant("int", key[1:]) if key.startswith("#-") else b.expression(tree)


def constant_key(tree: cst.BaseExpression) -> str:
    """Return a constant key as `'text` or `#number`, else the empty string."""
    if isinstance(tree, cst.Integer):
        return "#" + integer_text(tree.value)
    if isinstance(tree, cst.UnaryOperation):
        if isinstance(tree.operator, cst.Minus) and isinstance(tree.expression, cst.Integer):
            return "#-" + integer_text(tree.expression.value)
        return ""
    text = constant_text(tree)
    return "" if text is None else "'" + text


def subscript(b: Builder, tree: cst.Subscript) -> int:
    """Lower `a[key]`."""
    base = b.expression(tree.value)
    key, constant = key_of(b, tree)
    target = b.new()
    b.operations.append(LoadItem(target, base, key, constant, b.site(tree)))
    return target
