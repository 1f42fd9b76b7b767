"""The k best paths to one end, found backwards from it.

The distances from the starts are exact, so the search (A*) walks straight to a best path and never explores
a prefix that cannot be completed. Paths pass no activation twice, but where a function that calls itself
hands over something else the second time, and differ in the symbols they pass. On the
way each is tried out (`chaintrace.graph.replay`): what it needs to have come in is carried backwards, and
where something else is handed over it is refuted, with all that end like it. Where a path that is found is
doubtful, because of the message that it brings along, those without a doubt are looked for in the same way.
"""

import heapq
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chaintrace.graph.doubts import doubts_of
from chaintrace.graph.edges import Resolution
from chaintrace.graph.graph import Graph
from chaintrace.graph.guards import certain_contradiction, demands_of
from chaintrace.graph.paths import Order, Path, Refuted
from chaintrace.graph.replay import Needs, Refusal
from chaintrace.query.groups import Groups, diverse
from chaintrace.query.network import Network, Step
from chaintrace.query.reach import UNREACHED, Reach, cost_of

BUDGET = 100_000
"""Partial paths looked at before the search for further paths gives up."""
CHOICE = 4
"""Paths of different groups that are looked for, for each that is wanted, to choose the most diverse from."""
MOST_VISITS = 32
"""Partial paths with the same needs at one activation that are followed, beside four for each path wanted."""
EQUALS = 8
"""Paths as good as the last that is wanted that are looked at too, for the one that asks for the least."""
EQUAL_BUDGET = 400
"""Partial paths looked at for these."""
MOST_REFUTED = 200
"""Refuted paths that are kept to be listed; all are counted."""


class End(NamedTuple):
    """End a path in an activation, by one more edge out of it where `edge` is given, under its rules."""

    activation: int
    edge: int | None = None
    rule: int = -1
    doubt: int = -1


class Partial(NamedTuple):
    """Be an unfinished path, its last edge first: what it passes, or why it cannot happen.

    `needs` are those it has at each activation that it passes: what refutes, and what makes doubtful.
    `rules` are those of its edges among the doubts.
    """

    edges: tuple[int, ...]
    activations: tuple[int, ...]
    passed: int
    weakest: Resolution
    cost: int
    groups: tuple[int, ...]
    needs: tuple[tuple[Needs, Needs], ...]
    rules: tuple[int, ...] = ()
    refusal: Refusal | None = None


_Entry = tuple[Resolution, int, tuple[int, ...], tuple[int, ...], int, Partial]
"""A partial path in the order of the rank it can still reach, then of its edges."""


@dataclass
class Search:
    """Join what one search needs: the network, how far its activations are from the starts, and the limits.

    `count` is the largest number of paths to one set of ends, `depth` the largest number of edges of a path.
    `refuted` are the ways that the last search found to be impossible, by the edges that make them so.
    `is_strict` while it follows nothing doubtful.
    """

    graph: Graph
    network: Network
    reach: Reach
    count: int = 1
    depth: int | None = None
    ended_early: bool = False
    is_strict: bool = False
    refuted: dict[tuple[int, ...], Refuted | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.groups = Groups(self.network.names, self.graph.edges)


def best_paths(search: Search, ends: Sequence[End]) -> list[Path]:
    """Return up to `search.count` paths from the starts to any of the ends, best first.

    They are as diverse as can be: those that pass other classes and modules come before detours. Doubtful
    ones come last. Where the search gives up, `search.ended_early` is set.
    """
    search.ended_early = False
    found = _chosen(search, ends)
    if any(path.doubts for path in found):
        search.is_strict = True
        certain = _chosen(search, ends)
        search.is_strict = False
        known = {path.symbols for path in certain}
        others = [path for path in found if path.symbols not in known]
        found = [*certain, *sorted(others, key=lambda path: path.order)][: search.count]
    return sorted(found, key=lambda path: _rank(search, path))


def _rank(search: Search, path: Path) -> tuple[Order, int]:
    """Return the order of a path, and for how many certain values it asks."""
    return path.order, demands_of(search.graph, path)


def _chosen(search: Search, ends: Sequence[End]) -> list[Path]:
    """Return up to `search.count` paths, as diverse as can be."""
    chosen: list[Path] = []
    if search.count > 1:
        apart = _gathered(search, ends, CHOICE * search.count, lambda partial: partial.groups)
        chosen = diverse(search.groups, apart, search.count)
    if len(chosen) < search.count:
        every = _gathered(search, ends, search.count + len(chosen), lambda partial: _symbols(search, partial))
        known = {path.symbols for path in chosen}
        others = [path for path in every if path.symbols not in known]
        chosen += others[: search.count - len(chosen)]
    return chosen


def _symbols(search: Search, partial: Partial) -> tuple[str, ...]:
    return tuple(search.graph.edges[edge].target for edge in partial.edges)


def _gathered(
    search: Search, ends: Sequence[End], most: int, shape: Callable[[Partial], Hashable]
) -> list[Path]:
    """Return up to `most` paths, best first; of those with one shape and other such, the best alone.

    Of those that are as good as the last, the ones that ask for the fewest certain values.
    """
    found: dict[tuple[str, ...], Path] = {}
    limit = Limit()
    for partial in _completed(search, ends, most, shape, limit):
        doubts = doubts_of(search.graph.doubts, partial.rules[::-1])
        path = Path(tuple(search.graph.edges[index] for index in reversed(partial.edges)), doubts)
        found.setdefault(path.symbols, path)
        if len(found) == most and limit.bound is None:
            limit.bound = partial.weakest, partial.cost
        if len(found) == most + EQUALS:
            break
    ranked = sorted(found.values(), key=lambda path: (path.order[1:], demands_of(search.graph, path)))
    return ranked[:most]


@dataclass
class Limit:
    """End a search where nothing comes that is as good as `bound`, once that is set, or after `left` more."""

    bound: tuple[Resolution, int] | None = None
    left: int = EQUAL_BUDGET

    def is_reached(self, entry: _Entry) -> bool:
        """Say whether a partial path is not to be followed."""
        if self.bound is None:
            return False
        self.left -= 1
        return entry[:2] > self.bound or self.left < 0


def _completed(
    search: Search, ends: Sequence[End], most: int, shape: Callable[[Partial], Hashable], limit: Limit
) -> Iterator[Partial]:
    """Yield each path, best first."""
    reach = search.reach
    heap = list(_first(search, ends))
    heapq.heapify(heap)
    seen: set[Hashable] = set()
    visits: dict[Hashable, int] = {}
    left_out = False
    for _ in range(BUDGET):
        if not heap:
            search.ended_early = search.ended_early or left_out
            return
        entry = heapq.heappop(heap)
        if limit.is_reached(entry):
            return
        partial = entry[-1]
        here = partial.activations[-1]
        if partial.refusal is not None:
            _refute(search, partial, partial.refusal)
            continue
        state = here, partial.passed, partial.needs[-1]
        key = shape(partial), state
        if key in seen:
            continue
        visits[state] = visits.get(state, 0) + 1
        if visits[state] > 4 * most + MOST_VISITS:
            left_out = True
            continue
        seen.add(key)
        if partial.edges and here in reach.starts and reach.waypoints.after(0, here) == partial.passed:
            if not _contradicts(search, partial):
                yield partial
            continue
        for longer in _extended(search, partial):
            heapq.heappush(heap, longer)
    search.ended_early = search.ended_early or bool(heap)


def _first(search: Search, ends: Sequence[End]) -> Iterator[_Entry]:
    """Yield the paths of no edge, or of the one edge that leads out of the end."""
    passed = search.reach.waypoints.count
    for end in ends:
        edges: tuple[int, ...] = ()
        weakest, cost = Resolution.STATIC, 0
        needs: tuple[Needs, Needs] = ((), ())
        rules: tuple[int, ...] = ()
        if end.edge is not None:
            edges, weakest, rules = (end.edge,), search.graph.edges[end.edge].resolution, (end.doubt,)
            cost = cost_of(weakest)
            found = _before(search, needs, Step(end.activation, end.edge, weakest, end.rule, end.doubt))
            if found is None:
                continue
            needs = found if not isinstance(found, Refusal) else needs
        groups = (search.groups.of(end.activation),)
        entry = _entry(
            search, Partial(edges, (end.activation,), passed, weakest, cost, groups, (needs,), rules)
        )
        if entry:
            yield entry


def _entry(search: Search, partial: Partial) -> _Entry | None:
    """Put a partial path in its order; None where it cannot be completed."""
    state = search.reach.waypoints.state(partial.activations[-1], partial.passed)
    room = None if search.depth is None else search.depth - len(partial.edges)
    bound = search.reach.bound(state, partial.weakest, partial.cost, room)
    if bound is None:
        return None
    return *bound, partial.edges, partial.activations, partial.passed, partial


def _extended(search: Search, partial: Partial) -> Iterator[_Entry]:
    """Yield the paths that begin one step earlier, those that this step refutes included."""
    here = partial.activations[-1]
    for step in search.network.backward[here]:
        needs = _before(search, partial.needs[-1], step)
        if needs is None:
            continue
        if step.to in partial.activations and not _has_changed(partial, step.to, needs):
            continue
        group = search.groups.of(step.to)
        for passed in search.reach.waypoints.before(partial.passed, here):
            longer = Partial(
                (*partial.edges, step.edge),
                (*partial.activations, step.to),
                passed,
                max(partial.weakest, step.resolution),
                partial.cost + cost_of(step.resolution),
                partial.groups if partial.groups[-1] == group else (*partial.groups, group),
                (*partial.needs, ((), ()) if isinstance(needs, Refusal) else needs),
                (*partial.rules, step.doubt),
                needs if isinstance(needs, Refusal) else None,
            )
            if entry := _entry(search, longer):
                yield entry


def _before(search: Search, needs: tuple[Needs, Needs], step: Step) -> tuple[Needs, Needs] | Refusal | None:
    """Return what is needed before a step, or why nothing will do; None where that alone is doubtful."""
    found = search.graph.replay.before(needs[0], step.rule, step.edge)
    if isinstance(found, Refusal):
        return found
    if not search.is_strict:
        return found, ()
    doubtful = search.graph.doubts.before(needs[1], step.doubt, step.edge)
    return None if isinstance(doubtful, Refusal) else (found, doubtful)


def _contradicts(search: Search, partial: Partial) -> bool:
    """Say whether a path has conditions that exclude each other for certain, and write it down if so."""
    edges = partial.edges[::-1]
    path = Path(tuple(search.graph.edges[index] for index in edges))
    pair = certain_contradiction(search.graph, path)
    if pair is None:
        return False
    first, second = pair.first, pair.second
    why = edges[first.hop : second.hop + 1]
    if why not in search.refuted:
        refuted = Refuted(path, first.hop, second.hop, second.about, (str(second),), (str(first),))
        search.refuted[why] = refuted if len(search.refuted) < MOST_REFUTED else None
    return True


def _has_changed(partial: Partial, activation: int, needs: tuple[Needs, Needs] | Refusal) -> bool:
    """Say whether a path may come to an activation once more: what it needs there is not what it was."""
    before = [
        known
        for passed, known in zip(partial.activations, partial.needs, strict=True)
        if passed == activation
    ]
    return not isinstance(needs, Refusal) and ((), ()) not in before and needs not in before


def _refute(search: Search, partial: Partial, refusal: Refusal) -> None:
    """Write down a refuted path: the edges that refute it, completed by the best way to them."""
    length = len(partial.edges)
    needed = partial.edges.index(refusal.need.edge)
    why = partial.edges[needed:]
    if why in search.refuted:
        return
    search.refuted[why] = None
    if len(search.refuted) > MOST_REFUTED:
        return
    edges = [*reversed(_way_to(search, partial)), *reversed(partial.edges)]
    path = Path(tuple(search.graph.edges[edge] for edge in edges))
    at = len(edges) - length
    replay = search.graph.replay
    alternatives = refusal.need.alternatives
    search.refuted[why] = Refuted(
        path,
        at,
        at + length - 1 - needed,
        " or ".join(replay.inputs[source] for source, _ in alternatives),
        replay.described(obj for _, wanted in alternatives for obj in sorted(wanted)),
        replay.described(refusal.given),
    )


def _way_to(search: Search, partial: Partial) -> list[int]:
    """Return the edges of a best way from a start to where a partial path begins, the last first."""
    reach, edges = search.reach, []
    here, passed = partial.activations[-1], partial.passed
    costs = next(
        costs
        for resolution, costs in reach.levels
        if resolution >= partial.weakest and costs[reach.waypoints.state(here, passed)] != UNREACHED
    )
    while cost := costs[reach.waypoints.state(here, passed)]:
        step, passed = _step_before(search, costs, here, passed, cost)
        edges.append(step.edge)
        here = step.to
    return edges


def _step_before(search: Search, costs: Sequence[int], here: int, passed: int, cost: int) -> tuple[Step, int]:
    waypoints = search.reach.waypoints
    return next(
        (step, earlier)
        for step in search.network.backward[here]
        for earlier in waypoints.before(passed, here)
        if costs[waypoints.state(step.to, earlier)] == cost - cost_of(step.resolution)
        and costs[waypoints.state(step.to, earlier)] != UNREACHED
    )
