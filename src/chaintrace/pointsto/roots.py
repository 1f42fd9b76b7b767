"""Phases: where execution may start, in the order in which the evidence weakens.

1. Module bodies, everything that importing the program runs; then the tests, as a test runner calls them.
   From the tests on, no new receiver or call site is told apart.
2. Annotations fill what stayed empty in the code reached so far.
3. Functions that nothing reached are entry points of the library: their `self` is any instance the program
   makes of the class, else one that stands for them; their annotated parameters are supplied as in 2.

Each phase is solved to a fixpoint, and 2 and 3 repeat until nothing new appears.
"""

from collections.abc import Callable

from chaintrace.pointsto import overridden
from chaintrace.pointsto.analysis import Analysis
from chaintrace.pointsto.declared import is_open, supply
from chaintrace.pointsto.entries import (
    stand_in,
    start_described,
    start_elsewhere,
    start_inherited,
    start_unreached,
)
from chaintrace.pointsto.models import Models
from chaintrace.pointsto.objects import Class, Function
from chaintrace.pointsto.supposed import SupposedCalls
from chaintrace.project.program import Program
from chaintrace.project.supposed import SupposedCodes

Progress = Callable[[str, int, int], None]


def run(
    program: Program,
    models: Models,
    builtin_names: frozenset[str],
    progress: Progress | None = None,
    names: frozenset[str] | None = None,
    supposed: tuple[SupposedCodes, ...] = (),
) -> Analysis:
    """Analyse a program and return the solved analysis.

    `names` limits phase 3 to functions and classes of these bare names; None starts all that nothing reached.
    `supposed` are calls that are taken to be made.
    """
    analysis = Analysis(program, models, builtin_names)
    calls = SupposedCalls(analysis, supposed)
    names = names | calls.names if names is not None else None
    if progress is not None:
        analysis.tick = lambda: _tell(analysis, progress)
    analysis.allow(sum(module.facts.lines for module in program.modules.values()))
    for name in sorted(program.modules):
        analysis.activate_module(program.modules[name].codes[0])
    analysis.solve()
    calls.settle()
    if names is None:
        for starter in models.starters:
            starter(analysis)
        analysis.solve()
    analysis.in_sight = len(analysis.activations)
    seen_functions = seen_classes = seen_activations = 0
    while not analysis.exhausted:
        if calls.give() or _fill_declared(analysis):
            analysis.solve()
            continue
        if seen_classes < len(analysis.classes):
            start, seen_classes = seen_classes, len(analysis.classes)
            classes = [cls for cls in analysis.classes[start:] if _bare(cls) not in program.left_out]
            if stand_in(analysis, _limited(classes, names)):
                analysis.solve()
                continue
        fresh = analysis.functions[seen_functions:]
        seen_functions = len(analysis.functions)
        unused = program.left_out
        fresh = [f for f in fresh if (names is None or _bare(f) in names) and _bare(f) not in unused]
        started = start_unreached(analysis, fresh)
        started = start_inherited(analysis, fresh) or started
        entered, seen_activations = analysis.activations[seen_activations:], len(analysis.activations)
        entered = [one for one in entered if one.function and (names is None or _bare(one.function) in names)]
        started = start_elsewhere(analysis, entered) or started
        if not (start_described(analysis, fresh) or started):
            break
        analysis.solve()
    return analysis


def _bare(made: Function | Class) -> str:
    return made.code.name.rpartition(".")[2]


def _limited(classes: list[Class], names: frozenset[str] | None) -> list[Class]:
    """Return the classes that are wanted themselves, or for a method of theirs."""
    if names is None:
        return classes
    return [cls for cls in classes if _bare(cls) in names or not names.isdisjoint(cls.code.member_names)]


def _tell(analysis: Analysis, progress: Progress) -> None:
    progress("solve", len(analysis.reached), len(analysis.program.codes))


def _fill_declared(analysis: Analysis) -> bool:
    """Supply every declared variable that is still empty; say whether there was one."""
    waiting, analysis.declared = analysis.declared, []
    supplied = False
    for target, annotation, activation, site in [*waiting, *overridden.annotations(analysis)]:
        if is_open(analysis, target):
            supply(analysis, target, annotation, activation, site)
            supplied = True
    return supplied
