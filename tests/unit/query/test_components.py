"""The components of a program, and the channels between them."""

import chaintrace
from chaintrace.export.json import to_document
from chaintrace.export.mermaid import to_mermaid

PROGRAM = """
import queue
import threading


class Job: ...


class Other: ...


class Server:
    def __init__(self):
        self.inbox, self.outbox = queue.Queue(), queue.Queue()
        threading.Thread(target=self.loop).start()

    def ask(self):
        self.inbox.put(Job())
        self.inbox.put(Other())
        return self.outbox.get().x

    def loop(self):
        self.step()

    def step(self):
        job = self.inbox.get()
        job.y = 1
        self.outbox.put(job)


def apart(): ...


Server().ask()
apart()
"""


def test_threads_and_classes_with_the_channels_between_them() -> None:
    answer = chaintrace.Project([chaintrace.Memory({"m.py": PROGRAM})]).analyze().channels()
    shown = [
        (e.source, e.target, e.kind.value, e.channel.name if e.channel else "") for e in answer.graph.edges
    ]
    assert shown == [
        ("m.Server", "m.Server.loop", "spawn", ""),
        ("m.Server", "m.Server.loop", "send", "Server.inbox"),
        ("m.Server.loop", "m.Server", "send", "Server.outbox"),
    ]
    channel = answer.graph.edges[1].channel
    assert channel is not None
    assert channel.messages == ("Job", "Other")
    assert "inbox" in to_mermaid(answer.graph)
    assert [symbol.name for symbol in answer.graph.symbols] == ["m.Server", "m.Server.loop"]


def test_components_are_left_out_by_name() -> None:
    answer = chaintrace.Project([chaintrace.Memory({"m.py": PROGRAM})]).analyze()
    assert not answer.channels(avoid="Server.loop").graph.edges
    assert answer.channels(avoid="apart").graph == answer.channels().graph


ELSEWHERE = """
import queue
import threading


class Worker:
    def __init__(self, inbox):
        self.inbox = inbox
        self.thread = threading.Thread(target=self.loop)

    def loop(self):
        print(self.inbox.get().text)


class Job:
    text = ""


def submit(worker):
    worker.inbox.put(Job())


submit(Worker(queue.Queue()))
"""


def test_what_starts_a_thread_is_shown_though_it_is_no_end_of_a_channel() -> None:
    answer = chaintrace.Project([chaintrace.Memory({"m.py": ELSEWHERE})]).analyze().channels()
    shown = [(e.source, e.target, e.kind.value) for e in answer.graph.edges]
    assert ("m.Worker", "m.Worker.loop", "spawn") in shown
    assert ("m.submit", "m.Worker.loop", "send") in shown
    assert "m.Worker" in [symbol.name for symbol in answer.graph.symbols]


SOCKETS = """
import zmq

context = zmq.Context()
into, out = context.socket(zmq.PUSH), context.socket(zmq.PULL)
into.bind("tcp://*:5555")
out.connect("tcp://localhost:5555")


def put():
    into.send_pyobj(1)


def take():
    print(out.recv_pyobj())


put()
take()
"""


def test_an_edge_between_sockets_has_the_addresses_of_both() -> None:
    answer = chaintrace.Project([chaintrace.Memory({"m.py": SOCKETS})]).analyze()
    (channel,) = [edge["channel"] for edge in to_document(answer.graph)["edges"] if "channel" in edge]
    assert channel["sent_at"] == ["tcp://*:5555"]
    assert channel["received_at"] == ["tcp://localhost:5555"]
