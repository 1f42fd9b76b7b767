"""Offsets and sites are exact: compared with libcst's own positions and with `ast`."""

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from chaintrace.frontend import extract
from chaintrace.frontend.parse import decode
from chaintrace.frontend.source import Source
from chaintrace.ir.operations import Call

STDLIB = Path(sysconfig.get_paths()["stdlib"])
FILES = (
    "abc.py",
    "bdb.py",
    "contextlib.py",
    "dataclasses.py",
    "functools.py",
    "json/decoder.py",
    "json/encoder.py",
    "queue.py",
    "selectors.py",
    "textwrap.py",
    "types.py",
    "asyncio/queues.py",
    "asyncio/streams.py",
    "concurrent/futures/thread.py",
)
ODD_LAYOUTS = {
    "byte order mark": "\ufeffx = f(1)\n",
    "tabs and form feeds": "if a:\n\tif b:\n\t\tf(\n\t\t  x)\n\t\x0c\tg()\n\x0c\nh()\n",
    "carriage return and line feed": "def f(a,\r\n      b):\r\n    g(\r\n        a)\r\n    return b.c(a)\r\n",
    "carriage return": "def f(a):\r    g(\r        a)\r    return a.b(a)\r",
    "mixed line breaks": "f(1)\r\ng(2)\nh(\r 3)\n",
    "continued lines": "x = a + \\\n  b.c(\\\n1)\nassert \\\n  f(x)\n",
    "semicolons": "a(); b() ; c();\nif x: d(); e()\n",
    "wide characters": "naïve = 'ü'; 名前.f(x, '😀', y.g())\n",
    "no line break at the end": "def f():\n    return g(1)",
    "comments and blank lines": "# c\n\n@d  # e\n\n# f\ndef g( a , # h\n  b=1 ,):  # i\n  # j\n\n  k(a) # l\n"
    " # m\n\nn()\n",
    "brackets everywhere": "((f))((a), *(b), **(c))[(d)](  )\n(x.y).z( (yield) )\n",
    "strings": "f\"{a!r:>{b.c()}} {{}} {d()=}\" 'e' rf'''{g(\n1)}'''\n",
    "newer syntax": "type X[*T, **P] = f[T]\n"
    "def g[T: int = str](a: T, /, *, b) -> T: h(a)\nclass C[T](B[T], k=1): c()\n",
    "match": "match (a), b:\n  case [C(x, k=1), *_] if f(x): g()\n"
    "  case {'k': v, **r} | (None as q): h()\n  case -1+2j | a.b: pass\n",
    "exception groups": "try: f()\nexcept* (A, B) as e: g(e)\nelse : h()\nfinally : i()\n",
    "with brackets": "async def f():\n  async with (a() as b, c(),): d()\n"
    "  return [x async for x in y() if await z()]\n",
    "lambdas": "f(lambda: a(), lambda *b, c=d(): c, lambda x, /, **k: k)\n",
}


def positions(
    data: bytes,
) -> Iterator[tuple[cst.CSTNode, tuple[int, int, int, int], tuple[int, int, int, int]]]:
    """Yield each tree with its own span and the one that libcst states."""
    module = cst.parse_module(decode(data))
    source = Source(decode(data), module)
    stated = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    for tree, place in stated.items():
        if id(tree) in source.spans and not isinstance(tree, _OWN_SPANS):
            start, end = source.spans[id(tree)]
            own = (*source.position(start), *source.position(end))
            yield tree, own, (place.start.line, place.start.column, place.end.line, place.end.column)


# An alias spans the imported name, a handler its keyword, a pattern lacks the brackets around its value.
_OWN_SPANS = (cst.ImportAlias, cst.ExceptHandler, cst.ExceptStarHandler, cst.MatchValue, cst.MatchSingleton)


def written_calls(text: str) -> set[tuple[int, int, int, int]]:
    """Return (line, column) of the callee's last name and the end of each call, as `ast` sees them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def column(line: int, offset: int) -> int:
        return len(lines[line - 1].encode()[:offset].decode())

    def name(tree: ast.expr) -> tuple[int, int]:
        if isinstance(tree, ast.Call):
            return name(tree.func)
        if isinstance(tree, ast.Subscript):
            return name(tree.value)
        if isinstance(tree, ast.Attribute):
            line = tree.end_lineno or 0
            return line, column(line, tree.end_col_offset or 0) - len(tree.attr)
        return tree.lineno, column(tree.lineno, tree.col_offset)

    calls = (tree for tree in ast.walk(ast.parse(text)) if isinstance(tree, ast.Call))
    return {
        (*name(call.func), call.end_lineno or 0, column(call.end_lineno or 0, call.end_col_offset or 0))
        for call in calls
    }


def found_calls(data: bytes) -> set[tuple[int, int, int, int]]:
    facts = extract(data)
    sites = (
        facts.sites[operation.site]
        for block in facts.blocks
        for operation in block.operations
        if isinstance(operation, Call) and operation.role == ""
    )
    return {(site.line, site.column, site.end_line, site.end_column) for site in sites}


@pytest.mark.parametrize("name", FILES)
def test_spans_are_those_of_libcst(name: str) -> None:
    data = (STDLIB / name).read_bytes()
    assert [(tree, own, stated) for tree, own, stated in positions(data) if own != stated] == []


@pytest.mark.parametrize("layout", ODD_LAYOUTS)
def test_spans_in_odd_layouts(layout: str) -> None:
    compared = list(positions(ODD_LAYOUTS[layout].encode()))
    assert compared
    assert [(tree, own, stated) for tree, own, stated in compared if own != stated] == []


@pytest.mark.parametrize("name", FILES)
def test_every_written_call_is_found_at_its_name(name: str) -> None:
    data = (STDLIB / name).read_bytes()
    assert found_calls(data) == written_calls(decode(data))


def test_a_chain_over_lines_is_placed_at_its_names() -> None:
    assert found_calls(b"(\n  a.b()\n    .c(\n      d)\n)\n") == {(2, 4, 2, 7), (3, 5, 4, 8)}
