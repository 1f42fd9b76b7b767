"""The file under the front end's hands: its text, its surveyed tree and the facts gathered so far."""

import re
from bisect import bisect_right

import libcst as cst

from chaintrace.frontend.survey import Survey
from chaintrace.ir.facts import Block, Guard, Learned, Site

_LINE_BREAK = re.compile(r"\r\n?|\n")
_TEXT_LIMIT = 200
_ATOMS = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.BaseString)


class Source:
    """Collect the blocks, sites and guards of one file."""

    def __init__(self, text: str, module: cst.Module) -> None:
        survey = Survey(module)
        # A tree does not keep quite all of the odder layouts (a form feed inside an indentation). Offsets
        # belong to the text that the tree keeps; its lines are those of the file.
        self.text = text = text if survey.at == len(text) else module.code
        self.module = module
        self.spans = survey.spans
        self.scope_of = survey.scope_of
        self.assigned = survey.assigned
        self.starts = [0, *(found.end() for found in _LINE_BREAK.finditer(text))]
        self.texts: list[cst.CSTNode] = []  # trees parsed out of literals; `spans` knows them by id
        self.blocks: list[Block] = []
        self.sites: list[Site] = []
        self.guards: list[Guard] = []
        self.guard_index: dict[Guard, int] = {}
        self.learned: dict[int, Learned] = {}  # what the truth of a test, by its id, says of a register

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line (from 1) and column (from 0) of an offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1]

    def add_site(self, start: int, end: int, guard: int) -> int:
        """Record the place between two offsets; return its index."""
        starts = self.starts
        line = bisect_right(starts, start)
        end_line = line if line == len(starts) or end < starts[line] else bisect_right(starts, end)
        self.sites.append(Site(line, start - starts[line - 1], end_line, end - starts[end_line - 1], guard))
        return len(self.sites) - 1

    def add_guard(self, guard: Guard) -> int:
        """Record a guard once; return its index."""
        index = self.guard_index.get(guard)
        if index is None:
            index = self.guard_index[guard] = len(self.guards)
            self.guards.append(guard)
        return index

    def line_of(self, tree: cst.CSTNode) -> int:
        """Return the line on which a surveyed tree starts."""
        return self.position(self.spans[id(tree)][0])[0]

    def text_of(self, tree: cst.CSTNode) -> str:
        """Return the source text of a surveyed tree on one line, shortened."""
        start, end = self.spans[id(tree)]
        return shorten(self.text[start:end])

    def operand_text(self, tree: cst.BaseExpression) -> str:
        """Return the source text of a part of an expression, in brackets where it needs those it has."""
        text = self.text_of(tree)
        return f"({text})" if tree.lpar and not isinstance(tree, _ATOMS) else text


def shorten(text: str) -> str:
    """Return `text` on one line with single spaces, at most 200 characters."""
    return " ".join(text.split())[:_TEXT_LIMIT]


def anchor(tree: cst.CSTNode, spans: dict[int, tuple[int, int]]) -> int:
    """Return the offset of an expression's last name (`b` in `a.b`, `a.b(…)`, `a.b[…]`) or its start."""
    while True:
        cls = tree.__class__
        if cls is cst.Attribute:
            return spans[id(tree)][1] - len(tree.attr.value)  # type: ignore[attr-defined]
        if cls is cst.Call:
            tree = tree.func  # type: ignore[attr-defined]
        elif cls is cst.Subscript:
            tree = tree.value  # type: ignore[attr-defined]
        else:
            return spans[id(tree)][0]
