"""Assumptions: which guards they decide, and what is left of a program."""

import pytest

import chaintrace as ct
from chaintrace.errors import QueryError
from chaintrace.project.assumptions import Decisions
from chaintrace.project.beliefs import parse_assumptions


@pytest.mark.parametrize(
    ("assumption", "guard", "holds"),
    [
        ('mode == "fast"', "self.config.mode == 'fast'", True),
        ('mode == "fast"', "mode == 'slow'", False),
        ('mode == "fast"', "'slow' == mode", False),
        ('mode == "fast"', "mode in ('slow', 'fast')", True),
        ('mode == "fast"', "mode in ('slow', 'other')", False),
        ('mode == "fast"', "mode is None", False),
        ('mode == "fast"', "mode", True),
        ('mode == "fast"', "fast_mode == 'slow'", None),
        ('mode == "fast"', "mode == other", None),
        ('mode != "fast"', "mode == 'fast'", False),
        ('mode != "fast"', "mode == 'slow'", None),
        ("enabled", "self.enabled", True),
        ("enabled", "self.enabled is None", False),
        ("enabled", "self.enabled == 3", None),
        ("enabled", "not_enabled", None),
        ("not enabled", "a.enabled and b", False),
        ("not enabled", "a.enabled or b", None),
        ("enabled", "a.enabled or b", True),
        ("enabled", "not (a.enabled or b)", False),
        ("enabled", "getattr(args, 'enabled', False)", True),
        ("x is None", "x is None", True),
        ("x is None", "x", False),
        ("x is None", "x == 'a'", False),
        ("x is not None", "x is None", False),
        ("x is not None", "x", None),
        ("mode == Mode.FAST", "self.mode == pkg.Mode.FAST", True),
        ("mode == Mode.FAST", "self.mode == Mode.SLOW", False),
        ("mode == Mode.FAST", "self.mode == Other.SLOW", None),
        ("len(x) > 3", "len(x)>3", True),
        ("config.mode == 'a'", "mode == 'b'", None),
        ("mode == 1", "case Mode()", None),
        ("a and not b", "b", False),
    ],
)
def test_a_guard_holds_fails_or_is_open(assumption: str, guard: str, holds: bool | None) -> None:
    decided, by = Decisions(parse_assumptions([assumption])).decide(guard)
    assert decided is holds
    assert by == ((assumption,) if holds is not None else ())


@pytest.mark.parametrize("text", ["", "mode =", "1 == 1 and", "True", "if x"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="assumption"):
        parse_assumptions([text])


SOURCE = """\
class Fast:
    def step(self): ...
class Slow:
    def step(self): ...
    def late(self): ...
class Loop:
    def __init__(self, config):
        self.config = config
        kind = Fast if config.fast else Slow
        self.worker = kind()
        slow = Slow
        if config.fast:
            chosen = Fast
        else:
            chosen = slow
        self.other = chosen()
    def run(self):
        self.worker.step()
        self.other.step()
        if self.config.fast:
            return
        self.run_slowly()
    def run_slowly(self):
        self.worker.late()
Loop(None).run()
"""


def callees(*assume: str) -> tuple[set[str], ct.Answer]:
    project = ct.Project([ct.Memory({"m.py": SOURCE})], cache=False, jobs=1)
    answer = project.analyze(assume=assume)
    return {hop.target.name for hop in answer.callees("Loop.run", depth=None)}, answer


def test_values_chosen_by_an_assumed_condition_follow() -> None:
    assert callees()[0] == {"m.Fast.step", "m.Slow.step", "m.Loop.run_slowly", "m.Slow.late"}
    assert callees("config.fast")[0] == {"m.Fast.step"}
    assert callees("not fast")[0] == {"m.Slow.step", "m.Loop.run_slowly", "m.Slow.late"}


def test_what_only_contradicted_code_uses_is_no_entry_point() -> None:
    _, answer = callees("fast")
    assert answer.callees("Loop.run_slowly") == answer.callees("Slow.late")


def test_the_answer_says_what_each_assumption_decided() -> None:
    _, answer = callees("fast", "missing")
    fast, missing = answer.graph.assumptions
    assert [(d.line, d.text, d.holds) for d in fast.decided] == [
        (9, "config.fast", True),
        (12, "config.fast", True),
        (20, "self.config.fast", True),
    ]
    assert missing.decided == ()
    assert '"text": "missing"' in answer.to_json()
