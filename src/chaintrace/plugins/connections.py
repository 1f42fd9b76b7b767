"""Connections: sockets, streams and protocols, joined where both ends name the same address.

Of an address there are two channels, from the end that connects to the one that listens and back, and a
signal: connecting lets the other end accept. Rows of a table say what writes and what reads.
"""

from collections.abc import Callable, Iterator

from chaintrace.graph.edges import EdgeKind
from chaintrace.plugins.addresses import Address, Parts, meeting, place_of
from chaintrace.plugins.shapes import future
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Channel, Class, Instance, Object
from chaintrace.pointsto.ports import Port
from chaintrace.pointsto.variables import Variable

_LOOP = "asyncio.AbstractEventLoop"
_CONNECTION = "multiprocessing.connection.Connection"
_EVENTS = ("connection_made", "data_received", "datagram_received", "eof_received", "connection_lost")
_ANSWERS = {"in": "out", "out": "in"}


def register(models: Models) -> None:
    """Register what opens connections and what waits for them."""
    models.function("asyncio.open_connection", "asyncio.open_unix_connection")(_open_stream)
    models.function("asyncio.start_server", "asyncio.start_unix_server")(_serve_streams)
    for name in ("create_connection", "create_unix_connection", "create_server", "create_unix_server"):
        models.function(f"{_LOOP}.{name}")(_make_protocol)
    models.function(f"{_LOOP}.sock_connect")(_connect_later)
    models.function(f"{_LOOP}.sock_accept")(_accept_later)
    models.function("socket.socket.connect", "socket.socket.connect_ex")(_connect)
    models.function("socket.socket.bind")(_bind)
    models.function("socket.socket.accept")(_accept)
    models.function("socket.socket.sendto")(_send_to)
    models.function("socket.socket.makefile")(_make_file)
    models.function("socket.create_connection")(_create_connection)
    models.function("socket.create_server")(_create_server)
    models.function("socket.socketpair")(_pair)
    models.function("multiprocessing.connection.Client")(_client)
    models.function("multiprocessing.connection.Listener.__init__")(_listen)
    models.function("multiprocessing.connection.Listener.accept")(_accept_connection)


def _when_known(
    call: Invocation, find: Callable[[Parts], list[Address]], act: Callable[[Address], None]
) -> None:
    """Do something for each address that a call may mean, as soon as that is known."""
    done: dict[tuple[object, ...], None] = {}

    def look() -> bool:
        parts = call.analysis.of_plugins.setdefault(Parts, Parts(call.analysis))
        assert isinstance(parts, Parts)
        for address in find(parts):
            if address.parts not in done:
                done[address.parts] = None
                act(address)
        return False

    call.analysis.last.append(look)


def _channel(call: Invocation, address: Address, way: str, end: Object) -> Channel:
    """Return the channel of an address that goes one way: `out` of the end that connects, or `in` to it."""
    found = call.analysis.ports.channel((address.parts, way), "socket")
    found.name = address.text
    _opened(call, found, end)
    return found


def _opened(call: Invocation, channel: Object, end: Object) -> None:
    """Note that a socket was opened at the address of a channel."""
    if isinstance(channel, Channel):
        channel.openings.setdefault((call.temporary("opening"), end), {})[end] = None


def _join(call: Invocation, end: Object, address: Address, *, connects: bool) -> None:
    """Make an object an end of the channels of an address."""
    for way, other in _ANSWERS.items():
        channel = _channel(call, address, way if connects else other, end)
        call.analysis.add(call.analysis.field(end, f"[{way}]"), channel, call.reason)


def _knock(call: Invocation, end: Object, address: Address) -> None:
    """Let the end that listens at an address go on."""
    channel = _channel(call, address, "connect", end)
    call.port(channel, puts=True, signal=True, holder=(call.temporary("opening"), end))


def _holding(call: Invocation, obj: Object, tag: object) -> Variable:
    found = call.temporary(("holding", tag))
    call.analysis.add(found, obj, call.reason)
    return found


# Streams and protocols of asyncio


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
    call.give(future(call, _holding(call, pair, "pair")))

    def connect(address: Address) -> None:
        for end in (reader, writer):
            _join(call, end, address, connects=True)
        _knock(call, writer, address)

    _when_known(call, _place(call, 0), connect)


def _serve_streams(call: Invocation) -> None:
    reader, writer = call.new("asyncio.StreamReader"), call.new("asyncio.StreamWriter")
    given = Arguments.of(_holding(call, reader, "reader"), _holding(call, writer, "writer"))
    call.run(call.argument(0, "client_connected_cb"), given, kind=EdgeKind.CALLBACK, flags=())
    call.give(future(call, _holding(call, call.new("asyncio.Server"), "server")))

    def listen(address: Address) -> None:
        for end in (reader, writer):
            _join(call, end, address, connects=False)
        _enter(call, _channel(call, address, "connect", reader), reader, "")

    _when_known(call, _place(call, 1), listen)


def _make_protocol(call: Invocation) -> None:
    """Pair each protocol with a transport, and let the loop call its methods."""
    connects = call.path.endswith("connection")
    transport = call.new("asyncio.Transport")
    protocols = call.temporary("protocols")
    call.run(call.argument(0, "protocol_factory"), Arguments(), protocols, EdgeKind.CALLBACK, ())

    def on_protocol(obj: Object) -> None:
        if isinstance(obj, Instance) and isinstance(obj.cls, Class):
            given = Arguments.of(_holding(call, transport, "transport"))
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
        call.give(future(call, _holding(call, pair, "pair")))
    else:
        call.give(future(call, _holding(call, call.new("asyncio.Server"), "server")))

    def meet(address: Address) -> None:
        _join(call, transport, address, connects=connects)
        _enter(
            call, _channel(call, address, "in" if connects else "out", transport), transport, "data_received"
        )
        if connects:
            _knock(call, transport, address)
        else:
            _enter(call, _channel(call, address, "connect", transport), transport, "connection_made")

    _when_known(call, _place(call, 1), meet)


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


# Sockets


def _connect(call: Invocation) -> None:
    if call.receiver is not None:
        _connect_to(call, call.receiver, call.argument(0, "address"))


def _connect_to(call: Invocation, end: Object, where: Variable | None) -> None:
    def connect(address: Address) -> None:
        _join(call, end, address, connects=True)
        _knock(call, end, address)

    _when_known(call, lambda parts: place_of(parts, where), connect)


def _connect_later(call: Invocation) -> None:
    where, sockets = call.argument(1, "address"), call.argument(0, "sock")
    if sockets is not None:
        call.analysis.use(sockets, lambda end: _connect_to(call, end, where))
    call.give(future(call, None))


def _create_connection(call: Invocation) -> None:
    made = call.new("socket.socket")
    call.give(made)
    _connect_to(call, made, call.argument(0, "address"))


def _bind(call: Invocation) -> None:
    if call.receiver is not None:
        _bind_to(call, call.receiver, call.argument(0, "address"))


def _create_server(call: Invocation) -> None:
    made = call.new("socket.socket")
    call.give(made)
    _bind_to(call, made, call.argument(0, "address"))


def _bind_to(call: Invocation, end: Object, where: Variable | None) -> None:
    def listen(address: Address) -> None:
        _join(call, end, address, connects=False)
        knock = _channel(call, address, "connect", end)
        call.analysis.add(call.analysis.field(end, "[connect]"), knock, call.reason)

    _when_known(call, lambda parts: place_of(parts, where), listen)


def _accept(call: Invocation) -> None:
    if call.receiver is not None:
        call.give(_accepted(call, call.receiver))


def _accept_later(call: Invocation) -> None:
    sockets = call.argument(0, "sock")
    given = call.temporary("accepted")
    if sockets is not None:
        call.analysis.use(sockets, lambda end: call.analysis.add(given, _accepted(call, end), call.reason))
    call.give(future(call, given))


def _accepted(call: Invocation, listening: Object) -> Instance:
    """Return the pair that accepting gives: the socket of one connection, and an address."""
    pair = call.new("builtins.tuple", ("pair", listening))
    pair.length = 2
    call.analysis.add(call.slot(pair, "#0"), _talking(call, listening, "socket.socket"), call.reason)
    return pair


def _talking(call: Invocation, listening: Object, path: str) -> Instance:
    """Return the end of a connection that was accepted, and wait for the end that connects."""
    made = call.new(path, ("accepted", listening))
    for way in _ANSWERS:
        call.store(made, f"[{way}]", call.analysis.field(listening, f"[{way}]"))
        call.analysis.use(call.analysis.field(made, f"[{way}]"), lambda channel: _opened(call, channel, made))
    holder = (call.temporary(("listening", listening)), listening)
    knocks = call.analysis.field(listening, "[connect]")
    call.analysis.use(knocks, lambda channel: call.port(channel, puts=False, signal=True, holder=holder))
    return made


def _send_to(call: Invocation) -> None:
    """Send a datagram: to an address, or where none is known, back to where the socket was bound."""
    end, data = call.receiver, call.argument(0, "data")
    where = call.argument(2, "address") or call.argument(1, "address")
    if end is None:
        return

    def put(channel: Object) -> None:
        call.store(channel, "[message]", data)
        call.port(channel, puts=True, value=data, holder=(call.temporary("opening"), end))

    def send(address: Address) -> None:
        channel = _channel(call, address, "out", end)
        put(channel)
        back = _channel(call, address, "in", end)
        call.analysis.add(call.analysis.field(end, "[in]"), back, call.reason)

    _when_known(call, lambda parts: place_of(parts, where), send)
    call.analysis.use(call.analysis.field(end, "[out]"), put)


def _make_file(call: Invocation) -> None:
    if call.receiver is not None:
        made = call.new("socket.SocketIO")
        for way in _ANSWERS:
            call.store(made, f"[{way}]", call.analysis.field(call.receiver, f"[{way}]"))
        call.give(made)


def _pair(call: Invocation) -> None:
    """Make two sockets; what one sends, the other receives."""
    ends = [call.new("socket.socket", at) for at in (0, 1)]
    pair = call.new("builtins.tuple")
    pair.length = 2
    for at, end in enumerate(ends):
        call.analysis.add(call.slot(pair, f"#{at}"), end, call.reason)
        call.analysis.add(call.analysis.field(end, "[out]"), ends[1 - at], call.reason)
        call.analysis.add(call.analysis.field(end, "[in]"), end, call.reason)
    call.give(pair)


# Listener and Client of multiprocessing


def _client(call: Invocation) -> None:
    made = call.new(_CONNECTION)
    call.give(made)
    _connect_to(call, made, call.argument(0, "address"))


def _listen(call: Invocation) -> None:
    if call.receiver is not None:
        _bind_to(call, call.receiver, call.argument(0, "address"))


def _accept_connection(call: Invocation) -> None:
    if call.receiver is not None:
        call.give(_talking(call, call.receiver, _CONNECTION))
