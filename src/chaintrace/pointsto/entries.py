"""Entry points of a library: the functions that nothing calls, and the instances they run on.

- A class that nothing instantiates gets one instance that stands for those made outside, unless it is left to
  its subclasses: abstract with subclasses, or a protocol.
- A function that nothing reached is started; a method runs on every instance that finds it under its name.
- What the program's own callers exclude by the literals that they pass is run for others who call it.
- A public method that subclasses inherit is started too, even where something reached it, on any of their
  instances.
- So are the methods of descriptors, on each of them, with the objects whose attributes they stand for.
"""

from typing import TYPE_CHECKING

from chaintrace.ir.facts import BlockKind
from chaintrace.pointsto.abstract import is_left_to_heirs
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.analysis import Analysis
from chaintrace.pointsto.arguments import Arguments, give_defaults
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.contexts import inherited_heap
from chaintrace.pointsto.objects import Class, Function, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable

if TYPE_CHECKING:
    from chaintrace.project.modules import Code


def stand_in(analysis: Analysis, classes: list[Class]) -> bool:
    """Make one instance for each class the program never instantiates, initialised as by a caller outside."""
    made = False
    for cls in classes:
        if analysis.known_instances(cls).points_to or cls.body is None or is_left_to_heirs(analysis, cls):
            continue
        obj = Instance(cls, ("declared", cls), (cls.body, cls.code.block.site), ())
        obj.declared = True
        analysis.add(analysis.known_instances(cls), obj, Reason("declared", cls.body, cls.code.block.site))
        call = Call(cls.body, cls.code.block.site, Arguments())
        raw = analysis.lookups.of_class(cls, "__init__")
        for found in list(raw.points_to):
            if isinstance(found, Function):
                _enter(analysis, found, obj, call)
        _construct(analysis, cls, call)
        made = True
    return made


def _construct(analysis: Analysis, cls: Class, call: Call) -> None:
    """Start what calling a class runs before `__init__`: `__new__`, or the metaclass's `__call__`."""
    lookups = analysis.lookups
    found = [lookups.of_class(cls, "__new__")] if lookups.defines(cls, "__new__") else []
    found += [
        lookups.of_class(one, "__call__") for one in cls.metaclasses if lookups.defines(one, "__call__")
    ]
    for raw in found:
        for function in [analysis.unwrap(obj) for obj in raw.points_to]:
            if isinstance(function, Function) and function.code.block.parameters:
                callee = analysis.activate(function, *analysis.contexts.by_class(function, cls))
                give_defaults(analysis, callee, ())
                analysis.add(callee.register(0), cls, Reason("declared", call.activation, call.site))


def _enter(analysis: Analysis, function: Function, obj: Instance, call: Call) -> None:
    context, heap = analysis.contexts.choose(function, obj, call.activation, call.site)
    callee = analysis.activate(function, context, heap)
    give_defaults(analysis, callee, ())
    if callee.code.block.parameters:
        analysis.add(callee.register(0), obj, Reason("entry", call.activation, call.site))


def start_unreached(analysis: Analysis, functions: list[Function]) -> bool:
    """Start the functions that nothing reached."""
    started = False
    entered = {activation.function for activation in analysis.activations}
    for function in functions:
        if function.code in analysis.reached:
            if function not in entered and "__wrapped__" in function.fields:
                started = _start_wrapper(analysis, function) or started
            continue
        started = True
        cls = function.env.cls if function.env.code.block.kind is BlockKind.CLASS else None
        if cls is None:
            give_defaults(analysis, analysis.activate(function, None, inherited_heap(function)), ())
            continue
        callee = analysis.activate(function, *analysis.contexts.by_class(function, cls))
        give_defaults(analysis, callee, ())
        if callee.code.block.parameters:
            reason = Reason("entry", callee, function.code.block.site)
            first = callee.register(0)
            if is_class_method(analysis, function, cls):
                analysis.add(first, cls, reason)
            elif not is_static(analysis, function, cls):
                _receive(analysis, function, cls, first, reason)
    return started


def start_elsewhere(analysis: Analysis, activations: list[Activation]) -> bool:
    """Run what no caller in the program reaches in a function for the literals that it passes.

    Others may pass other literals to what a library offers. Such a run takes what the program's own callers
    pass, but gives them nothing back.
    """
    apart: dict[Code, list[Activation]] = {}
    for activation in activations:
        if activation.never and not activation.code.is_closed:
            apart.setdefault(activation.code, [])
    for activation in analysis.activations if apart else ():
        if activation.code in apart:
            apart[activation.code].append(activation)
    started = False
    for several in apart.values():
        if frozenset.intersection(*(one.never for one in several)):
            for one in several:
                started = _run_elsewhere(analysis, one) or started
    return started


def _run_elsewhere(analysis: Analysis, activation: Activation) -> bool:
    """Run a function in the context of one of its activations, but for whatever literals are passed."""
    if activation.function is None or not activation.fixed:
        return False
    callee = analysis.activate(activation.function, activation.context, activation.heap)
    reason = Reason("argument", activation, -1)
    for register in range(len(callee.code.block.parameters)):
        analysis.flow(activation.register(register), callee.register(register), reason)
    return True


def _start_wrapper(analysis: Analysis, wrapper: Function) -> bool:
    """Start a decorator's closure that stands for a function of its own, though another of its code ran."""
    for wrapped in list(analysis.field(wrapper, "__wrapped__").points_to):
        if isinstance(wrapped, Function) and wrapper.code.block.parameters:
            callee = analysis.activate(wrapper, None, inherited_heap(wrapper))
            give_defaults(analysis, callee, ())
            cls = wrapped.env.cls if wrapped.env.code.block.kind is BlockKind.CLASS else None
            if cls is not None:
                reason = Reason("entry", callee, wrapper.code.block.site)
                _receive(analysis, wrapped, cls, callee.register(0), reason)
            return True
    return False


def start_inherited(analysis: Analysis, functions: list[Function]) -> bool:
    """Start the public methods that subclasses inherit, on any instance of those; say whether there was one.

    A library's own calls tell little about who inherits: whoever holds a `Circle` may call the `Shape.draw`
    that it has, and there `self` is a `Circle`.
    """
    started = False
    for function in functions:
        cls = function.env.cls if function.env.code.block.kind is BlockKind.CLASS else None
        if cls is None or not cls.heirs or not _is_public(function) or not function.code.block.parameters:
            continue
        if is_class_method(analysis, function, cls) or is_static(analysis, function, cls):
            continue
        callee = analysis.activate(function, ("inherited", cls), (cls,))
        give_defaults(analysis, callee, ())
        reason = Reason("declared", callee, function.code.block.site)
        _receive(analysis, function, cls, callee.register(0), reason)
        started = True
    return started


def start_described(analysis: Analysis, functions: list[Function]) -> bool:
    """Start what reading, writing and deleting a described attribute runs; say whether there was any.

    A library's own calls tell little about what is read: whoever holds a `Room` may read all it has.
    """
    started = False
    for function in functions:
        cls = function.env.cls if function.env.code.block.kind is BlockKind.CLASS else None
        name = function.code.name.rpartition(".")[2]
        if cls is not None and name in ("__get__", "__set__", "__delete__"):
            _describe(analysis, function, cls, name)
            started = True
    return started


def _describe(analysis: Analysis, function: Function, cls: Class, name: str) -> None:
    def on_instance(obj: Object) -> None:
        if not isinstance(obj, Instance) or not obj.is_descriptor or obj.site is None:
            return
        body, site = obj.site
        if analysis.lookups.definer(obj.cls, name) is not cls or body.cls is None:
            return
        context, heap = analysis.contexts.choose(function, obj, body, site)
        callee = analysis.activate(function, context, heap)
        give_defaults(analysis, callee, ())
        reason = Reason("declared", body, site)
        analysis.add(callee.register(0), obj, reason)
        if len(function.code.block.parameters) > 1:
            analysis.flow(analysis.known_instances(body.cls), callee.register(1), reason)

    analysis.use(analysis.known_instances(cls), on_instance)


def _receive(analysis: Analysis, function: Function, cls: Class, first: Variable, reason: Reason) -> None:
    """Let `first` hold every instance on which a method, looked up by its name, is this one."""
    name = function.code.name.rpartition(".")[2]

    def on_instance(obj: Object) -> None:
        if isinstance(obj, Instance) and analysis.lookups.definer(obj.cls, name) in (cls, None):
            analysis.add(first, obj, reason)

    analysis.use(analysis.known_instances(cls), on_instance)


def _is_public(function: Function) -> bool:
    name = function.code.name.rpartition(".")[2]
    return not name.startswith("_") or (name.endswith("__") and name != "__init__")


def _wrapped_by(analysis: Analysis, function: Function, cls: Class, path: str) -> bool:
    name = function.code.name.rpartition(".")[2]
    return any(
        isinstance(found, Instance)
        and not isinstance(found.cls, Class)
        and found.cls.path == path
        and function in analysis.field(found, "function").points_to
        for found in analysis.field(cls, name).points_to
    )


def is_class_method(analysis: Analysis, function: Function, cls: Class) -> bool:
    """Say whether a function of a class body is a class method."""
    name = function.code.name.rpartition(".")[2]
    implied = name in ("__new__", "__init_subclass__", "__class_getitem__")
    return implied or _wrapped_by(analysis, function, cls, "builtins.classmethod")


def is_static(analysis: Analysis, function: Function, cls: Class) -> bool:
    """Say whether a function of a class body is a static method."""
    return _wrapped_by(analysis, function, cls, "builtins.staticmethod")
