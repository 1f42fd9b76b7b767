"""Places: names and dotted paths that tests narrow and assignments forget."""

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.survey.walk import dotted


def place_of(b: Builder, tree: cst.CSTNode) -> str:
    """Return the place that a name, a dotted path or a walrus denotes, else the empty string."""
    if isinstance(tree, cst.NamedExpr):
        tree = tree.target
    path = dotted(tree)
    if not path:
        return ""
    root, dot, rest = path.partition(".")
    return b.scope.resolve(root).key + dot + rest


def forget_path(b: Builder, tree: cst.Attribute) -> None:
    """Forget what is known of an attribute that is assigned or deleted."""
    path = place_of(b, tree)
    if path:
        b.assigned_path(path)
