"""Phases: where execution may start, in the order in which the evidence weakens.

1. Module bodies: everything that importing the program runs.
2. Annotations fill what stayed empty in the code reached so far.
3. Functions that nothing reached are entry points of the library: their `self` is any instance the program
   makes of the class, else one that stands for them; their annotated parameters are supplied as in 2.

Each phase is solved to a fixpoint, and 2 and 3 repeat until nothing new appears.
"""

from collections.abc import Callable

from chaintrace.ir.facts import BlockKind
from chaintrace.pointsto.analysis import Analysis
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.contexts import inherited_heap
from chaintrace.pointsto.declared import is_open, supply
from chaintrace.pointsto.models import Models
from chaintrace.pointsto.objects import Class, Function, Instance
from chaintrace.pointsto.variables import Reason
from chaintrace.project.program import Program

Progress = Callable[[str, int, int], None]


def run(
    program: Program,
    models: Models,
    builtin_names: frozenset[str],
    progress: Progress | None = None,
    names: frozenset[str] | None = None,
) -> Analysis:
    """Analyse a program and return the solved analysis.

    `names` limits phase 3 to functions and classes of these bare names; None starts all that nothing reached.
    """
    analysis = Analysis(program, models, builtin_names)
    for name in sorted(program.modules):
        analysis.activate_module(program.modules[name].codes[0])
    analysis.solve()
    seen_functions = seen_classes = 0
    while True:
        _tell(analysis, progress)
        if _fill_declared(analysis):
            analysis.solve()
            continue
        analysis.contexts.settled = True
        if seen_classes < len(analysis.classes):
            start, seen_classes = seen_classes, len(analysis.classes)
            if _stand_in(analysis, _limited(analysis.classes[start:], names)):
                analysis.solve()
                continue
        fresh = analysis.functions[seen_functions:]
        seen_functions = len(analysis.functions)
        if not _start(analysis, [f for f in fresh if names is None or _bare(f) in names]):
            break
        analysis.solve()
    _tell(analysis, progress)
    return analysis


def _bare(made: Function | Class) -> str:
    return made.code.name.rpartition(".")[2]


def _limited(classes: list[Class], names: frozenset[str] | None) -> list[Class]:
    """Return the classes that are wanted themselves, or for a method of theirs."""
    if names is None:
        return classes
    return [cls for cls in classes if _bare(cls) in names or not names.isdisjoint(cls.code.member_names)]


def _tell(analysis: Analysis, progress: Progress | None) -> None:
    if progress is not None:
        progress("solve", len(analysis.reached), len(analysis.program.codes))


def _fill_declared(analysis: Analysis) -> bool:
    """Supply every declared variable that is still empty; say whether there was one."""
    waiting, analysis.declared = analysis.declared, []
    supplied = False
    for target, annotation, activation, site in waiting:
        if is_open(target):
            supply(analysis, target, annotation, activation, site)
            supplied = True
    return supplied


def _stand_in(analysis: Analysis, classes: list[Class]) -> bool:
    """Make one instance for each class the program never instantiates, initialised as by a caller outside."""
    made = False
    for cls in classes:
        if analysis.known_instances(cls).points_to or cls.body is None:
            continue
        obj = Instance(cls, ("declared", cls), (cls.body, cls.code.block.site), ())
        obj.declared = True
        analysis.add(analysis.known_instances(cls), obj, Reason("declared", cls.body, cls.code.block.site))
        call = Call(cls.body, cls.code.block.site, Arguments())
        raw = analysis.lookups.of_class(cls, "__init__")
        for found in list(raw.points_to):
            if isinstance(found, Function):
                _enter(analysis, found, obj, call)
        made = True
    return made


def _enter(analysis: Analysis, function: Function, obj: Instance, call: Call) -> None:
    callee = analysis.activate(function, obj, (obj.origin,))
    if callee.code.block.parameters:
        analysis.add(callee.register(0), obj, Reason("entry", call.activation, call.site))


def _start(analysis: Analysis, functions: list[Function]) -> bool:
    """Start the functions that nothing reached."""
    started = False
    for function in functions:
        if function.code in analysis.reached:
            continue
        started = True
        cls = function.env.cls if function.env.code.block.kind is BlockKind.CLASS else None
        if cls is None:
            analysis.activate(function, None, inherited_heap(function))
            continue
        callee = analysis.activate(function, cls, (cls,))
        if callee.code.block.parameters:
            reason = Reason("entry", callee, function.code.block.site)
            first = callee.register(0)
            if _is_class_method(analysis, function, cls):
                analysis.add(first, cls, reason)
            elif not _is_static(analysis, function, cls):
                analysis.flow(analysis.known_instances(cls), first, reason)
    return started


def _wrapped_by(analysis: Analysis, function: Function, cls: Class, path: str) -> bool:
    name = function.code.name.rpartition(".")[2]
    return any(
        isinstance(found, Instance)
        and not isinstance(found.cls, Class)
        and found.cls.path == path
        and function in analysis.field(found, "function").points_to
        for found in analysis.field(cls, name).points_to
    )


def _is_class_method(analysis: Analysis, function: Function, cls: Class) -> bool:
    name = function.code.name.rpartition(".")[2]
    implied = name in ("__new__", "__init_subclass__", "__class_getitem__")
    return implied or _wrapped_by(analysis, function, cls, "builtins.classmethod")


def _is_static(analysis: Analysis, function: Function, cls: Class) -> bool:
    return _wrapped_by(analysis, function, cls, "builtins.staticmethod")
