"""Guards of `match`: the condition under which each case runs, as an `if` would state it where one can."""

import libcst as cst
import msgspec

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.flow import Fact
from chaintrace.frontend.source import shorten
from chaintrace.ir.facts import Guard, Learned, Test


class Cases:
    """Make the guards of the cases of one `match`, in their order.

    What the subject is compared with in the cases before is remembered, since a pattern that could take
    the same runs only where those failed.
    """

    def __init__(self, b: Builder, tree: cst.Match, place: str) -> None:
        self.b = b
        self.subject = b.source.operand_text(tree.subject)
        self.changed = b.changed(tree.subject)
        self.parent = b.guard
        self.values: list[tuple[str, int]] = []
        self.failed: list[tuple[str, Test, int]] = []
        self.register = b.flow.names.get(place, -1) if b.flow is not None else -1
        self.learned: dict[tuple[str, int], Learned] = {}

    def guard(self, case: cst.MatchCase) -> int:
        """Return the guard of a case's body, but for what stands behind its `if`."""
        line = self.b.source.line_of(case.pattern)
        values = _values(self.b, case.pattern)
        if values:
            text, test = self._equal(values)
            guard = self._add(text, test, line, self.parent)
            if case.guard is None:
                self.values += [(value, line) for value in values]
            return guard
        guard = self._rest()
        if takes_all(case.pattern):
            return guard
        text, test, is_whole = self._read(case.pattern)
        if case.guard is None and is_whole:
            self.failed.append((text, test, line))
        return self._add(text, test, line, guard)

    def learn(self, at: int, fact: Fact) -> None:
        """Take note what the guard of a case, just lowered, says of the register of the subject."""
        guard = self.b.source.guards[at]
        if self.register < 0 or guard.learned is not None or guard.test.form not in ("isinstance", "none"):
            return
        learned = Learned(self.register, *fact)
        self.learned[guard.text, guard.line] = learned
        self.b.source.guards[at] = msgspec.structs.replace(guard, learned=learned)
        self.b.source.guard_index[self.b.source.guards[at]] = at

    def _rest(self) -> int:
        """Return the guard of what runs where the cases before failed."""
        guard = self.parent
        if self.values:
            text, test = self._equal([value for value, _ in self.values])
            guard = self._add(text, test, self.values[0][1], guard, negated=True)
        for text, test, line in self.failed:
            guard = self._add(text, test, line, guard, negated=True)
        return guard

    def _add(self, text: str, test: Test, line: int, parent: int, *, negated: bool = False) -> int:
        text = shorten(text)
        learned = self.learned.get((text, line)) if negated else None
        if learned is not None:
            learned = msgspec.structs.replace(learned, negated=not learned.negated)
        return self.b.source.add_guard(Guard(text, negated, test, line, parent, self.changed, learned))

    def _equal(self, values: list[str]) -> tuple[str, Test]:
        """Return the condition that the subject is one of some values."""
        if len(values) > 1:
            listed = f"({', '.join(values)})"
            return f"{self.subject} in {listed}", Test("member", self.subject, listed)
        (value,) = values
        if value in ("None", "True", "False"):
            test = Test("none", self.subject) if value == "None" else Test("other")
            return f"{self.subject} is {value}", test
        return f"{self.subject} == {value}", Test("equal", self.subject, value)

    def _read(self, tree: cst.MatchPattern) -> tuple[str, Test, bool]:
        """Return the condition of a pattern that is no value, and whether that is all it asks for."""
        while isinstance(tree, cst.MatchAs) and tree.pattern is not None:
            tree = tree.pattern
        text = self.b.source.text_of(tree)
        if not isinstance(tree, cst.MatchClass):
            return f"match {self.subject}: case {text}", Test("other"), False
        cls = self.b.source.text_of(tree.cls)
        test = Test("isinstance", self.subject, cls)
        if tree.patterns or tree.kwds:
            return f"match {self.subject}: case {text}", test, False
        return f"isinstance({self.subject}, {cls})", test, True


def _values(b: Builder, tree: cst.MatchPattern) -> list[str]:
    """Return the values of which a pattern asks for one, none for any other pattern."""
    while isinstance(tree, cst.MatchAs) and tree.pattern is not None:
        tree = tree.pattern
    if isinstance(tree, cst.MatchValue | cst.MatchSingleton):
        return [b.source.text_of(tree)]
    if not isinstance(tree, cst.MatchOr):
        return []
    parts = [_values(b, element.pattern) for element in tree.patterns]
    return [value for part in parts for value in part] if all(parts) else []


def takes_all(tree: cst.MatchPattern) -> bool:
    """Say whether a pattern never fails."""
    if isinstance(tree, cst.MatchAs):
        return tree.pattern is None or takes_all(tree.pattern)
    return isinstance(tree, cst.MatchOr) and any(takes_all(element.pattern) for element in tree.patterns)
