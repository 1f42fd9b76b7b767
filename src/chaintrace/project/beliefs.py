"""Beliefs: assumptions as they are read, one of a path each; paths and values in expressions."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from chaintrace.errors import QueryError

NOTHING = object()
"""No value: that of an expression which has none that is known."""


@dataclass(frozen=True)
class Belief:
    """Hold one assumption: that a path has a value, has it not, or is (not) true.

    `value` is the value, `NOTHING` where only the truth is assumed; `one_of` are values of which it has one.
    """

    text: str
    path: str
    holds: bool
    value: object = NOTHING
    exact: str = ""
    one_of: tuple[object, ...] = ()

    def means(self, path: str, changed: tuple[str, ...] = ()) -> bool:
        """Say whether a dotted path ends in the assumed one, and does not start with a changed name."""
        if not self.path or path.partition(".")[0] in changed:
            return False
        return path == self.path or path.endswith("." + self.path)


@dataclass(frozen=True)
class Named:
    """Be a value known by its name only: the member of an enumeration, a constant."""

    path: str


def parsed(text: str) -> ast.expr | None:
    """Return the tree of an expression, None for what is none."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def path_of(tree: ast.expr) -> str:
    """Return the dotted path of a name or attribute; "" for anything else.

    An item under a name (`config["mode"]`) counts as an attribute, also where `getattr` or `get` reads it.
    """
    match tree:
        case ast.Name(id=name):
            return name
        case (
            ast.Attribute(value=value, attr=name)
            | ast.Subscript(value=value, slice=ast.Constant(value=str(name)))
            | ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(name)), *_])
            | ast.Call(func=ast.Attribute(value=value, attr="get"), args=[ast.Constant(value=str(name)), *_])
        ):
            base = path_of(value)
            return (f"{base}.{name}" if base else f"….{name}") if name.isidentifier() else ""
        case ast.NamedExpr(value=value):
            return path_of(value)
        case _:
            return ""


def paths_of(tree: ast.expr) -> list[str]:
    """Return the dotted paths of an expression: of `x := y.z` both."""
    found = [path_of(tree)]
    if isinstance(tree, ast.NamedExpr):
        found.append(path_of(tree.target))
    return [path for path in found if path]


def value_of(tree: ast.expr) -> object:
    """Return the value that a literal has, a `Named` for a dotted name, `NOTHING` for anything else."""
    try:
        value: object = ast.literal_eval(tree)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        if isinstance(tree, ast.Tuple | ast.List | ast.Set):
            values = [value_of(item) for item in tree.elts]
            return NOTHING if NOTHING in values else tuple(values)
        path = path_of(tree)
        return Named(path) if "." in path and not path.startswith("…") else NOTHING
    return value


def parse_assumptions(texts: Sequence[str]) -> tuple[Belief, ...]:
    """Read assumptions; raise `QueryError` for what is no expression, or says nothing of a name."""
    return tuple(belief for text in texts for belief in _parse(text))


def _parse(text: str) -> list[Belief]:
    tree = parsed(text.strip())
    if tree is None:
        raise QueryError(
            f'the assumption {text!r} is no condition; write one such as mode == "fast", enabled, '
            "not enabled or x is None"
        )
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        return [_belief(part, text) for part in tree.values]
    return [_belief(tree, text)]


def _belief(tree: ast.expr, text: str) -> Belief:
    holds = True
    while isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        tree, holds = tree.operand, not holds
    if path := path_of(tree):
        return Belief(text, path.removeprefix("….").removeprefix("self."), holds)
    if isinstance(tree, ast.Compare) and len(tree.ops) == 1:
        op, right = tree.ops[0], tree.comparators[0]
        path, value = path_of(tree.left), value_of(right)
        if isinstance(op, ast.NotEq | ast.IsNot | ast.NotIn):
            holds = not holds
        if path and isinstance(op, ast.In | ast.NotIn) and isinstance(value, tuple | list | set) and value:
            path = path.removeprefix("….").removeprefix("self.")
            return Belief(text, path, holds, one_of=tuple(value))
        if path and value is not NOTHING and isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            return Belief(text, path.removeprefix("….").removeprefix("self."), holds, value)
    if isinstance(tree, ast.Constant):
        raise QueryError(f"the assumption {text!r} says nothing of a name")
    return Belief(text, "", holds, exact=ast.unparse(tree))
