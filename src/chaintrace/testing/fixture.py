"""Read an annotated fixture: a small program whose `#!` comments say what each line calls.

Grammar of a comment, at the end of a line or alone above the next code line:

    #! TAG: name, name; missing: name; spurious: name

`missing` names what really happens and the analysis does not find, `spurious` what it finds and never
happens. Both refine the tag before them, or `calls` where none stands before. `not-run` says that no run
reaches the line.

`path: f -> g` says that execution gets from `f` to `g`, `no path: f -> g` that it does not; on which line has
no meaning.

A line `#-- pkg/b.py --#` opens another file of the same fixture. The first file is `main.py`; its names are
written bare (`f`, `C.m`, `f.<locals>.g`), those of other files with their module (`pkg.b.f`).
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from chaintrace.errors import ChaintraceError

MAIN = "main.py"
TAGS = ("calls", "spawns", "defines", "writes", "reads", "sends")
RUN_TAGS = ("calls", "spawns", "defines")
PATH_TAGS = ("path", "no path")

_FILE = re.compile(r"#--\s*(\S+)\s*--#\s*")
_COMMENT = re.compile(r"(?:^|\s)#!\s*(.*?)\s*$")


class Note(NamedTuple):
    """Say what one line does under one tag."""

    expected: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    spurious: frozenset[str] = frozenset()

    @property
    def happens(self) -> frozenset[str]:
        """Return what a run of the line shows."""
        return self.expected | self.missing

    @property
    def found(self) -> frozenset[str]:
        """Return what the analysis finds on the line."""
        return self.expected | self.spurious


class Place(NamedTuple):
    """Name one line of one file of a fixture under one tag."""

    path: str
    line: int
    tag: str


class PathNote(NamedTuple):
    """Say whether execution gets from one function to another, and whether the analysis finds so."""

    start: str
    target: str
    happens: bool
    found: bool


class Fixture(NamedTuple):
    """Hold one parsed fixture.

    `files` maps each path to its text, `offsets` to the number of fixture lines above it, so that
    `offsets[path] + line` is the line in the fixture. `functions` holds the names of all functions the
    fixture defines, relative to it; `deferred` those whose call makes a generator or coroutine. `not_run`
    holds (path, line) pairs.
    """

    name: str
    text: str
    files: Mapping[str, str]
    offsets: Mapping[str, int]
    notes: Mapping[Place, Note]
    not_run: frozenset[tuple[str, int]]
    functions: frozenset[str]
    deferred: frozenset[str]
    paths: tuple[PathNote, ...] = ()


def read_fixture(path: Path) -> Fixture:
    """Parse the fixture in the file at `path`."""
    return parse_fixture(path.stem, path.read_text(encoding="utf-8"))


def parse_fixture(name: str, text: str) -> Fixture:
    """Parse the text of a fixture.

    Raises:
        ChaintraceError: a comment does not follow the grammar, or a file is not Python.

    """
    files, offsets = _split(text)
    notes: dict[Place, Note] = {}
    not_run: set[tuple[str, int]] = set()
    paths: list[PathNote] = []
    functions: dict[str, bool] = {}
    for path, content in files.items():
        for line, comment in _comments(content):
            where = f"fixture {name}, line {offsets[path] + line}"
            for tag, note in parse_comment(comment, where).items():
                if tag == "not-run":
                    not_run.add((path, line))
                elif tag in PATH_TAGS:
                    paths += _paths(tag, note, where)
                else:
                    notes[Place(path, line, tag)] = note
        functions.update(_functions(content, path, name))
    deferred = frozenset(function for function, waits in functions.items() if waits)
    return Fixture(
        name, text, files, offsets, notes, frozenset(not_run), frozenset(functions), deferred, tuple(paths)
    )


def parse_comment(comment: str, where: str = "comment") -> dict[str, Note]:
    """Parse what follows `#!` into a note for each tag; the tag `not-run` has an empty note.

    Raises:
        ChaintraceError: a tag is unknown; the message starts with `where`.

    """
    notes: dict[str, Note] = {}
    tag = "calls"
    for section in filter(None, (part.strip() for part in comment.split(";"))):
        word, _, listed = section.partition(":")
        names = frozenset(filter(None, (name.strip() for name in listed.split(","))))
        if word in TAGS or word in PATH_TAGS or word == "not-run":
            tag = word
            notes[tag] = Note(expected=names)
        elif word in ("missing", "spurious"):
            notes[tag] = notes.get(tag, Note())._replace(**{word: names})
        else:
            raise ChaintraceError(
                f"{where}: unknown tag {word!r}; known are {', '.join((*TAGS, *PATH_TAGS))}, not-run"
            )
    return notes


def _paths(tag: str, note: Note, where: str) -> Iterator[PathNote]:
    """Yield what a comment says of paths; what is written under `no path` neither happens nor is found."""
    exists = tag == "path"
    groups = ((note.expected, exists, exists), (note.missing, True, False), (note.spurious, False, True))
    for written, happens, found in groups:
        for pair in sorted(written):
            start, arrow, target = (part.strip() for part in pair.partition("->"))
            if not arrow:
                raise ChaintraceError(f"{where}: a path is written f -> g, not {pair!r}")
            yield PathNote(start, target, happens, found)


def module_of(path: str) -> str:
    """Return the dotted module name of a file: `pkg/b.py` is `pkg.b`, `pkg/__init__.py` is `pkg`."""
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def bare(name: str) -> str:
    """Drop the main file's module from a symbol name."""
    return name.removeprefix(module_of(MAIN) + ".")


def without_comment(line: str) -> str:
    """Return the line without its `#!` comment and the blanks before it."""
    return _COMMENT.sub("", line).rstrip()


def _split(text: str) -> tuple[dict[str, str], dict[str, int]]:
    lines: dict[str, list[str]] = {MAIN: []}
    offsets = {MAIN: 0}
    path = MAIN
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        if opened := _FILE.fullmatch(line):
            path = opened[1]
            lines[path] = []
            offsets[path] = number
        else:
            lines[path].append(line)
    return {path: "".join(parts) for path, parts in lines.items()}, offsets


def _comments(content: str) -> Iterator[tuple[int, str]]:
    """Yield each annotated line and its comment; a comment alone belongs to the next line of code."""
    waiting: list[str] = []
    for number, line in enumerate(content.splitlines(), start=1):
        code = without_comment(line)
        comment = _COMMENT.search(line)
        if comment:
            waiting.append(comment[1])
        if waiting and code and not code.lstrip().startswith("#"):
            yield number, "; ".join(waiting)
            waiting.clear()


def _functions(content: str, path: str, name: str) -> dict[str, bool]:
    """Return the functions of a file, and of each whether its call makes a generator or coroutine."""
    try:
        tree = ast.parse(content, path)
    except SyntaxError as error:
        raise ChaintraceError(f"fixture {name}, {path}: {error}") from error
    found: dict[str, bool] = {}
    _collect(tree, module_of(path) + ".", found)
    return {bare(function): waits for function, waits in found.items()}


def _collect(tree: ast.AST, prefix: str, found: dict[str, bool]) -> None:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            own = prefix + getattr(child, "name", "<lambda>")
            found[own] = found.get(own, False) or isinstance(child, ast.AsyncFunctionDef) or _yields(child)
            _collect(child, own + ".<locals>.", found)
        elif isinstance(child, ast.ClassDef):
            _collect(child, prefix + child.name + ".", found)
        else:
            _collect(child, prefix, found)


def _yields(tree: ast.AST) -> bool:
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return any(
        isinstance(child, ast.Yield | ast.YieldFrom) or (not isinstance(child, inner) and _yields(child))
        for child in ast.iter_child_nodes(tree)
    )
