"""Assumptions: what a user takes for granted, and what guards become of it.

An assumption is a Python expression: `mode == "fast"`, `enabled`, `not enabled`, `x is None`. The name in it
means every name or dotted path that ends in it. A guard is decided in three-valued logic: it holds, it
fails, or nothing is known of it.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from chaintrace.errors import QueryError

_NOTHING = object()


@dataclass(frozen=True)
class Belief:
    """Hold one assumption: that a path has a value, has it not, or is (not) true.

    `value` is the value, `_NOTHING` where only the truth is assumed.
    """

    text: str
    path: str
    holds: bool
    value: object = _NOTHING
    exact: str = ""

    def means(self, path: str) -> bool:
        """Say whether a dotted path ends in the assumed one."""
        return bool(self.path) and (path == self.path or path.endswith("." + self.path))


@dataclass
class Decisions:
    """Decide guards, and note which assumption decided them."""

    beliefs: tuple[Belief, ...]
    used: dict[str, None] = field(default_factory=dict)
    _known: dict[str, tuple[bool | None, tuple[str, ...]]] = field(default_factory=dict)

    def decide(self, text: str) -> tuple[bool | None, tuple[str, ...]]:
        """Return whether a condition holds, None if that is not known, and the assumptions that say so."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._decide(text)
        return found

    def _decide(self, text: str) -> tuple[bool | None, tuple[str, ...]]:
        try:
            tree = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None, ()
        used: dict[str, None] = {}
        holds = self._truth(tree, used)
        return holds, tuple(used) if holds is not None else ()

    def _truth(self, tree: ast.expr, used: dict[str, None]) -> bool | None:
        spelled = ast.unparse(tree)
        for belief in self.beliefs:
            if belief.exact and belief.exact == spelled:
                used[belief.text] = None
                return belief.holds
        match tree:
            case ast.BoolOp(op=op, values=values):
                return self._of_several(values, used, decisive=isinstance(op, ast.Or))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self._truth(operand, used)
                return None if inner is None else not inner
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._comparison(left, op, right, used)
            case ast.NamedExpr(value=value):
                return self._truth(value, used)
            case ast.Call(func=ast.Name(id="bool"), args=[value], keywords=[]):
                return self._truth(value, used)
            case _:
                return self._of_path(path_of(tree), used)

    def _of_several(self, values: list[ast.expr], used: dict[str, None], *, decisive: bool) -> bool | None:
        """Decide `or` (where True is decisive) and `and` (where False is)."""
        results = []
        for value in values:
            of_value: dict[str, None] = {}
            result = self._truth(value, of_value)
            if result is decisive:
                used.update(of_value)
                return decisive
            results.append((result, of_value))
        if any(result is None for result, _ in results):
            return None
        for _, of_value in results:
            used.update(of_value)
        return not decisive

    def _of_path(self, path: str, used: dict[str, None]) -> bool | None:
        for belief in self.beliefs:
            if path and belief.means(path):
                known = _truth_of(belief)
                if known is not None:
                    used[belief.text] = None
                    return known
        return None

    def _comparison(
        self, left: ast.expr, op: ast.cmpop, right: ast.expr, used: dict[str, None]
    ) -> bool | None:
        negated = isinstance(op, ast.NotEq | ast.IsNot | ast.NotIn)
        for subject, other in ((left, right), (right, left)):
            path = path_of(subject)
            if not path or (subject is right and isinstance(op, ast.In | ast.NotIn)):
                continue
            value = value_of(other)
            for belief in self.beliefs:
                if belief.means(path):
                    known = _compared(belief, op, value)
                    if known is not None:
                        used[belief.text] = None
                        return known is not negated
        return None


def _truth_of(belief: Belief) -> bool | None:
    """Say whether a path is true, given a belief about it."""
    if belief.value is _NOTHING:
        return belief.holds
    if isinstance(belief.value, _Named):
        return None
    return bool(belief.value) if belief.holds else None


def _compared(belief: Belief, op: ast.cmpop, value: object) -> bool | None:
    """Say whether a path equals (is in, is) a value, given a belief about the path."""
    if value is _NOTHING or not isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot | ast.In | ast.NotIn):
        return None
    if isinstance(op, ast.In | ast.NotIn):
        if not isinstance(value, tuple | list | set | frozenset):
            return None
        each = [_same(belief, item) for item in value]
        return True if True in each else (None if None in each else False)
    return _same(belief, value)


def _same(belief: Belief, value: object) -> bool | None:
    if belief.value is _NOTHING:
        if isinstance(value, _Named):
            return None
        if isinstance(value, bool):
            return value is belief.holds
        return None if bool(value) is belief.holds else False
    if isinstance(belief.value, _Named) or isinstance(value, _Named):
        same = _same_name(belief.value, value)
    else:
        same = type(belief.value) is type(value) and belief.value == value
    if belief.holds:
        return same
    return False if same is True else None


@dataclass(frozen=True)
class _Named:
    """Be a value known by its name only: the member of an enumeration, a constant."""

    path: str


def _same_name(one: object, two: object) -> bool | None:
    """Say whether two values are one: members of one class by their last names, else unknown."""
    if not (isinstance(one, _Named) and isinstance(two, _Named)):
        return False if one is None or two is None else None
    first, second = one.path.split("."), two.path.split(".")
    shared = min(len(first), len(second))
    if first[-shared:] == second[-shared:]:
        return True
    return False if shared > 1 and first[-shared:-1] == second[-shared:-1] else None


def path_of(tree: ast.expr) -> str:
    """Return the dotted path of a name or attribute, also where `getattr` reads it; "" for anything else."""
    match tree:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            base = path_of(value)
            return f"{base}.{name}" if base else f"….{name}"
        case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(name)), *_]):
            base = path_of(value)
            return f"{base}.{name}" if base else f"….{name}"
        case ast.NamedExpr(value=value):
            return path_of(value)
        case _:
            return ""


def value_of(tree: ast.expr) -> object:
    """Return the value that a literal has, a `_Named` for a dotted name, `_NOTHING` for anything else."""
    try:
        value: object = ast.literal_eval(tree)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        if isinstance(tree, ast.Tuple | ast.List | ast.Set):
            values = [value_of(item) for item in tree.elts]
            return _NOTHING if _NOTHING in values else tuple(values)
        path = path_of(tree)
        return _Named(path) if "." in path and not path.startswith("…") else _NOTHING
    return value


def parse_assumptions(texts: Sequence[str]) -> tuple[Belief, ...]:
    """Read assumptions; raise `QueryError` for what is no expression, or says nothing of a name."""
    return tuple(belief for text in texts for belief in _parse(text))


def _parse(text: str) -> list[Belief]:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise QueryError(
            f'the assumption {text!r} is no condition; write one such as mode == "fast", enabled, '
            "not enabled or x is None"
        ) from None
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
        if isinstance(op, ast.NotEq | ast.IsNot):
            holds = not holds
        if path and value is not _NOTHING and isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            return Belief(text, path.removeprefix("….").removeprefix("self."), holds, value)
    if isinstance(tree, ast.Constant):
        raise QueryError(f"the assumption {text!r} says nothing of a name")
    return Belief(text, "", holds, exact=ast.unparse(tree))
