"""Run small made-up programs that hand functions on in every way: no chain that really ran may be refuted."""

import random
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import chaintrace
from chaintrace.graph.edges import EdgeKind
from chaintrace.graph.graph import Graph
from chaintrace.graph.replay import Needs, Refusal

PROGRAMS = 60
WRITTEN = sorted((Path(__file__).parent / "programs").glob("*.py"))
_ACCESSES = (EdgeKind.READ, EdgeKind.WRITE)
_OPTIMIZED = 0x1  # of code objects, only the bodies of modules and classes lack it

PRELUDE = """
import dataclasses, functools

left = 0

def fuel():
    global left
    left -= 1
    return left > 0

def l0(): ...
def l1(): ...
def l2(): ...
def l3(): ...

def fill(options, key, value): options[key] = value
def same(value): return value
def again(function, *args, **kw):
    for _ in range(2): function(*args, **kw)
def dressed(function):
    @functools.wraps(function)
    def inner(*args, **kw): return function(*args, **kw)
    return inner
def noted(note):
    def dress(function):
        def inner(*args, **kw):
            note()
            return function(*args, **kw)
        return inner
    return dress
def swapped(function):
    def inner(one, two): return function(two, one)
    return inner
def both(one, two):
    def run():
        one()
        two()
    return run
def steps(one, two):
    yield one
    yield from (two,)
async def later(one): one()
def all_of(one, *more):
    one()
    if more: all_of(*more)
def by_name(**named):
    for one in named.values(): one()
class Box:
    def __init__(self, held, other=None):
        self.held, self.other = held, other
    def run(self): self.step(self.held)
    def step(self, one): one()
    def __call__(self): self.held()
    def __enter__(self): return self.held
    def __exit__(self, *_): self.other()
class Twice(Box):
    def step(self, one):
        super().step(one)
        super().step(self.other)
class Shared:
    hook = staticmethod(l0)
    def run(self): self.hook()
"""
SIGNATURES = {  # how the two functions that every function takes are called inside
    "one, two": ("one", "two"),
    "one, two=l2": ("one", "two"),
    "one, *, two=l1": ("one", "two"),
    "*args": ("args[0]", "args[1]"),
    "one, *args": ("one", "args[0]"),
    "**kw": ('kw["one"]', 'kw["two"]'),
    "one, **kw": ("one", 'kw["two"]'),
    "*args, **kw": ("args[0]", 'kw["two"]'),
}
CALLS = {
    "": (
        "F(P, Q)",
        "F(P, two=Q)",
        "F(one=P, two=Q)",
        "F(*[P, Q])",
        "F(**dict(one=P, two=Q))",
        "F(P, **{'two': Q})",
    ),
    "*args": ("F(P, Q)", "F(*(P, Q))"),
    "**kw": ("F(one=P, two=Q)", "F(**{'one': P, 'two': Q})"),
    "*args, **kw": ("F(P, two=Q)", "F(*[P], two=Q)"),
    "one, two=": ("F(P, two=Q)", "F(one=P, two=Q)", "F(P, **dict(two=Q))"),
}
WRITES = {
    "one": ("one = L", "one = one if left % 2 else L", "one = same(P)", "one = one or L"),
    "args": ("args = (*args[:-1], L)", "args = list(args); args[-1] = L"),
    "kw": (
        'kw["two"] = L', 'kw.setdefault("two", L)', "kw.update(two=L)", 'fill(kw, "two", L)',
        "kw = dict(kw, two=L)", 'kw = {**kw, "two": L}', 'also = kw; also["two"] = L', 'kw |= {"two": L}',
    ),
}  # fmt: skip
USES = (
    "P()", "for x in [P, Q]: x()", "d = {'p': P, 'q': Q}\nd['p']()", "(P if left % 2 else Q)()",
    "Box(P, Q).run()",
    "Twice(P, Q).run()", "b = Box(P)\nb.held = Q\nb()", "with Box(P, Q) as x: x()",
    "for x in steps(P, Q): x()",
    "(lambda: P())()", "same(P)()", "both(P, Q)()", "all_of(P, Q, L)", "all_of(P, *[Q])",
    "by_name(a=P, **{'b': Q})",
    "Shared.hook = staticmethod(P)\nShared().run()",
    "fs = [lambda x=x: x() for x in (P, Q)]\nfor f in fs: f()",
    "def inn(x=P, *, y=Q):\n    x(); y()\ninn(); inn(Q, y=L)", "functools.partial(all_of, P)(Q)",
    "c = later(P)\ntry: c.send(None)\nexcept StopIteration: pass",
    "try: P(); raise ValueError\nexcept ValueError: Q()",
    "class H: hook = staticmethod(P)\nH().hook()",
)  # fmt: skip
HANDS = (  # CALL(f; p; q) hands p and q to f, another function or this one
    "CALL(F; P; Q)", "CALL(F; P; Q)", "def inn(): P()\nCALL(F; inn; Q)", "def inn(): CALL(F; P; Q)\ninn()",
    "CALL(F; lambda: P(); Q)", "CALL(F; functools.partial(P); Q)", "CALL(F; Box(P, Q).run; Q)",
    "CALL(F; Box(P); Q)",
    "d = {'p': P, 'q': Q}\nCALL(F; d['q']; d['p'])", "d = {'f': F}\nCALL(d['f']; P; Q)",
    "f = dressed(F)\nCALL(f; P; Q)",
    "if fuel(): CALL(SELF; P; Q)", "x = P\nfor _ in range(2):\n    CALL(F; x; Q)\n    x = L", "WHOLE",
    "WHOLE", "WHOLE",
    "class C:\n    def __call__(self): P()\nCALL(F; C(); Q)",
    "class C:\n    def go(self): P()\nCALL(F; C().go; Q)",
    "f = functools.partial(F)\nCALL(f; P; Q)",
    "def inn():\n    def deep(): P()\n    CALL(F; deep; Q)\ninn()",
)  # fmt: skip
DRESSES = ("", "", "", "", "@dressed\n", "@noted(L)\n")
KINDS = {
    "one, two": "",
    "one, two=l2": "",
    "one, *args": "*args",
    "one, *, two=l1": "one, two=",
    "one, **kw": "one, two=",
}
WHOLES = {  # how a function hands all it was handed to others, and to which kinds of them
    "*args": ("F(*args)", ("", "*args")),
    "one, *args": ("F(P, *args)", ("", "*args")),
    "**kw": ("F(**kw)", ("", "**kw", "one, two=")),
    "one, **kw": ("F(P, **kw)", ("", "one, two=", "*args, **kw")),
    "*args, **kw": ("F(*args, **kw)", ("", "one, two=", "*args, **kw")),
}


class Maker:
    """Make one program up."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.functions: list[tuple[str, str]] = []
        self.parts = [PRELUDE]

    def program(self) -> str:
        """Return its text: functions that hand on to those before them, and some that begin."""
        for number in range(self.random.randint(3, 6)):
            self.parts.append(self._function(number))
        for number in range(self.random.randint(2, 4)):
            calls = [self._call(self.random.choice(self.functions[-3:]), *self._leaves(2)) for _ in range(2)]
            self.parts.append(f"def m{number}():\n{_indented(calls)}left = 6\nm{number}()\n")
        return "".join(self.parts)

    def _leaves(self, count: int) -> list[str]:
        return [f"l{self.random.randrange(4)}" for _ in range(count)]

    def _function(self, number: int) -> str:
        signature = self.random.choice(list(SIGNATURES))
        body = [self._statement(f"f{number}", signature) for _ in range(self.random.randint(1, 4))]
        dress = self._filled(self.random.choice(DRESSES), {"L": self._leaves(1)[0]})
        way = self.random.random()
        name = f"f{number}"
        self.functions.append((name, signature))
        if way > 0.2 or dress:
            return f"{dress}def {name}({signature}):\n{_indented(body)}"
        method = f"    def run(self, {signature}):\n{_indented(body, 8)}"
        return f"class K{number}:\n{method}{name} = K{number}().run\n"

    def _statement(self, name: str, signature: str) -> str:
        kind = self.random.random()
        one, two = SIGNATURES[signature]
        p, q = (self.random.choice([one, two, one, two, *self._leaves(1)]) for _ in range(2))
        words = {"P": p, "Q": q, "L": self._leaves(1)[0]}
        written = [word for word in WRITES if word in signature.replace("*", "").split(", ")]
        if kind < 0.2 and written:
            return self._filled(self.random.choice(WRITES[self.random.choice(written)]), words)
        if kind < 0.45 or not self.functions:
            return self._filled(self.random.choice(USES), words)
        lower = self.random.choice(self.functions[-3:])
        text = self.random.choice(HANDS)
        form, kinds = WHOLES.get(signature, ("", ()))
        if text == "WHOLE":
            text = form if KINDS.get(lower[1], lower[1]) in kinds else "CALL(F; P; Q)"
        return self._called(self._filled(text, {**words, "F": lower[0]}), lower, (name, signature))

    def _called(self, text: str, lower: tuple[str, str], own: tuple[str, str]) -> str:
        """Write the calls out."""
        while "CALL(" in text:
            before, _, rest = text.partition("CALL(")
            given, _, after = _closed(rest)
            function, p, q = given.split("; ")
            signature = own[1] if function == "SELF" else lower[1]
            function = own[0] if function == "SELF" else function
            text = before + self._call((function, signature), p, q) + after
        return text

    def _call(self, function: tuple[str, str], p: str, q: str) -> str:
        name, signature = function
        form = self.random.choice(CALLS[KINDS.get(signature, signature)])
        return self._filled(form, {"F": name, "P": p, "Q": q})

    @staticmethod
    def _filled(text: str, words: dict[str, str]) -> str:
        return re.sub(r"\b[A-Z]\b", lambda found: words.get(found[0], found[0]), text)


def _closed(text: str) -> tuple[str, str, str]:
    """Split after the bracket that closes what was opened before."""
    depth = 1
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text[:at], ")", text[at + 1 :]
    raise ValueError(text)


def _indented(statements: list[str], by: int = 4) -> str:
    return textwrap.indent("\n".join(statements) + "\n", " " * by)


def stacks_of(text: str) -> list[tuple[str, ...]]:
    """Run a program; return each stack of functions that a call in it made."""
    found: dict[tuple[str, ...], None] = {}

    def profile(frame: FrameType | None, event: str, _argument: Any) -> None:
        stack = []
        while event == "call" and frame is not None:
            code = frame.f_code
            if (
                code.co_filename == "<made up>"
                and code.co_flags & _OPTIMIZED
                and code.co_name != "<listcomp>"
            ):
                stack.append("main." + code.co_qualname.replace("<listcomp>.<locals>.", ""))
            frame = frame.f_back
        found[tuple(reversed(stack))] = None

    code = compile(text, "<made up>", "exec")
    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        exec(code, {"__name__": "main"})  # noqa: S102 - made up above
    finally:
        sys.setprofile(before)
    return [stack for stack in found if len(stack) > 1]


def ways(graph: Graph, stack: tuple[str, ...], *, tried: bool) -> bool:
    """Say whether the graph has hops for a stack; `tried`, that the replay leaves some way through them."""
    states: dict[tuple[int, Needs], None] = {
        (at, ()): None for at in graph.activations_by_name.get(stack[-1], ())
    }
    for name in reversed(stack[:-1]):
        earlier: dict[tuple[int, Needs], None] = {}
        for activation, needs in states:
            for hop in graph.hops_to(activation):
                if graph.steps[0][hop.source] == name and graph.edges[hop.edge].kind not in _ACCESSES:
                    found = graph.replay.before(needs, hop.rule, hop.edge) if tried else ()
                    if not isinstance(found, Refusal):
                        earlier[hop.source, found] = None
        states = earlier
    return bool(states)


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_no_chain_that_ran_is_refuted(seed: int) -> None:
    text = Maker(seed).program()
    graph = chaintrace.Project([chaintrace.Memory({"main.py": text})]).analyze().graph
    known = [stack for stack in stacks_of(text) if ways(graph, stack, tried=False)]
    refuted = [" -> ".join(stack) for stack in known if not ways(graph, stack, tried=True)]
    assert known
    assert not refuted, text.removeprefix(PRELUDE)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_no_chain_of_a_written_program_is_lost(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    command = [sys.executable, "-B", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split()
    answer = chaintrace.Project([chaintrace.Memory({"prog.py": text})], cache=False, jobs=1).analyze()
    chains = re.findall(r"(\w[\w.]*) -> (\w[\w.]*)", text.splitlines()[0])
    assert chains
    for source, target in chains:
        assert target.rpartition(".")[2] in ran, target
        assert answer.path(source, target), f"{source} -> {target}"
