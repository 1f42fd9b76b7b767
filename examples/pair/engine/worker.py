"""Two ways to reach the runner: directly, or through a thread that overlaps work."""

import queue
import threading

from engine.options import Options
from engine.runner import Runner


class Worker:
    def __init__(self, options: Options) -> None:
        self.runner = Runner(options)

    def forward(self, text: str) -> str:
        return self.runner.forward(text)

    def close(self) -> None:
        self.runner.release()


class OverlapWorker:
    def __init__(self, options: Options) -> None:
        self.worker = Worker(options)
        self.work: queue.Queue = queue.Queue()
        self.done: queue.Queue = queue.Queue()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while (text := self.work.get()) is not None:
            self.done.put(self.worker.forward(text))

    def forward(self, text: str) -> str:
        self.work.put(text)
        return self.done.get(timeout=10)

    def close(self) -> None:
        self.work.put(None)
        self.thread.join(timeout=10)
        self.worker.close()
