"""Assumptions on programs that are run: what a run that fulfils them calls is left, and little else."""

import sys
from types import FrameType
from typing import NamedTuple

import pytest

import chaintrace as ct


class Case(NamedTuple):
    """A body that calls `t` or `e`, the arguments of a run, an assumption they fulfil, and what it leaves."""

    body: str
    arguments: str
    assumption: str
    left: str


TEST = "if {}: t()\nelse: e()"
CASES = [
    Case(TEST.format("x"), "1, 0", "x", "t"),
    Case(TEST.format("not x"), "0, 0", "not x", "t"),
    Case(TEST.format("'a' == x"), "'b', 0", "x == 'b'", "e"),
    Case(TEST.format("x != 'a'"), "'b', 0", "x != 'a'", "t"),
    Case(TEST.format("x in ('a', 'b')"), "'b', 0", "x == 'b'", "t"),
    Case(TEST.format("x not in ['a', 'b']"), "'c', 0", "x == 'c'", "t"),
    Case(TEST.format("x == 'a'"), "'a', 0", "x in ('a',)", "t"),
    Case(TEST.format("x == 'c'"), "'a', 0", "x in ('a', 'b')", "e"),
    Case(TEST.format("x == 'a'"), "'b', 0", "x in ('a', 'b')", "te"),
    Case(TEST.format("x == 'a'"), "'c', 0", "x not in ('a', 'b')", "e"),
    Case(TEST.format("x in ('a', 'b', 'c')"), "'a', 0", "x in ('a', 'b')", "t"),
    Case(TEST.format("x"), "'a', 0", "x in ('a', 'b')", "t"),
    Case(TEST.format("x is None"), "3, 0", "x is not None", "e"),
    Case(TEST.format("x"), "0, 0", "x is not None", "te"),
    Case(TEST.format("x == 3"), "3.0, 0", "x == 3.0", "t"),
    Case(TEST.format("x == True"), "1, 0", "x == 1", "t"),
    Case(TEST.format("x is True"), "1, 0", "x == 1", "e"),
    Case(TEST.format("x is True"), "1, 0", "x", "te"),
    Case(TEST.format("x is False"), "0, 0", "not x", "te"),
    Case(TEST.format("x is False"), "1, 0", "x", "e"),
    Case(TEST.format("x == 0"), "None, 0", "not x", "te"),
    Case(TEST.format("x > 3"), "5, 0", "x == 5", "t"),
    Case(TEST.format("5 <= x"), "5, 0", "x == 5", "t"),
    Case(TEST.format("0 < x < 5"), "5, 0", "x == 5", "e"),
    Case(TEST.format("x >= 2"), "1, 0", "x in (0, 1)", "e"),
    Case(TEST.format("x == -1"), "-1, 0", "x == -1", "t"),
    Case(TEST.format("x is Color.RED"), "Color.BLUE, 0", "x == Color.BLUE", "e"),
    Case(TEST.format("x in {Color.RED, Color.BLUE}"), "Color.RED, 0", "x is Color.RED", "t"),
    Case(TEST.format("isinstance(x, A)"), "A(), 0", "isinstance(x, A)", "t"),
    Case(TEST.format("x.mode == 'a'"), "Bag(mode='b'), 0", "x.mode == 'b'", "e"),
    Case(TEST.format("x['mode'] == 'a'"), "{'mode': 'b'}, 0", "x.mode == 'b'", "e"),
    Case(TEST.format("x.get('mode', 'a') == 'a'"), "{'mode': 'b'}, 0", "x.mode == 'b'", "e"),
    Case(TEST.format("getattr(x, 'mode', None)"), "Bag(mode=0), 0", "x.mode == 0", "e"),
    Case(TEST.format("x.mode.lower() == 'a'"), "Bag(mode='A'), 0", "x.mode == 'A'", "te"),
    Case(TEST.format("(z := x) is None"), "None, 0", "x is None", "t"),
    Case(TEST.format("x and y"), "1, 0", "not y", "e"),
    Case(TEST.format("not (x or y)"), "0, 0", "not x and not y", "t"),
    Case("match x:\n case 'a': t()\n case _: e()", "'a', 0", "x == 'a'", "t"),
    Case("match x:\n case 'a': t()\n case _: e()", "'b', 0", "x == 'b'", "e"),
    Case("match x:\n case 'a' | 'b': t()\n case other: e()", "'b', 0", "x == 'b'", "t"),
    Case("match x:\n case 1: t()\n case 'a' | None: e()", "None, 0", "x is None", "e"),
    Case("match x:\n case Color.RED: t()\n case Color.BLUE: e()", "Color.BLUE, 0", "x == Color.BLUE", "e"),
    Case("match x:\n case A(): t()\n case _: e()", "A(), 0", "isinstance(x, A)", "t"),
    Case("match x:\n case 'a' if y: t()\n case 'a': e()", "'a', 0", "x == 'a'", "te"),
    Case("match x:\n case 'a' if y: t()\n case _: e()", "'a', 0", "not y", "e"),
    Case("match x:\n case [1, *_]: t()\n case _: e()", "[1], 0", "x", "te"),
    Case("if x: return t()\ne()", "1, 0", "x", "t"),
    Case("if not x: raise SystemExit(t())\ne()", "1, 0", "x", "e"),
    Case("for _ in [1]:\n if x: continue\n t()\ne()", "1, 0", "x", "e"),
    Case("while True:\n if x: break\n t()\ne()", "1, 0", "x", "e"),
    Case("while x: t()\nelse: e()", "0, 0", "not x", "e"),
    Case("[t() for _ in [1] if x]; [e() for _ in [1] if not x]", "1, 0", "x", "t"),
    Case("x and t()\nx or e()", "1, 0", "x", "t"),
    Case("f = t if x else e\nf()", "0, 0", "not x", "e"),
    Case("def g():\n if x: t()\n else: e()\ng()", "1, 0", "x", "t"),
    Case("try:\n if x: raise KeyError\n t()\nexcept KeyError: e()", "1, 0", "x", "e"),
    Case("if x is None: x = 1\nif x is not None: t()\nelse: e()", "None, 0", "x is None", "te"),
    Case("if not x:\n x = 1\n if x: t()\n else: e()", "0, 0", "not x", "te"),
    Case("if x: return\nx = 1\nif x: t()", "0, 0", "not x", "t"),
    Case("if x is None: y = 1\nif x is None: t()\nelse: e()", "None, 0", "x is None", "t"),
    Case("y = x.mode\nif x.mode: t()\nelse: e()", "Bag(mode=1), 0", "x.mode", "t"),
]
HEAD = """\
import enum
class Color(enum.Enum):
    RED = 1
    BLUE = 2
class Bag:
    def __init__(self, **items): self.__dict__.update(items)
class A: ...
"""


def function_of(number: int) -> str:
    """Return a case as functions whose names no other case has."""
    lines = "".join(f"    {line}\n" for line in CASES[number].body.split("\n"))
    text = lines.replace("t()", f"t{number}()").replace("e()", f"e{number}()")
    text = text.replace("= t if", f"= t{number} if").replace("else e\n", f"else e{number}\n")
    names = f"def t{number}(): ...\ndef e{number}(): ...\n"
    return f"{names}def main{number}({named('x', number)}, {named('y', number)}):\n{renamed(text, number)}"


def renamed(text: str, number: int) -> str:
    """Give the parameters names of their own, so that an assumption is about one case."""
    import re

    return re.sub(r"(?<![\w'])([xy])(?![\w'])", lambda found: named(found[1], number), text)


def named(name: str, number: int) -> str:
    return f"{name}{number}"


@pytest.fixture(scope="module")
def source() -> str:
    calls = "".join(
        f"    try: main{number}(*({case.arguments},))\n    except SystemExit: ...\n"
        for number, case in enumerate(CASES)
    )
    functions = "".join(map(function_of, range(len(CASES))))
    return f"{HEAD}{functions}def all():\n{calls}if __name__ == '__main__': all()\n"


@pytest.fixture(scope="module")
def ran(source: str) -> set[str]:
    names: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            names.add(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        exec(compile(source, "m.py", "exec"), {"__name__": "__main__"})  # noqa: S102 - text of this file
    finally:
        sys.setprofile(before)
    return names


@pytest.fixture(scope="module")
def answer(source: str) -> ct.Answer:
    assumed = [renamed(case.assumption, number) for number, case in enumerate(CASES)]
    return ct.Project([ct.Memory({"m.py": source})], cache=False, jobs=1).analyze(assume=assumed)


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=[f"{case.assumption}: {case.body}" for case in CASES]
)
def test_what_a_run_calls_is_left_and_little_else(number: int, ran: set[str], answer: ct.Answer) -> None:
    called = {hop.target.name for hop in answer.callees(f"m.main{number}", depth=None)}
    left = {letter for letter in "te" if f"m.{letter}{number}" in called}
    assert {letter for letter in "te" if f"{letter}{number}" in ran} <= left
    assert left == set(CASES[number].left)
