"""Annotations: declared classes, lowered to trees over registers that name any version."""

import re

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.literals import constant_text
from chaintrace.ir.operations import Annotation, Load

_UNKNOWN = Annotation("unknown")
_PLAIN = Annotation("plain")
_NUMBERS = frozenset(("None", "int", "float", "bool", "complex", "bytes"))
_ANYTHING = frozenset(("object", "Any"))
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def annotate(b: Builder, tree: cst.BaseExpression) -> Annotation:
    """Lower an annotation; names belong to the scope of `b`."""
    return _lower(b, tree, b.whole(tree))


def _lower(b: Builder, tree: cst.BaseExpression, site: int) -> Annotation:
    if isinstance(tree, cst.Name | cst.Attribute):
        return _named(b, tree, site)
    if isinstance(tree, cst.SimpleString | cst.ConcatenatedString):
        return _quoted(b, constant_text(tree) or "", site)
    if isinstance(tree, cst.Subscript):
        return _subscript(b, tree, site)
    if isinstance(tree, cst.BinaryOperation) and isinstance(tree.operator, cst.BitOr):
        left, right = _lower(b, tree.left, site), _lower(b, tree.right, site)
        arguments = [*_members(left), *_members(right)]
        known = [argument for argument in arguments if argument.form != "unknown"]
        return Annotation("union", -1, tuple(arguments)) if known else _UNKNOWN
    if isinstance(tree, cst.List | cst.Tuple):
        return Annotation("list", -1, tuple(_lower(b, element.value, site) for element in tree.elements))
    if isinstance(tree, cst.StarredElement):
        return _lower(b, tree.value, site)
    return _UNKNOWN


def _members(annotation: Annotation) -> tuple[Annotation, ...]:
    return annotation.arguments if annotation.form == "union" else (annotation,)


def _named(b: Builder, tree: cst.Name | cst.Attribute, site: int) -> Annotation:
    last = tree.attr.value if isinstance(tree, cst.Attribute) else tree.value
    if last in _ANYTHING:
        return _UNKNOWN
    if last in _NUMBERS:
        return _PLAIN
    register = _value(b, tree, site)
    return Annotation("name", register) if register >= 0 else _UNKNOWN


def _value(b: Builder, tree: cst.BaseExpression, site: int) -> int:
    """Return the register of a name or dotted name, -1 where nothing is known of it."""
    if isinstance(tree, cst.Name):
        return b.read_unversioned(tree.value, site)
    if not isinstance(tree, cst.Attribute):
        return -1
    base = _value(b, tree.value, site)
    if base < 0:
        return -1
    target = b.new()
    b.operations.append(Load(target, base, b.scope.mangle(tree.attr.value), site))
    return target


def _subscript(b: Builder, tree: cst.Subscript, site: int) -> Annotation:
    head = tree.value.attr.value if isinstance(tree.value, cst.Attribute) else None
    head = tree.value.value if isinstance(tree.value, cst.Name) else head
    if head is None:
        return _UNKNOWN
    if head == "Literal":
        return Annotation("literal")
    values = [element.slice.value for element in tree.slice if isinstance(element.slice, cst.Index)]
    register = _value(b, tree.value, site)
    if register < 0:
        return _UNKNOWN
    return Annotation("subscript", register, tuple(_lower(b, value, site) for value in values))


def _quoted(b: Builder, text: str, site: int) -> Annotation:
    """Lower an annotation written as a string."""
    text = text.strip()
    if not _DOTTED.fullmatch(text):
        try:
            return _lower(b, cst.parse_expression(text), site)
        except (cst.ParserSyntaxError, RecursionError):
            return _UNKNOWN
    first, *rest = text.split(".")
    tree: cst.Name | cst.Attribute = cst.Name(first)
    for part in rest:
        tree = cst.Attribute(tree, cst.Name(part))
    return _named(b, tree, site)
