"""Chains through channels are doubtful where their own message does not lead on so, as runs show."""

import json
import queue
import sys
from types import FrameType
from typing import Any

import pytest

import chaintrace
from chaintrace.cli.app import run
from chaintrace.demo import demo_directory

PROGRAM = """
import queue

jobs, letters, replies, cases = queue.Queue(), queue.Queue(), queue.Queue(), queue.Queue()
STOP = object()


class Job:
    def run(self): ...
class Nothing: ...


def early(): ...
def left(): ...
def stopped(): ...
def named(): ...
def third(): ...
def logged(): ...
def always(): ...

def consume():
    early()
    while True:
        job = jobs.get_nowait()
        always()
        if job is None:
            left()
            break
        if job is STOP:
            stopped()
            break
        if isinstance(job, Job):
            job.run()
        elif job == "name":
            named()
        elif not isinstance(job, Job):
            third()
        logged()

def send_none(): jobs.put(None)
def send_stop(): jobs.put(STOP)
def send_job(): jobs.put(Job())
def send_nothing(): jobs.put(Nothing())
def send_name(): jobs.put("name")
def send_either():
    for flag in (True, False): jobs.put(Job() if flag else None)
def send_given(job=None): jobs.put(job)
def send_some():
    send_given(Job())
    send_given()


def halt(): ...
def move(): ...
def other(): ...

def read():
    kind, value = letters.get_nowait()
    if kind == "halt":
        halt()
    elif kind == "move":
        move()
    else:
        other()

def send_halt(): letters.put(("halt", None))
def send_move(): letters.put(("move", Job()))


def none(): ...
def one_job(): ...
def special(): ...
def rest(): ...

def sort():
    found = cases.get_nowait()
    match found:
        case None:
            none()
        case Job():
            one_job()
        case Nothing(special=True):
            special()
        case _:
            rest()

def case_none(): cases.put(None)
def case_job(): cases.put(Job())
def case_other(): cases.put("name")


def before(): ...
def top(): ...
def after(): ...

def receive():
    reply = replies.get_nowait()
    if reply is None:
        raise ValueError
    return reply

def client():
    before()
    for _ in range(2):
        top()
        reply = receive()
        if isinstance(reply, Job):
            after()

def answer(): replies.put(Job())
def refuse(): replies.put(None)
def say(): replies.put(Nothing())
"""
SENDERS = {
    "consume": (
        "send_none",
        "send_stop",
        "send_job",
        "send_nothing",
        "send_name",
        "send_either",
        "send_some",
    ),
    "read": ("send_halt", "send_move"),
    "client": ("answer", "refuse", "say"),
    "sort": ("case_none", "case_job", "case_other"),
}
REACHED = {
    "consume": ("early", "left", "stopped", "Job.run", "named", "third", "logged", "always"),
    "read": ("halt", "move", "other"),
    "client": ("before", "top", "after"),
    "sort": ("none", "one_job", "special", "rest"),
}


def reached_by(sender: str, consumer: str) -> set[str]:
    """Run a sender, then its consumer on each message; return what runs once it has the message."""
    space: dict[str, Any] = {"__name__": "main"}
    exec(compile(PROGRAM, "<program>", "exec"), space)  # noqa: S102 - the text above
    space[sender]()
    found: list[str] = []
    is_got = False

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal is_got
        if frame.f_code.co_name == "get_nowait" and event == "return":
            is_got = True
        elif is_got and event == "call" and frame.f_code.co_filename == "<program>":
            found.append(frame.f_code.co_qualname)

    before = sys.getprofile()
    while any(space[name].qsize() for name in ("jobs", "letters", "replies", "cases")):
        is_got = False
        sys.setprofile(profile)
        try:
            space[consumer]()
        except (queue.Empty, ValueError):
            pass
        finally:
            sys.setprofile(before)
    return set(found)


def test_a_chain_is_doubtful_where_a_run_shows_that_its_message_does_not_lead_on() -> None:
    graph = chaintrace.Project([chaintrace.Memory({"main.py": PROGRAM})]).analyze()
    for consumer, senders in SENDERS.items():
        for sender in senders:
            ran = reached_by(sender, consumer).intersection(REACHED[consumer])
            for name in REACHED[consumer]:
                chain = graph.path(sender, name)
                assert chain, (sender, name)
                assert bool(chain.paths[0].doubts) == (name not in ran), (sender, name)


def test_the_true_chain_of_the_demo_pair_comes_first() -> None:
    graph = chaintrace.open(str(demo_directory())).analyze()
    best, *others = graph.path("Engine.generate", "Runner.weights").paths
    assert "engine.scheduler.Scheduler.handle_generate" in best.symbols
    assert not best.doubts
    assert {"engine.scheduler.Scheduler.handle_stop" in path.symbols for path in others if path.doubts} == {
        True
    }
    assert not graph.path("Engine.shutdown", "handle_stop").paths[0].doubts


def test_a_doubt_is_told_under_its_hop_and_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [str(demo_directory()), "--from", "Engine.generate", "--to", "handle_stop", "-q"]
    assert run(["paths", *asked]) == 0
    said = capsys.readouterr().out
    assert said.count("doubtful") == 2
    assert "weakest modelled, doubtful)" in said
    assert "      doubtful: row Stop does not take what hop 1 puts: a Generate\n" in said
    assert run(["paths", *asked, "--json"]) == 0
    (path,) = json.loads(capsys.readouterr().out)["paths"]
    (doubt,) = path["doubts"]
    assert (doubt["at"], doubt["needs"], doubt["held"]) == (0, 2, ["a Generate"])


MANY = """
import queue

jobs = queue.Queue()

class Wanted: ...

def target(): ...
def send(): jobs.put(Wanted())
def ask(): send()
def far(): ask()
def start():
    far()
    jobs.put(None)

def consume():
    job = jobs.get()
    if isinstance(job, Wanted):
        last()

{steps}
def last(): target()
"""


def test_a_chain_without_a_doubt_is_found_behind_many_doubtful_ones() -> None:
    steps = "".join(f"class C{n}:\n    def put(self): jobs.put(None)\n" for n in range(40))
    calls = "".join(f"    C{n}().put()\n" for n in range(40))
    text = MANY.replace("{steps}", steps).replace("    jobs.put(None)\n", calls)
    graph = chaintrace.Project([chaintrace.Memory({"main.py": text})]).analyze()
    (chain,) = graph.paths("start", "target", k=3)
    assert [bool(path.doubts) for path in chain.paths] == [False, True, True]
    assert "main.send" in chain.paths[0].symbols
