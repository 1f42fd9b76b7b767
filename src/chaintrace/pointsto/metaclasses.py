"""Metaclasses: what a `class` statement runs besides its body.

The namespace that `__new__` and `__init__` are given is the class itself seen as a dict: what they read there
is what the body assigned, and what they put there is an attribute of the class. It remembers its class, so
that `type.__new__(mcs, name, bases, namespace)` gives that one.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from chaintrace.ir.facts import Block, BlockKind
from chaintrace.ir.operations import MakeClass
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.contexts import OBJECT_LIMIT
from chaintrace.pointsto.models import Invocation
from chaintrace.pointsto.objects import OPEN_BASES, Class, External, Function, Instance, Object, String
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.modules import Code

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

MADE = "[class]"
"""The field of a namespace that holds the class made from it."""


def run(analysis: "Analysis", metaclass: Class, cls: Class, op: MakeClass, activation: Activation) -> None:
    """Call the `__prepare__`, `__new__` and `__init__` of a metaclass for one class."""
    for name, first in (("__prepare__", metaclass), ("__new__", metaclass), ("__init__", cls)):
        if analysis.lookups.defines(metaclass, name):
            call = _call(analysis, cls, op, activation, short=name == "__prepare__")
            _run_hook(analysis, analysis.lookups.of_class(metaclass, name), first, cls, call)


def call_function(
    analysis: "Analysis", function: Object, cls: Class, op: MakeClass, activation: Activation
) -> None:
    """Call a function that stands where a metaclass does; the class's name takes what it returns too."""
    call = _call(analysis, cls, op, activation, short=False)
    analysis.calls.apply(function, call, function)


def _call(analysis: "Analysis", cls: Class, op: MakeClass, activation: Activation, *, short: bool) -> Call:
    reason = Reason("receiver", activation, op.site)
    name = activation.temporary(("class name", op.site))
    analysis.add(name, analysis.string(cls.code.name.rpartition(".")[2]), reason)
    bases = activation.temporary(("bases", op.site))
    given = analysis.allocate(analysis.builtin["tuple"], activation, op.site, "bases")
    given.length = len(op.bases)
    for at, register in enumerate(op.bases):
        analysis.flow(activation.register(register), analysis.item(given, f"#{at}"), reason)
    analysis.add(bases, given, reason)
    arguments = Arguments.of(name, bases)
    if not short:
        arguments = Arguments.of(name, bases, _namespace(analysis, cls, op, activation))
    arguments.keywords.extend((key, value) for key, value in cls.keywords.items() if key != "**")
    target = activation.register(op.target)
    return Call(activation, op.site, arguments, None if short else target, flags=("implicit",), via=target)


def _namespace(analysis: "Analysis", cls: Class, op: MakeClass, activation: Activation) -> Variable:
    found = activation.temporary(("namespace", op.site, cls))
    if not found.points_to:
        reason = Reason("member", activation, op.site)
        made = analysis.allocate(analysis.builtin["dict"], activation, op.site, ("namespace", cls))
        analysis.add(analysis.field(made, MADE), cls, reason)
        for name in sorted(cls.code.member_names):
            analysis.flow(analysis.field(cls, name), analysis.item(made, "'" + name), reason)
        mirror(analysis, made, cls, reason)
        analysis.add(found, made, reason)
    return found


def mirror(analysis: "Analysis", namespace: Object, owner: Object, reason: Reason) -> None:
    """Let what is put into a dict under a name be the attribute of that name."""

    def on_item(key: str, value: Variable) -> None:
        if key.startswith("'"):
            analysis.flow(value, analysis.field(owner, key[1:]), reason)

    analysis.on_items(namespace, on_item)


def _run_hook(analysis: "Analysis", raw: Variable, first: Object, cls: Class, call: Call) -> None:
    holder = call.activation.temporary(("metaclass", first, call.site))
    analysis.add(holder, first, Reason("receiver", call.activation, call.site))
    call = call.passing(call.arguments.after(holder))
    owner, name = raw.what
    in_body = isinstance(owner, Class) and isinstance(name, str) and analysis.lookups.defines(owner, name)

    def on_found(found: Object) -> None:
        hook = analysis.unwrap(found)
        if isinstance(hook, Function) and in_body and hook.env.cls is None:
            return  # put in its place afterwards, against classes to come
        if isinstance(hook, Function) and len(hook.code.block.operations) <= OBJECT_LIMIT:
            # One class, one context: what it does with the class stays with the class.
            analysis.calls.enter_in(("made", cls), (cls,), hook, None, call, first)
        elif hook is not None:
            analysis.calls.apply(hook, call, first)

    analysis.use(raw, on_found)


def is_metaclass(cls: Class) -> bool:
    """Say whether the instances of a class are classes."""
    return any(
        isinstance(a, External) and (a.path == "builtins.type" or a.path.endswith(("Meta", "EnumType")))
        for a in cls.mro
    )


def made_by(call: Invocation, first: int) -> None:
    """Give the classes that `type(name, bases, namespace)` makes; `first` is the position of the name."""
    analysis, namespaces, context = call.analysis, call.argument(first + 2), call.activation.context
    if namespaces is None:
        return

    def on_namespace(obj: Object) -> None:
        if isinstance(obj, Instance) and MADE in obj.fields:
            call.give_all(analysis.field(obj, MADE))
        elif isinstance(context, tuple) and len(context) == 2 and context[0] == "made":  # noqa: PLR2004
            call.give(context[1])
        elif isinstance(obj, Instance) and obj.cls is analysis.builtin["dict"]:
            made = _made_here(call, first, obj)
            call.give(made)
            bases = call.argument(1, "bases")
            if first == 0 and bases is not None:
                _inherit_hooks(call, bases, made)

    analysis.use(namespaces, on_namespace)


def _inherit_hooks(call: Invocation, bases: Variable, made: Class) -> None:
    """Run the metaclasses that a class without a statement has from its bases."""
    analysis = call.analysis
    making = replace(call.call, result=None, flags=("implicit",))

    def on_base(base: Object) -> None:
        order = base.mro if isinstance(base, Class) else []
        for metaclass in dict.fromkeys(m for a in order if isinstance(a, Class) for m in a.metaclasses):
            for name, first in (("__new__", metaclass), ("__init__", made)):
                if analysis.lookups.defines(metaclass, name):
                    _run_hook(analysis, analysis.lookups.of_class(metaclass, name), first, made, making)

    analysis.use(bases, lambda obj: analysis.use(analysis.field(obj, "[*]"), on_base))


def _made_here(call: Invocation, first: int, namespace: Instance) -> Class:
    """Return the class that a call makes out of a dict and a tuple of bases, one for each namespace."""
    analysis, made = call.analysis, call.analysis.made_classes
    found = made.get((namespace, call.activation))
    if found is None:
        cls = found = Class(_code(call, _spelling(call.argument(first, "name"))), call.activation)
        cls.flags.add(OPEN_BASES)
        made[namespace, call.activation] = cls
        mirror(analysis, namespace, cls, call.reason)
        analysis.on_items(namespace, lambda key, _value: _note_member(cls, key))
        bases = call.argument(first + 1, "bases")
        if bases is not None:
            analysis.use(bases, lambda obj: _derive_from_all(call, cls, obj))
    return found


def _spelling(names: Variable | None) -> str:
    known = (
        (obj.value for obj in names.points_to if isinstance(obj, String)) if names is not None else iter(())
    )
    return next(known, "") or "<class>"


def _note_member(cls: Class, key: str) -> None:
    if key.startswith("'"):
        cls.added.setdefault(key[1:])


def _derive_from_all(call: Invocation, cls: Class, bases: Object) -> None:
    call.analysis.on_items(bases, lambda _key, base: _derive(call, cls, base))


def _derive(call: Invocation, cls: Class, base: Variable) -> None:
    def on_base(obj: Object) -> None:
        if isinstance(obj, Class | External):
            call.analysis.class_rules.derive(cls, obj, call.reason)

    call.analysis.use(base, on_base)


def _code(call: Invocation, name: str) -> Code:
    """Return the code of a class that has no statement."""
    around = call.activation.code
    kind = around.block.kind
    prefix = around.module.name if kind is BlockKind.MODULE else f"{around.name}.<locals>"
    block = Block(name, BlockKind.CLASS, around.index, call.site, [], 0, [], [], [], [])
    return Code(around.module, around.index, block, f"{prefix}.{name}", around, around.order)
