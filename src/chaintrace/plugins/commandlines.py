"""`argparse`: types and actions run when a command line is parsed; defaults become attributes of the result.

A parser stands for its groups and for the parsers of its subcommands: their options end up in one namespace.
"""

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.metaclasses import mirror
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Class, Instance, Object

_PARSER = "argparse.ArgumentParser"
_PARTS = ("add_argument_group", "add_mutually_exclusive_group", "add_subparsers", "add_parser")
_PARSING = ("parse_args", "parse_known_args", "parse_intermixed_args")


def register(models: Models) -> None:
    """Register command lines."""
    models.classes.add(_PARSER)
    for name in _PARTS:
        models.function(f"{_PARSER}.{name}")(_itself)
    models.function(f"{_PARSER}.add_argument")(_add_argument)
    models.function(f"{_PARSER}.set_defaults")(_set_defaults)
    for name in _PARSING:
        models.function(f"{_PARSER}.{name}")(_parse)


def _itself(call: Invocation) -> None:
    if call.receiver is not None:
        call.give(call.receiver)


def _namespace(call: Invocation, parser: Object) -> Object:
    namespace = call.analysis.allocate(
        call.analysis.external("argparse.Namespace"), call.activation, call.site, ("of", parser)
    )
    call.analysis.add(call.slot(parser, "[namespaces]"), namespace, call.reason)
    return namespace


def _add_argument(call: Invocation) -> None:
    parser, action = call.receiver, call.argument(99, "action")
    if parser is None:
        return
    call.store(parser, "[types]", call.argument(99, "type"))
    default = call.argument(99, "default")
    if default is not None:
        for name in _destinations(call):
            call.store(parser, "'" + name, default)
    if action is not None:
        call.analysis.use(action, lambda obj: _make_action(call, parser, obj))


def _destinations(call: Invocation) -> list[str]:
    """Return the attribute an option is stored under, as far as its names are constants."""
    given = [value for value, _starred in call.call.arguments.positional]
    named = call.argument(99, "dest")
    texts = [getattr(o, "value", "") for v in ([named] if named is not None else given) for o in v.points_to]
    long = [text for text in texts if text.startswith("--")] or texts
    return [text.lstrip("-").replace("-", "_") for text in long[:1] if text]


def _make_action(call: Invocation, parser: Object, obj: Object) -> None:
    if isinstance(obj, Class):
        made = call.temporary(("action", obj))
        making = call.call.passing(Arguments.of(call.analysis.nothing, call.analysis.nothing))
        call.analysis.construction.construct(obj, making, obj)
        call.analysis.add(made, call.analysis.allocate(obj, call.activation, call.site), call.reason)
        call.store(parser, "[actions]", made)


def _set_defaults(call: Invocation) -> None:
    if call.receiver is not None:
        for name, value in call.call.arguments.keywords:
            call.store(call.receiver, "'" + name, value)


def _parse(call: Invocation) -> None:
    parser = call.receiver
    if not isinstance(parser, Instance):
        return
    text = call.temporary("text")
    call.analysis.add(text, call.analysis.text, call.reason)
    call.run(call.slot(parser, "[types]"), Arguments.of(text))
    namespace = _namespace(call, parser)
    spaces, parsers = call.slot(parser, "[namespaces]"), call.temporary("parser")
    call.analysis.add(parsers, parser, call.reason)
    call.run(call.slot(parser, "[actions]"), Arguments.of(parsers, spaces, text))
    mirror(call.analysis, parser, namespace, call.reason)
    call.give(namespace)
