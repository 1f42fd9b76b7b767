"""Survey of literals, strings and displays."""

from collections.abc import Sequence
from typing import ClassVar

import libcst as cst

from chaintrace.frontend.survey.walk import Walk

_StringPart = cst.BaseFormattedStringContent | cst.BaseTemplatedStringContent


class DisplaySurvey(Walk):
    """Walk literals and displays in code order."""

    methods: ClassVar[dict[str, str]] = {
        "Integer": "literal",
        "Float": "literal",
        "Imaginary": "literal",
        "SimpleString": "literal",
        "Ellipsis": "ellipsis",
        "ConcatenatedString": "concatenated",
        "FormattedString": "formatted",
        "TemplatedString": "formatted",
        "Tuple": "tuple_",
        "List": "list_",
        "Set": "set_",
        "StarredElement": "starred",
        "Dict": "dict_",
    }

    def literal(self, tree: cst.Integer | cst.Float | cst.Imaginary | cst.SimpleString) -> None:
        """Walk a literal."""
        self.at += len(tree.value)

    def ellipsis(self, _tree: cst.Ellipsis) -> None:
        """Walk `...`."""
        self.at += 3

    def concatenated(self, tree: cst.ConcatenatedString) -> None:
        """Walk adjacent strings."""
        self.visit(tree.left)
        self.space(tree.whitespace_between)
        self.visit(tree.right)

    def formatted(self, tree: cst.FormattedString | cst.TemplatedString) -> None:
        """Walk an f-string or t-string."""
        self.at += len(tree.start)
        self.string_parts(tree.parts)
        self.at += len(tree.end)

    def string_parts(self, parts: Sequence[_StringPart]) -> None:
        """Walk the parts of an f-string or of a format specification."""
        for part in parts:
            if isinstance(part, cst.FormattedStringText | cst.TemplatedStringText):
                self.at += len(part.value)
            elif isinstance(part, cst.FormattedStringExpression | cst.TemplatedStringExpression):
                self.replacement(part)

    def replacement(self, part: cst.FormattedStringExpression | cst.TemplatedStringExpression) -> None:
        """Walk `{value!r:spec}`."""
        self.at += 1
        self.space(part.whitespace_before_expression)
        self.visit(part.expression)
        if part.equal is not None:
            self.mark(part.equal)
        self.space(part.whitespace_after_expression)
        if part.conversion is not None:
            self.at += 1 + len(part.conversion)
        if part.format_spec is not None:
            self.at += 1
            self.string_parts(part.format_spec)
        self.at += 1

    def tuple_(self, tree: cst.Tuple) -> None:
        """Walk the elements of a tuple."""
        for element in tree.elements:
            self.element(element)

    def list_(self, tree: cst.List) -> None:
        """Walk a list display."""
        self.opening(tree.lbracket)
        for element in tree.elements:
            self.element(element)
        self.closing(tree.rbracket)

    def set_(self, tree: cst.Set) -> None:
        """Walk a set display."""
        self.opening(tree.lbrace)
        for element in tree.elements:
            self.element(element)
        self.closing(tree.rbrace)

    def element(self, element: cst.BaseElement) -> None:
        """Walk one element of a tuple, list or set."""
        if element.__class__ is cst.Element:
            self.visit(element.value)
        else:
            self.visit(element)
        self.comma(element.comma)

    def starred(self, tree: cst.StarredElement) -> None:
        """Walk `*a`."""
        self.at += 1
        self.space(tree.whitespace_before_value)
        self.visit(tree.value)

    def dict_(self, tree: cst.Dict) -> None:
        """Walk a dict display."""
        self.opening(tree.lbrace)
        for element in tree.elements:
            if isinstance(element, cst.DictElement):
                self.visit(element.key)
                self.space(element.whitespace_before_colon)
                self.at += 1
                self.space(element.whitespace_after_colon)
            elif isinstance(element, cst.StarredDictElement):
                self.at += 2
                self.space(element.whitespace_before_value)
            self.visit(element.value)
            self.comma(element.comma)
        self.closing(tree.rbrace)
