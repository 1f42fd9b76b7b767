"""Flow: which register each name holds at one point of a block, and what tests have said about it since."""

from typing import NamedTuple

MAYBE = -2  # the value of a name that is bound on some ways only, where the block's list has to be asked


class Fact(NamedTuple):
    """State that a place passed (or, `negated`, failed) a test; the fields are those of `operations.Narrow`."""

    test: str
    negated: bool
    operands: tuple[int, ...]

    def opposite(self) -> "Fact":
        """Return the fact that holds where this one does not."""
        return self._replace(negated=not self.negated)


class Flow:
    """Hold the state of one way through a block.

    `names` maps the key of a name to its register. `facts` maps a place (a key, or a path such as `self.x.y`) to what is
    known of it and not yet applied by a `Narrow`.
    """

    __slots__ = ("facts", "names")

    def __init__(self, names: dict[str, int], facts: dict[str, tuple[Fact, ...]]) -> None:
        self.names = names
        self.facts = facts

    def copy(self) -> "Flow":
        """Return an independent copy."""
        return Flow(self.names.copy(), self.facts.copy())

    def learn(self, place: str, fact: Fact) -> None:
        """Add a fact about `place`."""
        self.facts[place] = (*self.facts.get(place, ()), fact)

    def forget(self, place: str) -> None:
        """Drop what is known of `place` and of all paths through it."""
        if self.facts:
            self.facts.pop(place, None)
            prefix = place + "."
            for path in [path for path in self.facts if path.startswith(prefix)]:
                del self.facts[path]
