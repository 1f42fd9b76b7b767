"""Channels as data: which functions put into a queue-like object, and which get from it."""

from collections.abc import Callable

import msgspec

from chaintrace.plugins.shapes import RESULT, future
from chaintrace.plugins.values import Value, evaluate, parse
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Model
from chaintrace.pointsto.objects import Object
from chaintrace.pointsto.variables import Variable


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Describe the two ends of a kind of channel; `chaintrace.plugins.values` has the language of the values.

    `puts` and `gets` name functions as the paths of other rows do. `takes` is the message that a put passes;
    it goes into the field `slot` of what `into` gives, the channel. `of` is the channel of a get, and what
    the slot of that holds is what the get gives back. Both are usually the receiver. With `awaited` both
    functions are coroutines; with `signals` nothing is passed but the moment, and only the get may be
    awaited. `transport` says what carries the messages, where that is not the class of the channel. `calls`
    are functions that a get calls back.
    """

    puts: list[str]
    gets: list[str]
    takes: str = "0:item"
    into: str = "self"
    of: str = "self"
    slot: str = "[?]"
    awaited: bool = False
    signals: bool = False
    transport: str = ""
    calls: list[str] = []

    @property
    def paths(self) -> list[str]:
        """Return all the functions of the row."""
        return [*self.puts, *self.gets]


def compiled(row: Row) -> tuple[Model, Model]:
    """Return the models of the functions that put and of those that get.

    Raises:
        ValueError: one of the row's values cannot be read; the message says which.

    """
    takes, into, of = parse(row.takes), parse(row.into), parse(row.of)
    signal = row.signals or row.slot == RESULT
    functions = [parse(text) for text in row.calls]

    def put(call: Invocation) -> None:
        value = None if row.signals else evaluate(takes, call, call.temporary("result"))

        def on_channel(channel: Object) -> None:
            call.store(channel, row.slot, value)
            call.port(channel, puts=True, value=value, transport=row.transport, signal=signal)

        _each(call, into, on_channel)
        if row.awaited and not row.signals:
            call.give(future(call, None))

    def get(call: Invocation) -> None:
        found = call.temporary("got")

        def on_channel(channel: Object) -> None:
            if not row.signals:
                call.analysis.flow(_held(call, channel, row.slot), found, call.reason)
            call.port(channel, puts=False, transport=row.transport, signal=signal)

        _each(call, of, on_channel)
        for function in functions:
            called = call.temporary("called")
            call.run(evaluate(function, call, called), Arguments(), called)
            call.analysis.flow(called, found, call.reason)
        if row.awaited:
            call.give(future(call, found))
        else:
            call.give_all(found)

    return put, get


def _held(call: Invocation, channel: Object, slot: str) -> Variable:
    """Return the variable of all that a slot holds: for items, whatever key they were put under."""
    return call.slot(channel, "[*]" if slot == "[?]" else slot)


def _each(call: Invocation, value: Value, handler: Callable[[Object], None]) -> None:
    if value.word == "self":
        if call.receiver is not None:
            handler(call.receiver)
        return
    found = evaluate(value, call, call.temporary("result"))
    if found is not None:
        call.analysis.use(found, handler)
