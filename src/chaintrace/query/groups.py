"""Groups: what a path passes, coarsely: the classes and modules its symbols belong to."""

from collections.abc import Sequence

from chaintrace.graph.paths import Path


class Groups:
    """Number the class or module that each activation belongs to."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self._numbers: dict[str, int] = {}

    def of(self, activation: int) -> int:
        """Return the number of the group of an activation."""
        return self._numbers.setdefault(owner_of(self.names[activation]), len(self._numbers))


def owner_of(name: str) -> str:
    """Return the class or module of a symbol; of what stands in a function, that of the function."""
    return name.partition(".<locals>")[0].rpartition(".")[0]


def sequence(path: Path) -> tuple[str, ...]:
    """Return the classes and modules that a path passes, in order."""
    passed: list[str] = []
    for name in path.symbols:
        owner = owner_of(name)
        if not passed or passed[-1] != owner:
            passed.append(owner)
    return tuple(passed)


def diverse(paths: Sequence[Path], count: int) -> list[Path]:
    """Choose up to `count` paths of different sequences; those that are detours of others come last.

    A detour passes all that another path passes, in the same order, and something more.
    """
    first: dict[tuple[str, ...], Path] = {}
    for path in paths:
        first.setdefault(sequence(path), path)
    apart: list[tuple[str, ...]] = []
    detours: list[tuple[str, ...]] = []
    for passed in first:
        is_detour = any(_is_within(other, passed) for other in apart)
        (detours if is_detour else apart).append(passed)
    return [first[passed] for passed in (apart + detours)[:count]]


def _is_within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Say whether a sequence is another one with something left out."""
    rest = iter(whole)
    return all(name in rest for name in part)
