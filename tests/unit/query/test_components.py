"""The components of a program, and the channels between them."""

import chaintrace
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
