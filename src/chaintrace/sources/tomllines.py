"""Find the lines of a TOML file on which its keys, tables and array elements stand.

tomllib gives values and forgets where they were.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

Keys = tuple[str | int, ...]

_PLACE = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'  # up to two quotes may stand before the last three
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'",
    re.DOTALL,
)


def lines_of_keys(text: str) -> dict[Keys, int]:
    """Return the line, counted from 1, of every key path in `text`, which is valid TOML."""
    return _Scanner(text).scanned()


def line_of(text: str, keys: Keys) -> int:
    """Return the line of `keys` in valid TOML, or of the longest beginning of them that is there."""
    lines = lines_of_keys(text)
    known = (keys[:length] for length in range(len(keys), 0, -1))
    return next((lines[each] for each in known if each in lines), 1)


def mistake_in(complaint: str, known: Mapping[Keys, Sequence[str]]) -> tuple[Keys, str]:
    """Return the keys that a complaint of msgspec is about, and the complaint in our words.

    `known` holds the keys that there are in the file, () for its top, and in the tables of its arrays.
    """
    place = _PLACE.search(complaint)
    keys: Keys = tuple(key or int(number) for key, number in (_STEP.findall(place[1]) if place else []))
    text = complaint[: place.start()] if place else complaint
    shown = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")
    before = f"{shown}: " if shown else ""
    unknown = _UNKNOWN.fullmatch(text)
    if unknown:
        there = known[keys[:1]]
        near = get_close_matches(unknown[1], there, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"the keys are {', '.join(there)}"
        return (*keys, unknown[1]), f"{before}there is no key `{unknown[1]}`; {hint}"
    return keys, f"{before}{text[:1].lower()}{text[1:]}"


def not_toml(name: str, complaint: str) -> str:
    """Return what tomllib complains of in the file `name`, with the line in front."""
    head, mark, tail = complaint.rpartition(" (at line ")
    line = tail.partition(",")[0].rstrip(")")
    return (
        f"{name}:{line}: not TOML ({head})" if mark and line.isdigit() else f"{name}: not TOML ({complaint})"
    )


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._newlines = [at for at, character in enumerate(text) if character == "\n"]
        self._lines: dict[Keys, int] = {}
        self._tables: dict[Keys, int] = {}  # how many tables each array of tables has so far

    def scanned(self) -> dict[Keys, int]:
        base: Keys = ()
        while self._skip() < len(self._text):
            if self._text[self._at] == "[":
                base = self._header()
            else:
                self._pair(base)
        return self._lines

    def _skip(self) -> int:
        """Go on to the next character that is neither space nor comment."""
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _note(self, keys: Keys, at: int) -> None:
        self._lines.setdefault(keys, bisect_left(self._newlines, at) + 1)

    def _header(self) -> Keys:
        start = self._at
        is_array = self._text.startswith("[[", start)
        self._at += 2 if is_array else 1
        keys: Keys = ()
        for key in self._keys():
            keys = (*keys, key)
            self._note(keys, start)
            if keys in self._tables:
                inside = (*keys, self._tables[keys] - 1)
                last, keys = keys, inside
            else:
                last = keys
        if is_array:
            count = self._tables.get(last, 0)
            self._tables[last] = count + 1
            keys = (*last, count)
        self._note(keys, start)
        self._at = self._text.index("]", self._skip()) + (2 if is_array else 1)
        return keys

    def _pair(self, base: Keys) -> None:
        start, keys = self._at, base
        for key in self._keys():
            keys = (*keys, key)
            self._note(keys, start)
        self._skip()
        self._at += 1  # the sign between key and value
        self._value(keys)

    def _keys(self) -> Iterator[str]:
        """Yield the parts of a dotted key."""
        while True:
            self._skip()
            quoted = _STRING.match(self._text, self._at)
            bare = _BARE_KEY.match(self._text, self._at)
            found = quoted or bare
            if found is None:
                return
            self._at = found.end()
            yield str(tomllib.loads(f"x = {found[0]}")["x"]) if quoted else found[0]
            self._skip()
            if not self._text.startswith(".", self._at):
                return
            self._at += 1

    def _value(self, keys: Keys) -> None:
        self._skip()
        self._note(keys, self._at)
        opening = self._text[self._at]
        if opening == "[":
            self._array(keys)
        elif opening == "{":
            self._inline(keys)
        else:
            found = _STRING.match(self._text, self._at) or _BARE_VALUE.match(self._text, self._at)
            self._at = found.end() if found else len(self._text)

    def _array(self, keys: Keys) -> None:
        self._at += 1
        count = 0
        while self._text[self._skip()] != "]":
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._value((*keys, count))
            count += 1
        self._at += 1

    def _inline(self, keys: Keys) -> None:
        self._at += 1
        while self._text[self._skip()] != "}":
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._pair(keys)
        self._at += 1
