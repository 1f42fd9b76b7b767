"""The walk itself: from tree to tree in code order, spans and names on the way."""

from typing import Any, ClassVar

import libcst as cst

from chaintrace.frontend.survey.offsets import Handler, Offsets


def dotted(tree: cst.CSTNode) -> str:
    """Return `a.b.c` for a name or a chain of attributes rooted at a name, else the empty string."""
    names: list[str] = []
    while isinstance(tree, cst.Attribute):
        names.append(tree.attr.value)
        tree = tree.value
    if not isinstance(tree, cst.Name):
        return ""
    names.append(tree.value)
    return ".".join(reversed(names))


class Walk(Offsets):
    """Send each tree to the method that its class has in `methods`, gathered from all base classes."""

    methods: ClassVar[dict[str, str]] = {}

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module)
        self.table: dict[type[cst.CSTNode], Handler] = {}
        for base in reversed(type(self).__mro__):
            for name, method in vars(base).get("methods", {}).items():
                if hasattr(cst, name):
                    self.table[getattr(cst, name)] = getattr(self, method)

    def visit(self, tree: Any) -> None:  # noqa: ANN401 - any tree with brackets around it
        """Walk one expression or pattern and record its span."""
        if tree.lpar:
            for left in tree.lpar:
                self.opening(left)
        start = self.at
        if tree.__class__ is cst.Name:
            self.at = end = start + len(tree.value)
            self.scope.reads.add(tree.value)
        else:
            self.table[tree.__class__](tree)
            end = self.at
        self.spans[id(tree)] = (start, end)
        if tree.rpar:
            for right in tree.rpar:
                self.closing(right)

    def word(self, name: cst.Name) -> None:
        """Walk a name that is no read: an attribute, a parameter, a keyword."""
        start = self.at
        for left in name.lpar:
            self.opening(left)
        self.at += len(name.value)
        self.spans[id(name)] = (start, self.at)
        for right in name.rpar:
            self.closing(right)

    def bind_target(self, tree: cst.CSTNode) -> None:
        """Record the names and attribute paths that assigning to `tree` binds."""
        if isinstance(tree, cst.Name):
            self.scope.bind(self.scope.mangle(tree.value))
        elif isinstance(tree, cst.Tuple | cst.List):
            for element in tree.elements:
                self.bind_target(element.value)
        elif isinstance(tree, cst.Attribute):
            path = dotted(tree)
            if path:
                self.scope.block.log.append(path)
        elif isinstance(tree, cst.StarredElement):
            self.bind_target(tree.value)
