"""The solver on constraints made by hand: no parsing, no Python rules."""

from functools import partial
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from chaintrace.pointsto.objects import Object
from chaintrace.pointsto.solver import Solver
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.pointsto.widening import FEW, VERY_WIDE

WHY = Reason("allocated", None, -1)


class Thing(Object):
    """An object with a name for failure messages."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __repr__(self) -> str:
        return self.name


def variables(names: str) -> list[Variable]:
    return [Variable((None, name)) for name in names]


def test_what_a_variable_holds_flows_on_whenever_it_arrives() -> None:
    solver, (a, b, c), early, late = Solver(), variables("abc"), Thing("early"), Thing("late")
    solver.add(a, early, WHY)
    solver.flow(a, b, WHY)
    solver.flow(b, c, WHY)
    solver.solve()
    solver.add(a, late, WHY)
    solver.solve()
    assert list(c.points_to) == [early, late]


def test_each_fact_remembers_where_it_came_from_first() -> None:
    solver, (a, b, c), thing = Solver(), variables("abc"), Thing("thing")
    solver.add(a, thing, WHY)
    solver.flow(a, b, WHY)
    solver.flow(b, c, WHY)
    solver.flow(a, c, WHY)
    solver.solve()
    assert (a.points_to[thing], b.points_to[thing], c.points_to[thing]) == (WHY, a, b)


def test_a_cycle_settles_and_each_object_goes_round_once() -> None:
    solver, ring, things = Solver(), variables("abcd"), [Thing(str(n)) for n in range(3)]
    for at, variable in enumerate(ring):
        solver.flow(variable, ring[at - 1], WHY)
        solver.flow(variable, variable, WHY)
    for variable, thing in zip(ring, things, strict=False):
        solver.add(variable, thing, WHY)
    solver.solve()
    assert [set(variable.points_to) for variable in ring] == [set(things)] * 4
    assert solver.propagated == 4 * 3


def test_a_handler_sees_each_object_once_whether_it_came_before_or_after() -> None:
    solver, (a,), seen = Solver(), variables("a"), list[Object]()
    before, waiting, after = Thing("before"), Thing("waiting"), Thing("after")
    solver.add(a, before, WHY)
    solver.solve()
    solver.add(a, waiting, WHY)
    solver.use(a, seen.append)
    solver.solve()
    solver.add(a, after, WHY)
    solver.add(a, before, WHY)
    solver.solve()
    assert sorted(map(repr, seen)) == ["after", "before", "waiting"]


def test_a_handler_may_add_constraints_and_handlers_never_nest() -> None:
    solver, chain, running, depths = Solver(), variables("abcdefgh"), list[Object](), list[int]()

    def pass_on(at: int, obj: Object) -> None:
        running.append(obj)
        depths.append(len(running))
        if at + 1 < len(chain):
            solver.add(chain[at + 1], obj, WHY)
            solver.use(chain[at + 1], partial(pass_on, at + 1))
        running.pop()

    solver.add(chain[0], Thing("seed"), WHY)
    solver.use(chain[0], partial(pass_on, 0))
    solver.solve()
    assert depths == [1] * len(chain)


class Rule(NamedTuple):
    """One constraint: `word` is add, flow, load or store; the numbers are those of variables and objects."""

    word: str
    left: int
    right: int


COUNT = 6  # variables, and objects
RULES = st.lists(
    st.builds(
        Rule,
        st.sampled_from(["add", "flow", "flow", "load", "store"]),
        st.integers(0, COUNT - 1),
        st.integers(0, COUNT - 1),
    ),
    max_size=40,
)


def naive(rules: list[Rule]) -> list[set[int]]:
    """Apply every rule to everything until nothing changes.

    `add v o`: o ∈ v. `flow a b`: a ⊆ b. `load a b`: o.field ⊆ b for each o in a. `store a b`: a ⊆ o.field
    for each o in b.
    """
    held = [set[int]() for _ in range(COUNT)]
    fields = [set[int]() for _ in range(COUNT)]
    before = -1
    while before != (before := sum(map(len, held + fields))):
        for word, left, right in rules:
            if word == "add":
                held[left].add(right)
            elif word == "flow":
                held[right] |= held[left]
            elif word == "load":
                held[right] |= set[int]().union(*(fields[obj] for obj in held[left]))
            else:
                for obj in held[right]:
                    fields[obj] |= held[left]
    return held


@settings(max_examples=300, deadline=None)
@given(RULES, st.integers(1, 10))
def test_differences_give_what_a_naive_solver_gives(rules: list[Rule], step: int) -> None:
    """The rules arrive in portions of `step`, each solved to its end."""
    solver, held = Solver(), variables("abcdef")
    things = [Thing(str(number)) for number in range(COUNT)]

    def load(base: int, target: int) -> None:
        solver.use(held[base], lambda obj: solver.flow(solver.field(obj, "field"), held[target], WHY))

    def store(source: int, base: int) -> None:
        solver.use(held[base], lambda obj: solver.flow(held[source], solver.field(obj, "field"), WHY))

    for at, (word, left, right) in enumerate(rules):
        if word == "add":
            solver.add(held[left], things[right], WHY)
        elif word == "flow":
            solver.flow(held[left], held[right], WHY)
        else:
            (load if word == "load" else store)(left, right)
        if at % step == 0:
            solver.solve()
    solver.solve()
    assert [{things.index(obj) for obj in v.points_to if isinstance(obj, Thing)} for v in held] == naive(
        rules
    )


def test_a_limit_on_effort_ends_the_solver_for_good() -> None:
    solver, (a, b) = Solver(), variables("ab")
    solver.most_effort = 5

    def make_more(_obj: Object) -> None:
        solver.add(a, Thing("more"), WHY)

    solver.flow(a, b, WHY)
    solver.use(a, make_more)
    solver.add(a, Thing("seed"), WHY)
    solver.solve()
    assert solver.exhausted == "5 steps of the solver"
    assert 1 < len(a.points_to) < 10


def test_a_limit_on_facts_and_constraints_ends_the_solver_also_among_tasks() -> None:
    solver, (a,) = Solver(), variables("a")
    solver.most_kept = 20
    solver.add(a, Thing("seed"), WHY)
    solver.solve()

    def use_again(_obj: Object) -> None:
        solver.use(a, use_again)

    solver.use(a, use_again)
    solver.solve()
    assert solver.exhausted == "20 facts and constraints"
    assert solver.kept < 30
    assert not solver.tasks


def test_what_was_found_outlives_the_handlers() -> None:
    solver, (a, b), shown = Solver(), variables("ab"), list[Object]()
    things = [Thing(str(number)) for number in range(3)]
    for thing in things:
        solver.add(a, thing, WHY)
    solver.flow(a, b, WHY)
    solver.use(b, shown.append)
    solver.solve()
    solver.release()
    assert (shown, list(b.points_to), list(b.uses)) == (things, things, [])


def test_a_very_wide_set_keeps_a_few_of_every_kind() -> None:
    solver, (a, b) = Solver(), variables("ab")
    kinds = [f"kind {number}" for number in range(40)]
    for kind in kinds:
        for number in range(12):
            thing = Thing(f"{kind}: {number}")
            thing.bucket = kind
            solver.add(a, thing, WHY)
    solver.flow(a, b, WHY)
    solver.solve()
    held = [sum(obj.bucket == kind for obj in b.points_to) for kind in kinds]
    assert (held[0], held[-1], len(b.points_to)) == (12, FEW, VERY_WIDE + 34 * FEW)
    assert list(a.points_to) == list(b.points_to)
