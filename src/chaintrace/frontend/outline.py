"""The outline of a file: its classes, functions and loops, read off the tree."""

import sys
from collections.abc import Iterator, Sequence

import libcst as cst

from chaintrace.frontend.extract import DEPTH
from chaintrace.frontend.parse import parse
from chaintrace.frontend.source import Source, shorten
from chaintrace.ir.outline import Item, ItemKind

_Statement = cst.BaseStatement | cst.BaseSmallStatement


def outline(data: bytes) -> list[Item]:
    """Return what a file is made of, in source order; nothing for a file that cannot be parsed."""
    text, module, _ = parse(data)
    if module is None:
        return []
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEPTH))
    try:
        return list(_Outliner(Source(text, module)).items(module.body, "", 0))
    except RecursionError:
        return []
    finally:
        sys.setrecursionlimit(limit)


class _Outliner:
    """Walk the statements of one file; expressions hold no item."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def items(self, statements: Sequence[_Statement], owner: str, depth: int) -> Iterator[Item]:
        """Yield the items of some statements and of what is nested in them."""
        for statement in statements:
            own = self._own(statement, owner, depth)
            if own is not None:
                yield own
            inner = _inner_name(statement, owner)
            for suite in _suites(statement):
                yield from self.items(suite.body, inner, depth if own is None else depth + 1)

    def _own(self, tree: _Statement, owner: str, depth: int) -> Item | None:
        if isinstance(tree, cst.ClassDef | cst.FunctionDef):
            kind = ItemKind.CLASS if isinstance(tree, cst.ClassDef) else ItemKind.FUNCTION
            start, end = self.source.spans[id(tree)]
            name = f"{owner}.{tree.name.value}" if owner else tree.name.value
            return self._item(kind, name, start, end, depth)
        name = owner.removesuffix(".<locals>")
        if isinstance(tree, cst.While):
            start = self.source.text.rindex("while", 0, self._start(tree.test))
            return self._item(ItemKind.LOOP, name, start, self._end(tree), depth)
        if isinstance(tree, cst.For):
            word = "for" if tree.asynchronous is None else "async"
            start = self.source.text.rindex(word, 0, self._start(tree.target))
            return self._item(ItemKind.LOOP, name, start, self._end(tree), depth)
        if isinstance(tree, cst.If) and not owner and _is_main(self.source.text_of(tree.test)):
            start = self.source.text.rindex("if", 0, self._start(tree.test))
            return self._item(ItemKind.MAIN, "", start, self._end(tree), depth)
        return None

    def _item(self, kind: ItemKind, name: str, start: int, end: int, depth: int) -> Item:
        line, last = self.source.position(start)[0], self.source.position(end)[0]
        return Item(kind, name, line, last, depth, _head(self.source.text[start:end]))

    def _start(self, tree: cst.CSTNode) -> int:
        return self.source.spans[id(tree)][0]

    def _end(self, tree: _Statement) -> int:
        """Return the offset at which the last small statement in a statement ends."""
        if isinstance(tree, cst.SimpleStatementLine):
            return self.source.spans[id(tree.body[-1])][1]
        ends = [self._end(suite.body[-1]) for suite in _suites(tree) if suite.body]
        span = self.source.spans.get(id(tree))
        return max(ends) if ends else span[1] if span is not None else 0


def _inner_name(tree: _Statement, owner: str) -> str:
    """Return what the names of definitions inside a statement begin with."""
    if not isinstance(tree, cst.ClassDef | cst.FunctionDef):
        return owner
    name = f"{owner}.{tree.name.value}" if owner else tree.name.value
    return name if isinstance(tree, cst.ClassDef) else f"{name}.<locals>"


def _suites(tree: _Statement) -> Iterator[cst.BaseSuite]:
    """Yield the suites of a compound statement in order, those of its further clauses included."""
    part: object = tree
    while isinstance(part, cst.If):  # a loop, since `elif` may follow `elif` without end
        yield part.body
        part = part.orelse
    if isinstance(part, cst.Match):
        for case in part.cases:
            yield case.body
        return
    body = getattr(part, "body", None)
    if isinstance(body, cst.BaseSuite):
        yield body
    for handler in getattr(part, "handlers", ()):
        yield handler.body
    for clause in (getattr(part, "orelse", None), getattr(part, "finalbody", None)):
        if clause is not None:
            yield clause.body


def _head(code: str) -> str:
    """Return the first logical line of a compound statement, without its colon and body."""
    depth = 0
    for at, character in enumerate(code):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == ":" and depth == 0 and not code.startswith(":=", at):
            return shorten(code[:at])
    return shorten(code.partition("\n")[0])


def _is_main(test: str) -> bool:
    return test.replace("'", '"') in ('__name__ == "__main__"', '"__main__" == __name__')
