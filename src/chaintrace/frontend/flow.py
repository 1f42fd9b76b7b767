"""Flow: which register each name holds at one point of a block, and what tests have said about it since."""

from typing import NamedTuple

# The register of a name that only some ways bind, where the module or class has to be asked for it.
MAYBE = -2
_MOST_FACTS = 16


class Fact(NamedTuple):
    """State that a place passed (or, `negated`, failed) a test; fields as in `operations.Narrow`."""

    test: str
    negated: bool
    operands: tuple[int, ...]

    def opposite(self) -> "Fact":
        """Return the fact that holds where this one does not."""
        return self._replace(negated=not self.negated)


class Flow:
    """Hold the state of one way through a block.

    A `doubtful` flow exists only if a context manager swallows the exception that ended its body.

    `names` maps the key of a name to its register. `facts` maps a place (a key, or a path such as `self.x.y`)
    to what is known of it and not yet applied by a `Narrow`.
    """

    __slots__ = ("doubtful", "facts", "names")

    def __init__(
        self, names: dict[str, int], facts: dict[str, tuple[Fact, ...]], *, doubtful: bool = False
    ) -> None:
        self.names = names
        self.facts = facts
        self.doubtful = doubtful

    def copy(self) -> "Flow":
        """Return an independent copy."""
        return Flow(self.names.copy(), self.facts.copy(), doubtful=self.doubtful)

    def learn(self, place: str, fact: Fact) -> None:
        """Add a fact about `place`; of very many, as a long table of `elif` teaches, the latest are kept."""
        known = self.facts.get(place, ())
        if fact not in known:
            self.facts[place] = (*known[-_MOST_FACTS:], fact)

    def forget(self, place: str) -> None:
        """Drop what is known of `place` and of all paths through it."""
        if self.facts:
            self.facts.pop(place, None)
            prefix = place + "."
            for path in [path for path in self.facts if path.startswith(prefix)]:
                del self.facts[path]
