"""Start the parts of the engine and hold them together."""

import queue
import threading
from typing import Any

from engine.messages import Flush, Generate, Stop
from engine.options import Options


class Tokenizer:
    def encode(self, text: str) -> list[int]:
        return [ord(character) for character in text]

    def decode(self, tokens: list[int]) -> str:
        return "".join(chr(token) for token in tokens)


def _launch_threads(options: Options, inbox: queue.Queue, outbox: queue.Queue):
    from engine.scheduler import build_scheduler

    infos = []
    for rank in range(options.replicas):
        info = build_scheduler(options, rank, inbox, outbox)
        info["thread"] = threading.Thread(target=info["scheduler"].loop, daemon=True)
        info["thread"].start()
        infos.append(info)
    return Tokenizer(), infos


def launch(options: Options, inbox: queue.Queue, outbox: queue.Queue):
    if options.single_process:
        return _launch_threads(options, inbox, outbox)
    raise NotImplementedError("this small engine only runs in one process")


class Engine:
    def __init__(self, **kwargs: Any) -> None:
        options = Options(**kwargs)
        self.inbox: queue.Queue = queue.Queue()
        self.outbox: queue.Queue = queue.Queue()
        tokenizer, infos = launch(options, self.inbox, self.outbox)
        self.tokenizer = tokenizer
        self.scheduler_infos = infos
        self.scheduler_info = infos[0]

    def generate(self, text: str, limit: int) -> str:
        self.inbox.put(Generate(text, limit))
        return self.outbox.get(timeout=10).value

    def flush(self) -> str:
        self.inbox.put(Flush("asked"))
        return self.outbox.get(timeout=10).value

    def shutdown(self) -> None:
        self.flush()
        for _ in self.scheduler_infos:
            self.inbox.put(Stop())
        for info in self.scheduler_infos:
            info["thread"].join(timeout=10)
