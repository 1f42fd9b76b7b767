"""Hooks: methods that a library calls on objects of the program.

`HTMLParser.feed` calls the `handle_*` methods that a subclass defines, `NodeVisitor.visit` its `visit_*`.
Only what the program defines is called; the library's own defaults do not matter.
"""

from collections.abc import Iterator

import msgspec

from chaintrace.plugins.values import evaluate, parse
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Model
from chaintrace.pointsto.objects import Class, Instance, Object


class Hook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Describe functions of a library that call methods of what they are given.

    `methods` are names, `*` at the end standing for any ending; with `first`, only the first one defined is
    called. `of` is the value they are called on (a class stands for a new instance of it), `arguments` what
    they are given, `returns` the value given back.
    """

    paths: list[str]
    methods: list[str]
    of: str = "self"
    arguments: list[str] = []
    returns: str = "none"
    first: bool = False


def compiled(hook: Hook) -> Model:
    """Return the model that a hook row describes.

    Raises:
        ValueError: one of its values cannot be read; the message says which.

    """
    target, returns = parse(hook.of), parse(hook.returns)
    passed = [parse(text) for text in hook.arguments]

    def model(call: Invocation) -> None:
        result = call.temporary("result")
        arguments = Arguments.of(*(evaluate(one, call, result) or call.analysis.nothing for one in passed))

        def on_object(obj: Object) -> None:
            if isinstance(obj, Class):
                obj = call.analysis.allocate(obj, call.activation, call.site, "hooked")
            if isinstance(obj, Instance) and isinstance(obj.cls, Class):
                for name in _defined(call, obj.cls, hook):
                    call.run_method(obj, name, arguments, result)

        holders = evaluate(target, call, result)
        if holders is not None:
            call.analysis.use(holders, on_object)
        call.give_all(evaluate(returns, call, result))

    return model


def _defined(call: Invocation, cls: Class, hook: Hook) -> Iterator[str]:
    """Yield the methods of the row that the class or an ancestor of the program defines."""
    for pattern in hook.methods:
        if pattern.endswith("*"):
            names = {
                name: None
                for ancestor in cls.mro
                if isinstance(ancestor, Class)
                for name in sorted(ancestor.code.member_names)
                if name.startswith(pattern[:-1])
            }
        else:
            names = {pattern: None} if call.analysis.lookups.defines(cls, pattern) else {}
        yield from names
        if names and hook.first:
            return
