"""`__all__`: its literal value, if it has one."""

import libcst as cst

from chaintrace.frontend.literals import constant_text


def literal_exports(module: cst.Module) -> list[str] | None:
    """Return the names that top-level statements put into `__all__`, None where they are not all literal."""
    names: list[str] | None = None
    for statement in module.body:
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        for small in statement.body:
            change = _change(small)
            if change is None:
                continue
            replaces, value = change
            added = _strings(value)
            if added is None or (not replaces and names is None):
                return None
            names = added if replaces else [*(names or ()), *added]
    return names


def _is_all(tree: cst.CSTNode) -> bool:
    return isinstance(tree, cst.Name) and tree.value == "__all__"


def _change(tree: cst.BaseSmallStatement) -> tuple[bool, cst.BaseExpression] | None:
    """Return (whether it replaces, the value) of a statement that changes `__all__`."""
    if isinstance(tree, cst.Assign) and any(_is_all(target.target) for target in tree.targets):
        return True, tree.value
    if isinstance(tree, cst.AnnAssign) and _is_all(tree.target) and tree.value is not None:
        return True, tree.value
    if isinstance(tree, cst.AugAssign) and _is_all(tree.target):
        return False, tree.value
    if isinstance(tree, cst.Expr) and isinstance(tree.value, cst.Call) and len(tree.value.args) == 1:
        function = tree.value.func
        if isinstance(function, cst.Attribute) and _is_all(function.value):
            argument = tree.value.args[0].value
            if function.attr.value == "append":
                return False, cst.List([cst.Element(argument)])
            return False, argument
    return None


def _strings(tree: cst.BaseExpression) -> list[str] | None:
    """Return the strings of a literal list or tuple (or a sum of such), else None."""
    if isinstance(tree, cst.BinaryOperation) and isinstance(tree.operator, cst.Add):
        left, right = _strings(tree.left), _strings(tree.right)
        return None if left is None or right is None else left + right
    if not isinstance(tree, cst.List | cst.Tuple | cst.Set):
        return None
    texts = [constant_text(element.value) for element in tree.elements]
    strings = [text for text in texts if text is not None]
    return strings if len(strings) == len(texts) else None
