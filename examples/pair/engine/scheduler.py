"""The event loop of the engine: messages in, replies out."""

import queue

from engine.dispatch import Dispatcher
from engine.messages import Flush, Generate, Reply, Stop
from engine.mixins import CacheMixin
from engine.options import Options
from engine.worker import OverlapWorker, Worker


class Scheduler(CacheMixin):
    def __init__(self, options: Options, rank: int, inbox: queue.Queue, outbox: queue.Queue) -> None:
        self.rank = rank
        self.inbox = inbox
        self.outbox = outbox
        self.cache: dict[str, str] = {}
        worker_class = OverlapWorker if options.overlap else Worker
        self.worker = worker_class(options)
        self.dispatch = Dispatcher(
            [
                (Generate, self.handle_generate),
                (Flush, self.handle_flush),
                (Stop, getattr(self, "handle_stop")),
            ]
        )

    def loop(self) -> None:
        while True:
            reply = self.dispatch(self.inbox.get())
            if reply is None:
                break
            self.outbox.put(reply)

    def handle_generate(self, message: Generate) -> Reply:
        answer = self.worker.forward(message.text)[: message.limit + len(message.text)]
        self.cache[message.text] = answer
        return Reply(answer)

    def handle_stop(self, message: Stop) -> None:
        self.worker.close()


def build_scheduler(options: Options, rank: int, inbox: queue.Queue, outbox: queue.Queue):
    scheduler = Scheduler(options, rank, inbox, outbox)
    return {"status": "ready", "max_tokens": options.max_tokens, "scheduler": scheduler}
