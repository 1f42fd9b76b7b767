"""Which files a question needs: those that name its ends, and whatever those import.

It is read off the bytes of the files, before any of them is parsed: import statements anywhere, in functions
too, dotted names in strings, and for files that import by computed names all modules right below the packages
they name. What stands in a comment or a text counts as well, so more is read than Python would import, not
less.
"""

import re
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from chaintrace.errors import SourceError
from chaintrace.sources.source import SourceFile

_GAP = rb"(?:[ \t\f]|\\\n)"
_NAMES = rb"(\((?:[^)#]|#[^\n]*)*\)|(?:[^\n\\#;]|\\\n)*)"
_FROM = re.compile(rb"\bfrom\b((?:[.\w\x80-\xff \t\f]|\\\n)+?)\bimport\b" + _GAP + rb"*" + _NAMES)
_IMPORT = re.compile(rb"(?:^|[;:]|\blazy\b)" + _GAP + rb"*import\b" + _GAP + rb"+" + _NAMES, re.MULTILINE)
_TEXT = re.compile(rb"[\"'](\.*[\w\x80-\xff]+(?:\.[\w\x80-\xff]+)*)")
_COMPUTED = re.compile(rb"\b(?:import_module|__import__|iter_modules|walk_packages)\b")
_COMMENT = re.compile(rb"#[^\n]*")
_WILD = re.compile(r"(\*+|\?|\[!?\]?[^\]]*\])")
_ONE = rb"(?:\w|[\xc0-\xff][\x80-\xbf]*)"
_PLACE = re.compile(r"(.+\.py):\d+")
_TEST_FILES = ("test_*.py", "*_test.py", "conftest.py")


def needed_files(files: Sequence[SourceFile], patterns: Iterable[str]) -> list[SourceFile]:
    """Return the files that name what `patterns` mean, and all that they import, in the order given.

    Patterns are those of a question: dotted names, globs, places. All files are returned where no file names
    a pattern: then nothing can be left out.
    """
    contents = {file: _content(file) for file in files}
    starts: list[SourceFile] = []
    for pattern in patterns:
        naming = [file for file in files if _names(file, contents[file], pattern)]
        if not naming:
            return list(files)
        starts += naming
    reached = Imports(contents).closure(starts)
    return [file for file in files if file in reached]


def is_mentioned(files: Iterable[SourceFile], pattern: str) -> bool:
    """Say whether the last word of a pattern stands in any of the files, without which it means nothing."""
    last = pattern.strip() if _PLACE.fullmatch(pattern.strip()) else pattern.strip().rpartition(".")[2]
    return any(_names(file, _content(file), last) for file in files)


def _content(file: SourceFile) -> bytes:
    """Return the text of a file with line feeds for all ends of lines, and no mark at its beginning."""
    try:
        return file.read().removeprefix(BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    except SourceError:  # said where its facts are made
        return b""


def _names(file: SourceFile, data: bytes, pattern: str) -> bool:
    """Say whether a file may hold, inherit or use what a pattern means.

    It has the last word of the pattern, and the others in its text or in its own dotted name; or it makes
    what stands before the last dot, of which the last word may be inherited.
    """
    if place := _PLACE.fullmatch(pattern.strip()):
        wanted = place[1].replace("\\", "/").removeprefix("./")
        return file.path == wanted or file.path.endswith(f"/{wanted}")
    *heads, last = re.sub(r"<\w+>", "*", pattern.strip()).split(".")
    own = file.module.split(".")
    if _has(data, last) or own[-1] == last:
        return all(head in own or _has(data, head) for head in heads)
    return bool(heads) and _makes(data, heads[-1])


def _has(data: bytes, word: str) -> bool:
    """Say whether a word (or glob of one) stands in a text as a whole."""
    plain = not any(character in word for character in "*?[")
    if plain and word.encode() not in data:
        return False
    return re.search(rb"(?<!\w)" + _as_words(word) + rb"(?!\w)", data) is not None


def _as_words(word: str) -> bytes:
    """Return a glob as a regular expression over one word; a set stands for any character."""
    parts = enumerate(_WILD.split(word))
    return b"".join(
        re.escape(part.encode()) if at % 2 == 0 else _ONE + b"*" if part[0] == "*" else _ONE
        for at, part in parts
    )


def _makes(data: bytes, name: str) -> bool:
    """Say whether a text defines a class of this name, or gives the name to something."""
    word = re.escape(name.encode())
    if name.encode() not in data:
        return False
    made = rb"\bclass\s+%b(?!\w)|\bas\s+%b(?!\w)|^[ \t]*%b\s*(?::[^=\n]*)?=(?!=)" % (word, word, word)
    return re.search(made, data, re.MULTILINE) is not None


class Imports:
    """Find what files import, by the modules that there are; `contents` are the bytes of all files."""

    def __init__(self, contents: Mapping[SourceFile, bytes]) -> None:
        self.contents = contents
        self.modules: dict[str, list[SourceFile]] = {}
        self.children: dict[str, list[str]] = {}
        self.settings: dict[str, list[str]] = {}
        for file in contents:
            self.modules.setdefault(file.module, []).append(file)
            self.children.setdefault(file.module.rpartition(".")[0], []).append(file.module)
            if file.path.rpartition("/")[2] == "conftest.py":
                self.settings.setdefault(file.path.rpartition("/")[0], []).append(file.module)

    def closure(self, starts: Iterable[SourceFile]) -> set[SourceFile]:
        """Return the files that these lead to, themselves included."""
        reached = set(starts)
        waiting = list(reached)
        while waiting:
            file = waiting.pop()
            for name in self.of(file):
                for part in _prefixes(name):
                    fresh = [found for found in self.modules.get(part, ()) if found not in reached]
                    reached.update(fresh)
                    waiting += fresh
        return reached

    def of(self, file: SourceFile) -> Iterator[str]:
        """Yield the dotted names that a file imports or may import, and that of its own package."""
        data = self.contents[file]
        yield file.module
        yield from _statements(file, data)
        computed = _COMPUTED.search(data) is not None
        for text in set(_TEXT.findall(data)):
            name = _absolute(file, _decoded(text))
            if "." in name or computed:
                yield name
            if computed:
                yield from self.children.get(name, ())
        if computed:
            yield from self.children.get(_package(file), ())
        if any(PurePosixPath(file.path).match(form) for form in _TEST_FILES):
            for above in PurePosixPath(file.path).parents:
                yield from self.settings.get(above.as_posix().removeprefix("."), ())


def _statements(file: SourceFile, data: bytes) -> Iterator[str]:
    """Yield the absolute names of what import statements name."""
    for origin, names in _FROM.findall(data):
        base = _absolute(file, _decoded(b"".join(origin.replace(b"\\", b" ").split())))
        yield base
        for name in _listed(names):
            yield f"{base}.{name}" if base else name
    for (names,) in ((found,) for found in _IMPORT.findall(data)):
        yield from _listed(names)


def _listed(names: bytes) -> Iterator[str]:
    """Yield the names of a list `a.b as c, d`, in brackets or not."""
    for part in _COMMENT.sub(b"", names).strip(b"() \t\r\n").split(b","):
        words = part.replace(b"\\", b" ").split()
        if words:
            yield _decoded(words[0])


def _decoded(name: bytes) -> str:
    """Return a name as Python has it."""
    return unicodedata.normalize("NFKC", name.decode(errors="replace"))


def _absolute(file: SourceFile, name: str) -> str:
    """Return the absolute name of one that may start with dots."""
    plain = name.lstrip(".")
    level = len(name) - len(plain)
    if level == 0:
        return name
    package = _package(file)
    for _ in range(level - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{plain}" if package and plain else package or plain


def _package(file: SourceFile) -> str:
    return file.module if file.is_package else file.module.rpartition(".")[0]


def _prefixes(name: str) -> Iterator[str]:
    """Yield `a.b.c`, `a.b`, `a`: importing a module runs the packages around it."""
    while name:
        yield name
        name = name.rpartition(".")[0]
