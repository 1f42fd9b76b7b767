"""Count offsets along a tree in the order in which its code is written.

libcst trees carry no positions, but they carry every character. Adding up lengths in code order gives the
offset of each tree node at a fraction of the cost of generating code. `spans` maps `id(tree)` to (start, end)
offsets without surrounding parentheses and whitespace.
"""

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from chaintrace.frontend.scopes import Kind, Scope

Handler = Callable[[Any], None]
Blank = cst.BaseParenthesizableWhitespace | cst.MaybeSentinel | None


class Offsets:
    """Hold the running offset and skip what means nothing: whitespace, comments, punctuation."""

    def __init__(self, module: cst.Module) -> None:
        self.at = 0
        self.indent = 0
        self.default_indent = len(module.default_indent)
        self.newline = len(module.default_newline)
        self.spans: dict[int, tuple[int, int]] = {}
        self.last_end = 0
        self.scope = Scope(Kind.MODULE, None, 0)
        self.scopes: list[Scope] = [self.scope]
        self.scope_of: dict[int, Scope] = {id(module): self.scope}

    def space(self, blank: Blank) -> None:
        """Skip whitespace of any kind."""
        if blank.__class__ is cst.SimpleWhitespace:
            self.at += len(blank.value)
        elif blank.__class__ is cst.ParenthesizedWhitespace:
            self.wide_space(blank)

    def wide_space(self, blank: cst.ParenthesizedWhitespace) -> None:
        """Skip whitespace that spans lines inside brackets."""
        self.trailing(blank.first_line)
        if blank.empty_lines:
            self.lines(blank.empty_lines)
        if blank.indent:
            self.at += self.indent
        self.at += len(blank.last_line.value)

    def trailing(self, rest: cst.TrailingWhitespace) -> None:
        """Skip the rest of a line: whitespace, comment, line break."""
        self.at += len(rest.whitespace.value)
        if rest.comment is not None:
            self.at += len(rest.comment.value)
        value = rest.newline.value
        self.at += self.newline if value is None else len(value)

    def lines(self, lines: Sequence[cst.EmptyLine]) -> None:
        """Skip lines without code."""
        for line in lines:
            if line.indent:
                self.at += self.indent
            self.at += len(line.whitespace.value)
            if line.comment is not None:
                self.at += len(line.comment.value)
            value = line.newline.value
            self.at += self.newline if value is None else len(value)

    def mark(self, tree: Any) -> None:  # noqa: ANN401 - every bracket and one-token operator has the two fields
        """Skip a token of one character with whitespace on both sides."""
        before = tree.whitespace_before
        if before.__class__ is cst.SimpleWhitespace:
            self.at += 1 + len(before.value)
        else:
            self.at += 1
            self.space(before)
        after = tree.whitespace_after
        if after.__class__ is cst.SimpleWhitespace:
            self.at += len(after.value)
        else:
            self.space(after)

    def comma(self, comma: cst.Comma | cst.MaybeSentinel) -> None:
        """Skip a comma, if it is there."""
        if comma.__class__ is cst.Comma:
            self.mark(comma)

    def operator(self, length: int, tree: Any) -> None:  # noqa: ANN401 - as in `mark`
        """Skip a token of `length` characters with whitespace on both sides."""
        self.space(tree.whitespace_before)
        self.at += length
        self.space(tree.whitespace_after)

    def opening(self, bracket: cst.LeftParen | cst.LeftSquareBracket | cst.LeftCurlyBrace) -> None:
        """Skip an opening bracket."""
        self.at += 1
        self.space(bracket.whitespace_after)

    def closing(self, bracket: cst.RightParen | cst.RightSquareBracket | cst.RightCurlyBrace) -> None:
        """Skip a closing bracket."""
        self.space(bracket.whitespace_before)
        self.at += 1

    def open_scope(self, kind: Kind, tree: cst.CSTNode) -> Scope:
        """Return a new scope below the current one, for the body of `tree`."""
        scope = Scope(kind, self.scope, len(self.scopes))
        self.scopes.append(scope)
        self.scope_of[id(tree)] = scope
        return scope
