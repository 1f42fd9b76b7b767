"""Connections: sockets, and the listeners and clients of multiprocessing, joined by the address both name."""

from chaintrace.plugins.addresses import Address, place_of
from chaintrace.plugins.meetings import ANSWERS, channel_of, join, knock, opened, when_known
from chaintrace.plugins.shapes import future
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.variables import Variable

_LOOP = "asyncio.AbstractEventLoop"
_CONNECTION = "multiprocessing.connection.Connection"


def register(models: Models) -> None:
    """Register what opens connections and what waits for them."""
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


def _connect(call: Invocation) -> None:
    if call.receiver is not None:
        _connect_to(call, call.receiver, call.argument(0, "address"))


def _connect_to(call: Invocation, end: Object, where: Variable | None) -> None:
    def connect(address: Address) -> None:
        join(call, end, address, connects=True)
        knock(call, end, address)

    when_known(call, lambda parts: place_of(parts, where), connect)


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
        join(call, end, address, connects=False)
        knock = channel_of(call, address, "connect", end)
        call.analysis.add(call.analysis.field(end, "[connect]"), knock, call.reason)

    when_known(call, lambda parts: place_of(parts, where), listen)


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
    for way in ANSWERS:
        call.store(made, f"[{way}]", call.analysis.field(listening, f"[{way}]"))
        call.analysis.use(call.analysis.field(made, f"[{way}]"), lambda channel: opened(call, channel, made))
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
        channel = channel_of(call, address, "out", end)
        put(channel)
        back = channel_of(call, address, "in", end)
        call.analysis.add(call.analysis.field(end, "[in]"), back, call.reason)

    when_known(call, lambda parts: place_of(parts, where), send)
    call.analysis.use(call.analysis.field(end, "[out]"), put)


def _make_file(call: Invocation) -> None:
    if call.receiver is not None:
        made = call.new("socket.SocketIO")
        for way in ANSWERS:
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
