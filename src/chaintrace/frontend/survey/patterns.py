"""Survey of `match` patterns: offsets and captured names."""

from collections.abc import Sequence
from typing import ClassVar

import libcst as cst

from chaintrace.frontend.survey.walk import Walk


class PatternSurvey(Walk):
    """Walk patterns in code order."""

    methods: ClassVar[dict[str, str]] = {
        "MatchList": "match_list",
        "MatchTuple": "match_tuple",
        "MatchMapping": "match_mapping",
        "MatchClass": "match_class",
        "MatchAs": "match_as",
        "MatchOr": "match_or",
    }

    def pattern(self, tree: cst.MatchPattern) -> None:
        """Walk one pattern; a value pattern shares the brackets of its value."""
        if isinstance(tree, cst.MatchValue | cst.MatchSingleton):
            self.visit(tree.value)
            self.spans[id(tree)] = self.spans[id(tree.value)]
        else:
            self.visit(tree)

    def capture(self, name: cst.Name | None) -> None:
        """Walk a captured name, or the wildcard, and bind it."""
        if name is None:
            self.at += 1
        else:
            self.bind_target(name)
            self.word(name)

    def sequence(self, patterns: Sequence[cst.MatchSequenceElement | cst.MatchStar]) -> None:
        """Walk the elements of a sequence pattern."""
        for element in patterns:
            if isinstance(element, cst.MatchStar):
                self.at += 1
                self.space(element.whitespace_before_name)
                self.capture(element.name)
            else:
                self.pattern(element.value)
            self.comma(element.comma)

    def match_list(self, tree: cst.MatchList) -> None:
        """Walk `[a, *b]`."""
        if tree.lbracket is not None:
            self.opening(tree.lbracket)
        self.sequence(tree.patterns)
        if tree.rbracket is not None:
            self.closing(tree.rbracket)

    def match_tuple(self, tree: cst.MatchTuple) -> None:
        """Walk `(a, *b)`."""
        self.sequence(tree.patterns)

    def match_mapping(self, tree: cst.MatchMapping) -> None:
        """Walk `{key: a, **rest}`."""
        self.opening(tree.lbrace)
        for element in tree.elements:
            self.visit(element.key)
            self.space(element.whitespace_before_colon)
            self.at += 1
            self.space(element.whitespace_after_colon)
            self.pattern(element.pattern)
            self.comma(element.comma)
        if tree.rest is not None:
            self.at += 2
            self.space(tree.whitespace_before_rest)
            self.capture(tree.rest)
            if tree.trailing_comma is not None:
                self.mark(tree.trailing_comma)
        self.closing(tree.rbrace)

    def match_class(self, tree: cst.MatchClass) -> None:
        """Walk `C(a, key=b)`."""
        self.visit(tree.cls)
        self.space(tree.whitespace_after_cls)
        self.at += 1
        self.space(tree.whitespace_before_patterns)
        self.sequence(tree.patterns)
        for keyword in tree.kwds:
            self.word(keyword.key)
            self.space(keyword.whitespace_before_equal)
            self.at += 1
            self.space(keyword.whitespace_after_equal)
            self.pattern(keyword.pattern)
            self.comma(keyword.comma)
        self.space(tree.whitespace_after_kwds)
        self.at += 1

    def match_as(self, tree: cst.MatchAs) -> None:
        """Walk `pattern as name`, `name` and `_`."""
        if tree.pattern is not None:
            self.pattern(tree.pattern)
            self.space(tree.whitespace_before_as)
            self.at += 2
            self.space(tree.whitespace_after_as)
        else:
            self.space(tree.whitespace_before_as)
            self.space(tree.whitespace_after_as)
        self.capture(tree.name)

    def match_or(self, tree: cst.MatchOr) -> None:
        """Walk `a | b`."""
        for element in tree.patterns:
            self.pattern(element.pattern)
            if element.separator.__class__ is cst.BitOr:
                self.mark(element.separator)
