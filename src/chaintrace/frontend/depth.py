"""Depth: refuse what would overflow the parser's stack, which ends the process instead of raising an error.

The limits lie far above what people write: Python itself accepts 200 brackets inside each other.
"""

import re

_MOST_BRACKETS = 200
_MOST_OPERATORS = 2500  # in one expression, at one depth of brackets
_MOST_ELIFS = 2500
_TOKEN = re.compile(r"[(\[{}\]),;\n]|[-+*/%&|^~<>@.=:!]+|\b(?:not|and|or|if|in|is|else|lambda|await)\b")
# Comments, and strings without replacement fields.
_PLAIN_TEXT = re.compile(
    r"#[^\r\n]*"
    r"|(?<![fFtT])(?<![fFtT][rR])(?:'{3}(?:[^\\]|\\.)*?'{3}|\"{3}(?:[^\\]|\\.)*?\"{3})"
    r"|(?<![fFtT])(?<![fFtT][rR])(?:'(?:[^'\\\r\n]|\\.)*'|\"(?:[^\"\\\r\n]|\\.)*\")",
    re.DOTALL,
)


def too_deep(text: str) -> bool:
    """Say whether a file nests brackets or chains operators beyond the limits.

    A scan that takes no notice of strings settles it for almost all files.
    """
    if text.count("elif") > _MOST_ELIFS:
        return True
    return _exceeds(text) and _exceeds(_PLAIN_TEXT.sub("", text))


def _exceeds(text: str) -> bool:
    outer: list[int] = []  # the operators counted before each open bracket
    run = 0
    for word in _TOKEN.findall(text):
        if word in "([{":
            outer.append(run)
            run = 0
            if len(outer) > _MOST_BRACKETS:
                return True
        elif word in ")]}":
            run = outer.pop() + 1 if outer else 0
        elif word in ",;" or (word == "\n" and not outer):
            run = 0
        elif word != "\n":
            run += 1
        if run > _MOST_OPERATORS:
            return True
    return False
