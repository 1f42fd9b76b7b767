"""Assumptions: what a user takes for granted, and what guards become of it.

An assumption is a Python expression: `mode == "fast"`, `mode in ("a", "b")`, `enabled`, `not enabled`,
`x is None`. The name in it means every name or dotted path that ends in it. A guard is decided in
three-valued logic: it holds, it fails, or nothing is known of it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from chaintrace.project.beliefs import Belief, parsed, path_of, paths_of, value_of
from chaintrace.project.comparisons import compared, truth_of

_Asked = tuple[str, tuple[str, ...]]
_TURNED = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}


@dataclass
class Decisions:
    """Decide guards, and note which assumption decided them."""

    beliefs: tuple[Belief, ...]
    used: dict[str, None] = field(default_factory=dict)
    _known: dict[_Asked, tuple[bool | None, tuple[str, ...]]] = field(default_factory=dict)
    _changed: tuple[str, ...] = ()

    def decide(self, text: str, changed: tuple[str, ...] = ()) -> tuple[bool | None, tuple[str, ...]]:
        """Return whether a condition holds, None if that is not known, and the assumptions that say so.

        Of names that are `changed`, which no longer hold what was passed for them, nothing is assumed.
        """
        found = self._known.get((text, changed))
        if found is None:
            self._changed = changed
            found = self._known[text, changed] = self._decide(text)
        return found

    def _decide(self, text: str) -> tuple[bool | None, tuple[str, ...]]:
        tree = parsed(text)
        if tree is None:
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
            case ast.Compare(left=left, ops=ops, comparators=others):
                pairs = zip((left, *others), ops, others, strict=False)
                parts: list[ast.expr] = [ast.Compare(one, [op], [other]) for one, op, other in pairs]
                return self._of_several(parts, used, decisive=False)
            case ast.NamedExpr(target=target, value=value):
                known = self._truth(value, used)
                return self._truth(target, used) if known is None else known
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
        for belief in self._about(path):
            known = truth_of(belief)
            if known is not None:
                used[belief.text] = None
                return known
        return None

    def _about(self, path: str) -> Iterator[Belief]:
        return (belief for belief in self.beliefs if path and belief.means(path, self._changed))

    def _comparison(
        self, left: ast.expr, op: ast.cmpop, right: ast.expr, used: dict[str, None]
    ) -> bool | None:
        negated = isinstance(op, ast.NotEq | ast.IsNot | ast.NotIn)
        for subject, other, turned in ((left, right, op), (right, left, _TURNED.get(type(op), lambda: op)())):
            if subject is right and isinstance(op, ast.In | ast.NotIn):
                continue
            value = value_of(other)
            for belief in (one for path in paths_of(subject) for one in self._about(path)):
                known = compared(belief, turned, value)
                if known is not None:
                    used[belief.text] = None
                    return known is not negated
        return None
