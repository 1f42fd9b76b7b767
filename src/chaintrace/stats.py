"""What a run costs: time by stage, the sizes of what was solved, memory. It is no part of any answer."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Spent(NamedTuple):
    """Count seconds: of the processors, with those of child processes that have ended, and of the clock."""

    processor: float
    clock: float


class Stats:
    """Gather what a run costs.

    `stages` maps each stage to its time, in the order in which they first ended; `start` is what the process
    did before. `counts` are sizes.
    """

    def __init__(self) -> None:
        self._began = _now()
        self.stages: dict[str, Spent] = {"start": Spent(self._began.processor, self._began.processor)}
        self.counts: dict[str, int] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of what is done inside to a stage."""
        before = _now()
        try:
            yield
        finally:
            after, had = _now(), self.stages.get(name, Spent(0.0, 0.0))
            self.stages[name] = Spent(*(h + a - b for h, a, b in zip(had, after, before, strict=True)))

    def lines(self) -> list[str]:
        """Return everything as lines of text: seconds of the processors (of the clock), sizes, memory.

        What belongs to no stage comes last: asking, and writing the answer.
        """
        now, start = _now(), self.stages["start"]
        total = Spent(now.processor, start.clock + now.clock - self._began.clock)
        known = Spent(*map(sum, zip(*self.stages.values(), strict=True)))
        rest = Spent(total.processor - known.processor, total.clock - known.clock)
        times = [
            f"{n} {_shown(spent)}" for n, spent in (*self.stages.items(), ("answer", rest), ("all", total))
        ]
        sizes = [f"{name} {count}" for name, count in self.counts.items()]
        lines = [f"seconds of the processors (of the clock): {', '.join(times)}"]
        if sizes:
            lines.append(f"solved: {', '.join(sizes)}")
        return [*lines, f"peak memory: {peak_memory()} MB"]


def _shown(spent: Spent) -> str:
    return f"{spent.processor:.2f} ({spent.clock:.2f})"


def _now() -> Spent:
    return Spent(time.process_time() + _of_children(), time.perf_counter())


def _of_children() -> float:
    """Return the processor time of child processes that have ended, 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def peak_memory() -> int:
    """Return the largest memory of this process so far, in MB; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
