"""Peers: the other ends of channels, asked for by function, attribute or line."""

import json
from pathlib import Path

import pytest

import chaintrace
from chaintrace.export.json import to_json
from chaintrace.export.text import edge_line
from chaintrace.query.near import NoMatchError

TEXT = """
import queue

class Job: ...

class Desk:
    def __init__(self):
        self.jobs = queue.Queue()
        self.spare = queue.Queue()

    def put(self):
        self.jobs.put(Job())

    def take(self):
        return self.jobs.get()

    def work(self):
        print(self.take().name)

    def idle(self):
        self.spare.put(Job())

desk = Desk()
desk.put()
desk.work()
desk.idle()
"""
ANSWER = chaintrace.Project([chaintrace.Memory({"office.py": TEXT})]).analyze()
LINE = "office.Desk.put —[Desk.jobs, queue.Queue, Job]→ office.Desk.work  office.py:12  [modelled]"


@pytest.mark.parametrize(
    "end", ["Desk.put", "Desk.work", "Desk.jobs", "office.py:12", "office.py:15", "office.py:11"]
)
def test_either_end_finds_the_other(end: str) -> None:
    assert LINE in [edge_line(hop.edge) for hop in ANSWER.peers(end)]


def test_a_queue_that_nobody_gets_from_has_no_peers() -> None:
    assert not ANSWER.peers("Desk.spare")
    assert not ANSWER.peers("Desk.idle")
    with pytest.raises(NoMatchError):
        ANSWER.peers("Desk.nothing")


def test_who_hands_a_message_back_is_passed() -> None:
    kinds = {(hop.edge.target, hop.flags) for hop in ANSWER.peers("Desk.take")}
    assert kinds == {("office.Desk.take", ("relayed",)), ("office.Desk.work", ("returned",))}
    assert ANSWER.path("Desk.put", "Desk.work")


def test_json_has_the_channel() -> None:
    edges = json.loads(to_json(ANSWER.graph))["edges"]
    (edge,) = [e for e in edges if e["kind"] == "send" and not e["flags"]]
    assert edge["channel"] == {"name": "Desk.jobs", "transport": "queue.Queue", "messages": ["Job"]}
    assert (edge["send_site"], edge["receive_site"]) == ("office.py:12", "office.py:15")


@pytest.mark.parametrize("name", ["a.dot", "a.html"])
def test_formats_show_the_channel(tmp_path: Path, name: str) -> None:
    part = chaintrace.Answer(ANSWER.peers("Desk.put").restricted())
    assert "[Desk.jobs, queue.Queue, Job]" in part.save(tmp_path / name).read_text(encoding="utf-8")


GUARDED = """
import queue

jobs = queue.Queue()


def put():
    jobs.put(1)


def take():
    return jobs.get()


def fast():
    print(take())


def slow(wait):
    if wait:
        print(take())


def start(overlap):
    if overlap:
        fast()
    else:
        slow(jobs.full())


put()
start(jobs.empty())
"""


def test_consumers_are_told_apart_by_the_conditions_under_which_they_run() -> None:
    answer = chaintrace.Project([chaintrace.Memory({"m.py": GUARDED})]).analyze()
    found = {
        hop.edge.target: hop.edge.channel.receive_guard
        for hop in answer.peers("put")
        if hop.edge.channel is not None and not hop.flags
    }
    assert found == {"m.fast": "overlap", "m.slow": "not (overlap) and wait"}
    assert "received at m.py:12 when overlap" in str(answer.path("put", "fast"))
