"""Displays: tuples, lists, sets and dicts written out."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.ir.operations import Build


def sequence(b: Builder, tree: cst.Tuple | cst.List | cst.Set, kind: str) -> int:
    """Lower a tuple, list or set display."""
    items: list[tuple[int, int]] = []
    spreads: list[int] = []
    first = -1
    for element in tree.elements:
        value = b.expression(element.value)
        if isinstance(element, cst.StarredElement):
            first = len(items) if first < 0 else first
            spreads.append(value)
        else:
            items.append((-1, value))
    target = b.new()
    first = len(items) if first < 0 else first
    site = b.whole(tree)
    b.operations.append(Build(target, kind, tuple(items), tuple(spreads), first, False, site))
    return target


def tuple_display(b: Builder, tree: cst.Tuple) -> int:
    """Lower a tuple."""
    return sequence(b, tree, "tuple")


def list_display(b: Builder, tree: cst.List) -> int:
    """Lower a list display."""
    return sequence(b, tree, "list")


def set_display(b: Builder, tree: cst.Set) -> int:
    """Lower a set display."""
    return sequence(b, tree, "set")


def dict_display(b: Builder, tree: cst.Dict) -> int:
    """Lower a dict display."""
    items: list[tuple[int, int]] = []
    spreads: list[int] = []
    first = -1
    for element in tree.elements:
        if isinstance(element, cst.DictElement):
            key = b.expression(element.key)
            items.append((key, b.expression(element.value)))
        else:
            first = len(items) if first < 0 else first
            spreads.append(b.expression(element.value))
    target = b.new()
    first = len(items) if first < 0 else first
    site = b.whole(tree)
    b.operations.append(Build(target, "dict", tuple(items), tuple(spreads), first, False, site))
    return target
