"""Threads: which functions run in which threads, processes and tasks, as far as calls tell."""

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind
from chaintrace.pointsto.activations import Activation

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


class Threads:
    """Tell functions apart by what starts them: each target of a spawn, and all that nothing spawns."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis

    def differ(self, one: Activation, other: Activation) -> bool:
        """Say whether two activations never run in one thread, process or task."""
        return not self._runs_in[one.number] & self._runs_in[other.number]

    @cached_property
    def _runs_in(self) -> list[int]:
        """Return, by number of activation, a bit for each start that leads to it; bit 0 for no spawn."""
        analysis = self.analysis
        found = [0] * len(analysis.activations)
        called: dict[int, list[int]] = {}
        starts: dict[int, int] = {}
        entered: set[int] = set()
        for fact in analysis.record.calls.values():
            if not isinstance(fact.target, Activation):
                continue
            if fact.kind is EdgeKind.SPAWN:
                starts.setdefault(fact.target.number, len(starts) + 1)
            else:
                called.setdefault(fact.caller.number, []).append(fact.target.number)
            entered.add(fact.target.number)
        for number in range(len(found)):
            found[number] = 1 << starts[number] if number in starts else int(number not in entered)
        waiting = deque(number for number, bits in enumerate(found) if bits)
        while waiting:
            number = waiting.popleft()
            for target in called.get(number, ()):
                if found[number] | found[target] != found[target]:
                    found[target] |= found[number]
                    waiting.append(target)
        return found
