"""Streams and protocols of asyncio, joined with what they talk to where both name the same address."""

from collections.abc import Callable, Iterator

from chaintrace.graph.edges import EdgeKind
from chaintrace.plugins.addresses import Address, Parts, meeting
from chaintrace.plugins.meetings import channel_of, holding, join, knock, when_known
from chaintrace.plugins.shapes import future
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Channel, Class, Instance, Object
from chaintrace.pointsto.ports import Port

_LOOP = "asyncio.AbstractEventLoop"
_EVENTS = ("connection_made", "data_received", "datagram_received", "eof_received", "connection_lost")


def register(models: Models) -> None:
    """Register what opens streams and what serves them."""
    models.function("asyncio.open_connection", "asyncio.open_unix_connection")(_open_stream)
    models.function("asyncio.start_server", "asyncio.start_unix_server")(_serve_streams)
    for name in ("create_connection", "create_unix_connection", "create_server", "create_unix_server"):
        models.function(f"{_LOOP}.{name}")(_make_protocol)


def _place(call: Invocation, first: int) -> Callable[[Parts], list[Address]]:
    """Return how to find the address of a call that takes a path, or host and port, from a position on."""
    if "unix" in call.path:
        path = call.argument(first, "path")
        return lambda parts: meeting(parts, path) if path is not None else []
    host, port = call.argument(first, "host"), call.argument(first + 1, "port")
    return lambda parts: meeting(parts, host, port) if port is not None else []


def _open_stream(call: Invocation) -> None:
    reader, writer = call.new("asyncio.StreamReader"), call.new("asyncio.StreamWriter")
    pair = call.new("builtins.tuple", "pair")
    pair.length = 2
    for at, end in enumerate((reader, writer)):
        call.analysis.add(call.slot(pair, f"#{at}"), end, call.reason)
    call.give(future(call, holding(call, pair, "pair")))

    def connect(address: Address) -> None:
        for end in (reader, writer):
            join(call, end, address, connects=True)
        knock(call, writer, address)

    when_known(call, _place(call, 0), connect)


def _serve_streams(call: Invocation) -> None:
    reader, writer = call.new("asyncio.StreamReader"), call.new("asyncio.StreamWriter")
    given = Arguments.of(holding(call, reader, "reader"), holding(call, writer, "writer"))
    call.run(call.argument(0, "client_connected_cb"), given, kind=EdgeKind.CALLBACK, flags=())
    call.give(future(call, holding(call, call.new("asyncio.Server"), "server")))

    def listen(address: Address) -> None:
        for end in (reader, writer):
            join(call, end, address, connects=False)
        _enter(call, channel_of(call, address, "connect", reader), reader, "")

    when_known(call, _place(call, 1), listen)


def _make_protocol(call: Invocation) -> None:
    """Pair each protocol with a transport, and let the loop call its methods."""
    connects = call.path.endswith("connection")
    transport = call.new("asyncio.Transport")
    protocols = call.temporary("protocols")
    call.run(call.argument(0, "protocol_factory"), Arguments(), protocols, EdgeKind.CALLBACK, ())

    def on_protocol(obj: Object) -> None:
        if isinstance(obj, Instance) and isinstance(obj.cls, Class):
            given = Arguments.of(holding(call, transport, "transport"))
            for name in _EVENTS:
                if call.analysis.lookups.defines(obj.cls, name):
                    passed = given if name == "connection_made" else Arguments.of(call.analysis.nothing)
                    call.run_method(obj, name, passed, kind=EdgeKind.CALLBACK)

    call.analysis.use(protocols, on_protocol)
    if connects:
        pair = call.new("builtins.tuple", "pair")
        pair.length = 2
        call.analysis.add(call.slot(pair, "#0"), transport, call.reason)
        call.analysis.flow(protocols, call.slot(pair, "#1"), call.reason)
        call.give(future(call, holding(call, pair, "pair")))
    else:
        call.give(future(call, holding(call, call.new("asyncio.Server"), "server")))

    def meet(address: Address) -> None:
        join(call, transport, address, connects=connects)
        _enter(
            call,
            channel_of(call, address, "in" if connects else "out", transport),
            transport,
            "data_received",
        )
        if connects:
            knock(call, transport, address)
        else:
            _enter(call, channel_of(call, address, "connect", transport), transport, "connection_made")

    when_known(call, _place(call, 1), meet)


def _enter(call: Invocation, channel: Channel, end: Object, name: str) -> None:
    """Let the functions that a call runs, those of a name if there is one, get from a channel."""

    def look() -> bool:
        for activation in _entered(call, name):
            holder = call.temporary("opening")
            signal = name != "data_received"
            port = Port(
                activation,
                -1,
                channel,
                puts=False,
                transport="socket",
                value=None,
                holder=holder,
                held=end,
                signal=signal,
            )
            call.analysis.ports.add(port)
        return False

    call.analysis.last.append(look)


def _entered(call: Invocation, name: str) -> Iterator[Activation]:
    for fact in call.analysis.record.made.get(call.activation.number, {}).get(call.site, ()):
        own = fact.kind is EdgeKind.CALLBACK and isinstance(fact.target, Activation)
        if (
            own
            and isinstance(fact.target, Activation)
            and fact.target.code.name.endswith(f".{name}" if name else "")
        ):
            yield fact.target
