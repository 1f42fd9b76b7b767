"""Hooks: methods that a library calls on objects of the program.

`HTMLParser.feed` calls the `handle_*` methods that a subclass defines, `NodeVisitor.visit` its `visit_*`.
Only what the program defines is called; the library's own defaults do not matter.
"""

from collections.abc import Iterator

import msgspec

from chaintrace.plugins.values import evaluate, parse, store
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Model
from chaintrace.pointsto.objects import Class, Instance, Object
from chaintrace.pointsto.variables import Variable


class Hook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Describe functions of a library that call methods of what they are given.

    `methods` are names, `*` at the end standing for any ending, `a | b` for `b` where there is no `a`; with
    `first`, only the first one defined is called. A class with a `__getattr__` and no method with the
    beginning is asked for one. `of` is the value they are called on (a class stands for a new instance of
    it), `arguments` what they are given, `returns` the value given back. `stores` puts values into objects
    first: [object, field, value].
    """

    paths: list[str]
    methods: list[str]
    of: str = "self"
    arguments: list[str] = []
    returns: str = "none"
    first: bool = False
    stores: list[tuple[str, str, str]] = []


def compiled(hook: Hook) -> Model:
    """Return the model that a hook row describes.

    Raises:
        ValueError: one of its values cannot be read; the message says which.

    """
    target, returns = parse(hook.of), parse(hook.returns)
    passed = [parse(text) for text in hook.arguments]

    stores = [(parse(holder), field, parse(value)) for holder, field, value in hook.stores]

    def model(call: Invocation) -> None:
        result = call.temporary("result")
        arguments = Arguments.of(*(evaluate(one, call, result) or call.analysis.nothing for one in passed))

        for holder, field, value in stores:
            store(call, evaluate(holder, call, result), field, evaluate(value, call, result))

        def on_object(obj: Object) -> None:
            if isinstance(obj, Class):
                obj = call.analysis.allocate(obj, call.activation, call.site, "hooked")
            if isinstance(obj, Instance) and isinstance(obj.cls, Class):
                for name in _defined(call, obj.cls, hook):
                    call.run_method(obj, name, arguments, result)
                for beginning in _asked(call, obj.cls, hook):
                    asked = Arguments.of(_spelled(call, beginning))
                    answer = call.temporary(("answer", obj))
                    call.run_method(obj, "__getattr__", asked, answer)
                    call.run(answer, arguments, result)

        holders = evaluate(target, call, result)
        if holders is not None:
            call.analysis.use(holders, on_object)
        call.give_all(evaluate(returns, call, result))

    return model


def _asked(call: Invocation, cls: Class, hook: Hook) -> Iterator[str]:
    """Yield what begins the names for which a class has a `__getattr__` instead of methods."""
    if call.analysis.lookups.defines(cls, "__getattr__"):
        for pattern in hook.methods:
            if not _chosen(call, cls, pattern):
                yield from (one[:-1] for one in _alternatives(pattern) if one.endswith("*"))


def _spelled(call: Invocation, beginning: str) -> Variable:
    """Return a variable that holds the strings with a beginning."""
    name = call.temporary(("name", beginning))
    call.analysis.add(name, call.analysis.string(beginning, open_end=True), call.reason)
    return name


def _defined(call: Invocation, cls: Class, hook: Hook) -> Iterator[str]:
    """Yield the methods of the row that the class or an ancestor of the program defines."""
    for pattern in hook.methods:
        names = _chosen(call, cls, pattern)
        yield from names
        if names and hook.first:
            return


def _chosen(call: Invocation, cls: Class, pattern: str) -> list[str]:
    """Return the methods that the first of the pattern's alternatives means which means any."""
    for one in _alternatives(pattern):
        names = list(_meant(call, cls, one))
        if names:
            return names
    return []


def _alternatives(pattern: str) -> list[str]:
    return [one.strip() for one in pattern.split("|")]


def _meant(call: Invocation, cls: Class, name: str) -> Iterator[str]:
    if not name.endswith("*"):
        if call.analysis.lookups.defines(cls, name):
            yield name
        return
    found: dict[str, None] = {}
    for ancestor in cls.mro:
        if isinstance(ancestor, Class):
            named = (member for member in sorted(ancestor.code.member_names) if member.startswith(name[:-1]))
            found.update(dict.fromkeys(named))
    yield from found
