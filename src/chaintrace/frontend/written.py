"""Quotations: what is written at a place, as text, for those who show code to people."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import libcst as cst

from chaintrace.frontend.extract import DEPTH
from chaintrace.frontend.parse import parse
from chaintrace.frontend.source import Source, shorten
from chaintrace.frontend.survey.walk import dotted
from chaintrace.ir.written import Passed, Value

_End = tuple[int, int]
_Kept = TypeVar("_Kept")
_LONGEST = 120


class Quotations:
    """Quote one file; everything is found by the place where it ends."""

    def __init__(self, data: bytes) -> None:
        self._calls: dict[_End, cst.Call] = {}
        self._stored: dict[_End, cst.BaseExpression] = {}
        self._displays: dict[_End, cst.Dict] = {}
        self._functions: dict[int, cst.FunctionDef] = {}
        text, module, _ = parse(data)
        if module is not None:
            self._deeply(lambda: self._read(text, module))

    def arguments(self, end: _End) -> tuple[Passed, ...]:
        """Return the arguments of the call that ends at a place, none where there is no such call."""
        call = self._calls.get(end)
        return () if call is None else self._deeply(lambda: tuple(map(self._passed, call.args))) or ()

    def stored(self, end: _End, key: str) -> Value | None:
        """Return the value that is put in under a key by what ends at a place."""
        if end in self._stored:
            return self._deeply(lambda: self._value(self._stored[end]))
        display = self._displays.get(end)
        for element in display.elements if display is not None else ():
            if isinstance(element, cst.DictElement) and _literal(element.key) == key:
                return self._deeply(partial(self._value, element.value))
        return next((one.value for one in self.arguments(end) if one.name == key), None)

    def parameters(self, line: int) -> tuple[str, ...]:
        """Return the names of the parameters of the function defined at a line."""
        function = self._functions.get(line)
        if function is None:
            return ()
        params = function.params
        return tuple(
            param.name.value for param in (*params.posonly_params, *params.params, *params.kwonly_params)
        )

    def _read(self, text: str, module: cst.Module) -> None:
        self._source = Source(text, module)
        waiting: list[cst.CSTNode] = [module]
        while waiting:
            tree = waiting.pop()
            waiting += tree.children
            if isinstance(tree, cst.Call):
                self._calls[self._end(tree)] = tree
            elif isinstance(tree, cst.Assign):
                for target in tree.targets:
                    self._stored[self._end(target.target)] = tree.value
            elif isinstance(tree, cst.AnnAssign) and tree.value is not None:
                self._stored[self._end(tree.target)] = tree.value
            elif isinstance(tree, cst.Dict):
                self._displays[self._end(tree)] = tree
            elif isinstance(tree, cst.FunctionDef):
                self._functions[self._source.line_of(tree)] = tree

    def _end(self, tree: cst.CSTNode) -> _End:
        span = self._source.spans.get(id(tree))
        return self._source.position(span[1]) if span is not None else (0, 0)

    def _passed(self, argument: cst.Arg) -> Passed:
        name = argument.keyword.value if argument.keyword is not None else ""
        return Passed(argument.star or ("=" if name else ""), name, self._value(argument.value))

    def _value(self, tree: cst.BaseExpression) -> Value:
        start, end = self._source.spans[id(tree)]
        text = shorten(self._source.text[start:end])
        text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        reads = tuple(dict.fromkeys(_reads(tree)))
        call = isinstance(tree, cst.Call)
        arguments = tuple(map(self._passed, tree.args)) if isinstance(tree, cst.Call) else None
        return Value(
            text, self._source.position(start)[0], reads, arguments, self._end(tree) if call else None
        )

    def _deeply(self, act: Callable[[], _Kept]) -> _Kept | None:
        """Act with room for deep nesting; None where even that is too little."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, DEPTH))
        try:
            return act()
        except RecursionError:
            return None
        finally:
            sys.setrecursionlimit(limit)


def _reads(tree: cst.CSTNode) -> Iterator[str]:
    """Yield the names and paths that an expression reads; of a method that is called, its receiver."""
    if isinstance(tree, cst.Name | cst.Attribute) and (path := dotted(tree)):
        yield path
        return
    if isinstance(tree, cst.Call):
        if isinstance(tree.func, cst.Attribute) and dotted(tree.func.value) not in ("self", "cls"):
            yield from _reads(tree.func.value)
        elif not isinstance(tree.func, cst.Name | cst.Attribute):
            yield from _reads(tree.func)
        for argument in tree.args:
            yield from _reads(argument.value)
        return
    if isinstance(tree, cst.Attribute):
        yield from _reads(tree.value)
        return
    for child in tree.children:
        yield from _reads(child)


def _literal(tree: cst.BaseExpression) -> str | None:
    """Return the value of a plain string literal."""
    if not isinstance(tree, cst.SimpleString):
        return None
    value = tree.evaluated_value
    return value if isinstance(value, str) else None
