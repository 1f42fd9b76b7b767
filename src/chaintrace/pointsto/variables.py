"""Variables: anything that holds objects, with what follows from what it holds."""

from collections.abc import Callable

from chaintrace.pointsto.objects import Object

Handler = Callable[[Object], None]
WIDE = 32  # objects in a set past which not every further one is told apart
NO_FACTS: "dict[Object, Variable | Reason]" = {}
NO_FLOWS: "dict[Variable, Reason]" = {}
NO_USES: tuple[Handler, ...] = ()
"""What a variable holds until the solver puts something in; many stay empty. None of these changes."""


class Reason:
    """Say why a fact holds at its root, or why two variables are connected.

    `activation` and `site` place it (site -1: no single place); `word` says what happened there (`assigned`,
    `allocated`, `argument`, `returned`, `field`, `declared`, `assumed` …); `base` and `holder` name the
    variable and object through which a field was reached.
    """

    __slots__ = ("activation", "base", "holder", "site", "word")

    def __init__(
        self,
        word: str,
        activation: object,
        site: int,
        base: "Variable | None" = None,
        holder: Object | None = None,
    ) -> None:
        self.word = word
        self.activation = activation
        self.site = site
        self.base = base
        self.holder = holder


class Variable:
    """Hold a points-to set and the constraints that read it.

    `points_to` maps each object to its first derivation: the variable it was copied from, or a `Reason` where
    it entered. `flows` are inclusion constraints `pts(self) ⊆ pts(target)`; `uses` are handlers called once
    per object. `what` says what it stands for: (owner, name). Past `limit` objects not all are taken any more
    (see `chaintrace.pointsto.widening`).
    """

    __slots__ = ("counts", "delta", "flows", "limit", "name", "owner", "points_to", "uses")

    def __init__(self, what: tuple[object, object]) -> None:
        self.owner, self.name = what
        self.points_to = NO_FACTS
        self.delta: list[Object] | None = None
        self.flows = NO_FLOWS
        self.uses: list[Handler] | tuple[Handler, ...] = NO_USES
        self.counts: dict[object, int] | None = None
        self.limit = WIDE

    @property
    def is_whole(self) -> bool:
        """Say whether all that came is held: past the limit some may be left out (0: some was)."""
        return len(self.points_to) < self.limit

    @property
    def what(self) -> tuple[object, object]:
        """Return what the variable stands for; kept as its parts, which take less memory."""
        return self.owner, self.name


class RestItem(Variable):
    """Be an item of a `*args` or `**kwargs`: callers bind it, and who has the container may write into it."""

    __slots__ = ("is_bound", "is_written")

    def __init__(self, what: tuple[object, object]) -> None:
        super().__init__(what)
        self.is_bound = False
        self.is_written = False
