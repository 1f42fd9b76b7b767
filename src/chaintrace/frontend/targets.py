"""Targets: what assignment, loops, `with` and `del` do to names, attributes and elements."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.places import forget_path
from chaintrace.frontend.subscripts import key_of
from chaintrace.ir.operations import Delete, DeleteItem, Store, StoreItem, Unpack


def assign(b: Builder, tree: cst.CSTNode, register: int) -> None:
    """Assign a register to a target of any form."""
    if isinstance(tree, cst.Name):
        b.bind(tree.value, register, b.whole(tree))
    elif isinstance(tree, cst.Attribute):
        base = b.expression(tree.value)
        b.operations.append(Store(base, b.scope.mangle(tree.attr.value), register, b.site(tree)))
        forget_path(b, tree)
    elif isinstance(tree, cst.Subscript):
        base = b.expression(tree.value)
        key, constant = key_of(b, tree)
        b.operations.append(StoreItem(base, key, constant, register, b.site(tree)))
    elif isinstance(tree, cst.Tuple | cst.List):
        unpack(b, tree, register)
    elif isinstance(tree, cst.StarredElement):
        assign(b, tree.value, register)


def unpack(b: Builder, tree: cst.Tuple | cst.List, register: int) -> None:
    """Unpack a register into the elements of a tuple or list target."""
    targets = []
    star = -1
    for i, element in enumerate(tree.elements):
        targets.append(b.new())
        if isinstance(element, cst.StarredElement):
            star = i
    b.operations.append(Unpack(register, tuple(targets), star, b.whole(tree)))
    for element, target in zip(tree.elements, targets, strict=True):
        assign(b, element.value, target)


def delete(b: Builder, tree: cst.CSTNode) -> None:
    """Delete a target of any form."""
    if isinstance(tree, cst.Name):
        b.unbind(b.scope.resolve(tree.value).key)
    elif isinstance(tree, cst.Attribute):
        base = b.expression(tree.value)
        b.operations.append(Delete(base, b.scope.mangle(tree.attr.value), b.site(tree)))
        forget_path(b, tree)
    elif isinstance(tree, cst.Subscript):
        base = b.expression(tree.value)
        key, constant = key_of(b, tree)
        b.operations.append(DeleteItem(base, key, constant, b.site(tree)))
    elif isinstance(tree, cst.Tuple | cst.List):
        for element in tree.elements:
            delete(b, element.value)
