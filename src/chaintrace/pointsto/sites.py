"""Sites: from an index in the facts to a span, a source line and a condition."""

import re
from collections.abc import Callable, Sequence

from chaintrace.graph.conditions import Condition
from chaintrace.ir.location import Span
from chaintrace.project.modules import Code, Module

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
_WEAKER = re.compile(r"\b(?:or|if|lambda)\b|:=")
GUARD_LIMIT = 1000  # characters after which the conditions further out are left away


class Sites:
    """Place sites in their files."""

    def __init__(self, lines: Callable[[Module], Sequence[str]]) -> None:
        self._lines = lines
        self._cached: dict[str, Sequence[str]] = {}
        self._guards: dict[tuple[str, int], str] = {}
        self._rows: dict[tuple[str, int], int] = {}
        self.conditions: list[Condition] = []

    def span(self, code: Code, site: int) -> Span:
        """Return the span of a site; a negative one stands for the whole block."""
        place = code.module.facts.sites[site if site >= 0 else code.block.site]
        return Span(code.module.path, place.line, place.column, place.end_line, place.end_column)

    def within(self, code: Code, site: int, word: str) -> Span:
        """Return where a word first stands in the lines of a site, its whole span where it does not."""
        whole = self.span(code, site)
        pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        for number, text in enumerate(self._all(code.module)[whole.line - 1 : whole.end_line], whole.line):
            found = pattern.search(text) if word else None
            if found is not None:
                return Span(whole.path, number, found.start(), number, found.end())
        return whole

    def _all(self, module: Module) -> Sequence[str]:
        lines = self._cached.get(module.name)
        if lines is None:
            lines = self._cached[module.name] = self._lines(module)
        return lines

    def text(self, code: Code, site: int) -> str:
        """Return the stripped source line of a site."""
        lines = self._all(code.module)
        line = self.span(code, site).line
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def guard(self, code: Code, site: int) -> str:
        """Return the condition under which a site runs, "" when its block always runs it."""
        if site < 0:
            return ""
        index = code.module.facts.sites[site].guard
        key = (code.module.name, index)
        if key not in self._guards:
            self._guards[key] = _guard(code.module, index)
        return self._guards[key]

    def condition(self, code: Code, site: int) -> int:
        """Return the row in `conditions` of the innermost condition of a site, -1 for none."""
        return self._condition(code.module, code.module.facts.sites[site].guard) if site >= 0 else -1

    def _condition(self, module: Module, index: int) -> int:
        """Return the row of a guard, made after those around it."""
        pending: list[int] = []
        while index >= 0 and (module.name, index) not in self._rows:
            pending.append(index)
            index = module.facts.guards[index].parent
        row = self._rows[module.name, index] if index >= 0 else -1
        lines = self._all(module) if pending else ()
        for index in reversed(pending):
            guard = module.facts.guards[index]
            code = lines[guard.line - 1].strip() if 0 < guard.line <= len(lines) else ""
            test = guard.test
            self.conditions.append(
                Condition(
                    guard.text,
                    guard.negated,
                    test.form,
                    test.subject,
                    test.value,
                    module.path,
                    guard.line,
                    code,
                    row,
                )
            )
            row = self._rows[module.name, index] = len(self.conditions) - 1
        return row


def _guard(module: Module, index: int) -> str:
    """Return a guard with those around it, each once.

    Of very many, as early returns make them, the innermost ones.
    """
    parts: list[str] = []
    size = 0
    while index >= 0 and size < GUARD_LIMIT:
        guard = module.facts.guards[index]
        said = f"not ({guard.text})" if guard.negated else guard.text
        if said not in parts:
            parts.append(said)
            size += len(said) + len(" and ")
        index = guard.parent
    if index >= 0:
        parts.append("...")
    if len(parts) > 1:
        parts = [f"({part})" if _binds_weaker(part) else part for part in parts]
    return " and ".join(reversed(parts))


def _binds_weaker(text: str) -> bool:
    """Say whether a condition would fall apart beside an `and`."""
    before = ""
    while before != text:
        before, text = text, _BRACKETS.sub("", text)
    return _WEAKER.search(text) is not None
