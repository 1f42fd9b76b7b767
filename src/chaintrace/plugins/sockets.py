"""Sockets that are opened at an address: two that have the address in common are the ends of a channel.

Rows of a table say what sends and receives. Here sockets get their kind (`zmq.PUSH`) and their addresses, and
from both the channels that they put into and get from.
"""

from collections.abc import Callable, Iterator

from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Channel, Class, External, Instance, Object, String
from chaintrace.pointsto.variables import Variable

_PARTNERS = {
    "PUSH": ("PULL",),
    "PULL": (),
    "PUB": ("SUB", "XSUB"),
    "XPUB": ("SUB", "XSUB"),
    "SUB": (),
    "XSUB": (),
    "REQ": ("REP", "ROUTER"),
    "REP": ("REQ", "DEALER"),
    "DEALER": ("ROUTER", "REP", "DEALER"),
    "ROUTER": ("DEALER", "REQ", "ROUTER"),
    "PAIR": ("PAIR",),
    "CLIENT": ("SERVER",),
    "SERVER": ("CLIENT",),
    "RADIO": ("DISH",),
    "SCATTER": ("GATHER",),
}
"""The kinds of sockets that get what a kind puts."""
_MODES = {"bind": "connect", "connect": "bind"}
_HERE = ("*", "0.0.0.0", "localhost", "127.0.0.1", "[::1]", "[::]")  # noqa: S104 - names, nothing is bound
_CONTEXTS = ("zmq.Context", "zmq.asyncio.Context")


def register(models: Models) -> None:
    """Register what makes and opens sockets."""
    models.function("zmq.proxy", "zmq.proxy_steerable", "zmq.device")(_proxy)
    for context in _CONTEXTS:
        socket = context.replace("Context", "Socket")
        models.classes |= {context, socket}
        models.function(f"{context}.socket")(_make)
        models.function(f"{context}.instance")(_context)
        models.function(f"{socket}.__init__")(_construct)
        models.function(f"{socket}.bind")(_open)
        models.function(f"{socket}.connect")(_open)


def _proxy(call: Invocation) -> None:
    """Hand on what either socket gets to the other one."""
    ends = call.argument(0, "frontend"), call.argument(1, "backend")
    for source, target in (ends, ends[::-1]):
        if source is not None and target is not None:
            _pass_on(call, source, target)


def _pass_on(call: Invocation, source: Variable, target: Variable) -> None:
    passed = call.temporary(("passed", source))

    def get(socket: Object, channel: Object) -> None:
        call.analysis.flow(call.slot(channel, "[message]"), passed, call.reason)
        call.port(channel, puts=False, holder=(source, socket))

    def put(socket: Object, channel: Object) -> None:
        call.store(channel, "[message]", passed)
        call.port(channel, puts=True, value=passed, holder=(target, socket))

    def each(sockets: Variable, slot: str, act: Callable[[Object, Object], None]) -> None:
        call.analysis.use(
            sockets,
            lambda socket: call.analysis.use(call.slot(socket, slot), lambda channel: act(socket, channel)),
        )

    each(source, "[in]", get)
    each(target, "[out]", put)


def _context(call: Invocation) -> None:
    call.give(call.new(call.path.rpartition(".")[0]))


def _make(call: Invocation) -> None:
    made = call.new(call.path.replace("Context.socket", "Socket"))
    call.store(made, "[kind]", call.argument(0, "socket_type"))
    call.give(made)


def _construct(call: Invocation) -> None:
    if call.receiver is not None:
        call.store(call.receiver, "[kind]", call.argument(1, "socket_type"))


def _open(call: Invocation) -> None:
    """Open a socket at every address that the argument may be, as every kind that it may have."""
    socket, given = call.receiver, call.argument(0, "addr")
    if not isinstance(socket, Instance) or given is None:
        return
    mode = call.path.rpartition(".")[2]

    def join(address: object, obj: Object) -> None:
        kinds = call.slot(socket, "[kind]")
        call.analysis.use(kinds, lambda kind: _join(call, socket, kind, address, (given, obj), mode))

    def on_address(obj: Object) -> None:
        address = _address(obj)
        if address is not None:
            join(address, obj)

    def when_unknown() -> bool:
        if not any(_address(obj) is not None for obj in given.points_to):
            for place in _places(given):
                join(place, socket)
        return True

    call.analysis.use(given, on_address)
    call.analysis.later.append(when_unknown)


def _places(given: Variable) -> Iterator[tuple[Object | str, str]]:
    """Yield the attribute or module variable from which an address comes of which nothing is known."""
    owner, register = given.what
    if not isinstance(owner, Activation) or not isinstance(register, int):
        return
    made = owner.code.definitions.get(owner.code.aliases.get(register, register))
    if isinstance(made, ops.LoadGlobal):
        yield owner.code.module.name, made.name
    elif isinstance(made, ops.Load):
        for holder in owner.register(made.base).points_to:
            if isinstance(holder, Instance) and not holder.stands_for_many:
                yield holder, made.name


def _join(
    call: Invocation,
    socket: Instance,
    kind: Object,
    address: object,
    opening: tuple[Variable, Object],
    mode: str,
) -> None:
    word = kind.path.rpartition(".")[2] if isinstance(kind, External) else ""
    if word not in _PARTNERS:
        return
    for partner in _PARTNERS[word]:
        _attach(call, socket, "[out]", (address, mode), f"zmq {word}→{partner}", opening)
    for partner, receivers in _PARTNERS.items():
        if word in receivers:
            _attach(call, socket, "[in]", (address, _MODES[mode]), f"zmq {partner}→{word}", opening)


def _attach(
    call: Invocation,
    socket: Instance,
    slot: str,
    address: tuple[object, str],
    transport: str,
    opening: tuple[Variable, Object],
) -> None:
    channel: Channel = call.analysis.ports.channel(address, transport)
    channel.openings.setdefault(opening, {})[socket] = None
    channel.name = _spelled(address[0])
    call.analysis.add(call.slot(socket, slot), channel, call.reason)


def _spelled(address: object) -> str:
    """Return the name of the attribute or module variable that stands for an unknown address, else ""."""
    match address:
        case (Instance(cls=Class() as cls), str(name)):
            return f"{cls.code.name.rpartition('.')[2]}.{name}"
        case (Instance(), str(name)):
            return name
        case (str(module), str(name)):
            return f"{module}.{name}"
    return ""


def _address(obj: Object) -> object | None:
    """Return what identifies an address, None for text of which too little is known."""
    if not isinstance(obj, String):
        return None
    if not obj.open_end:
        scheme, _, rest = obj.value.partition("://")
        host, colon, port = rest.rpartition(":")
        return (scheme, port) if colon and host in _HERE else obj.value
    return _template(obj) or obj.origin


def _template(obj: String) -> object | None:
    """Return what an f-string of module variables says; two that say the same are one address."""
    if not isinstance(obj.origin, tuple):
        return None
    code, site, _heap = obj.origin
    for op in code.block.operations:
        if isinstance(op, ops.Format) and op.site == site:
            made = [code.definitions.get(code.aliases.get(value, value)) for value in op.values]
            if made and all(isinstance(one, ops.LoadGlobal) for one in made):
                names = tuple(one.name for one in made if isinstance(one, ops.LoadGlobal))
                scheme, _, rest = op.prefix.partition("://")
                host = rest.removesuffix(":")
                return scheme, "" if host in _HERE else host, code.module.name, names, op.suffix
    return None
