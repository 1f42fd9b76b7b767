"""What is common to all formats: the part of a graph that is shown, and how names and code are spelled."""

from collections.abc import Sequence

from chaintrace.errors import ExportError
from chaintrace.graph.edges import Channel, Edge, EdgeKind, Symbol
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path
from chaintrace.graph.restrict import restrict

PICTURE_LIMIT = 400
"""Symbols that a picture can hold and still be read, and be laid out in seconds."""

TAB = 8
"""Columns from one tab stop to the next, as Python counts them."""

MOST_MESSAGES = 3
"""Classes of messages that are named on one edge."""


def shown(graph: Graph, paths: Sequence[Path] | None) -> Graph:
    """Return the part of the graph the paths run through, all of it for None."""
    if paths is None:
        return graph
    return restrict(graph, (graph.edge_indexes[edge] for path in paths for edge in path))


def require_picture_size(graph: Graph) -> None:
    """Raise `ExportError` for a graph that no picture can show."""
    count = len(graph.symbols_by_name)
    if count > PICTURE_LIMIT:
        raise ExportError(
            f"the graph has {count} symbols, and a picture holds {PICTURE_LIMIT}; "
            "ask for chains to a target (--to), or write json, dot or graphml"
        )


def short_name(symbol: Symbol) -> str:
    """Return the name without its module: `Runner.weights`; an external and module level code keep theirs."""
    module = symbol.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if module and symbol.name.startswith(f"{module}.") and symbol.name != f"{module}.<module>":
        return symbol.name[len(module) + 1 :]
    return symbol.name


def by_package(graph: Graph) -> list[tuple[str, list[Symbol]]]:
    """Return (top package, its symbols by name) for all symbols and ends of edges."""
    table: dict[str, list[Symbol]] = {}
    for name in sorted(graph.symbols_by_name):
        table.setdefault(name.partition(".")[0], []).append(graph.symbols_by_name[name])
    return sorted(table.items())


def place(edge: Edge) -> str:
    """Return `file:line` of an edge's site."""
    return f"{edge.site.path}:{edge.site.line}"


def arrow_words(edge: Edge) -> str:
    """Return how an edge's target is introduced: nothing for a call, else the kind in parentheses."""
    return "" if edge.kind is EdgeKind.CALL else f"({edge.kind}) "


def channel_words(channel: Channel) -> str:
    """Return the name of a channel, its transport and the classes of the messages, in brackets."""
    messages = "|".join(channel.messages[:MOST_MESSAGES])
    if len(channel.messages) > MOST_MESSAGES:
        messages += "|…"
    return f"[{', '.join(part for part in (channel.name, channel.transport, messages) if part)}]"


def kind_words(edge: Edge) -> str:
    """Return what a picture writes on an edge before its place: its kind, unless it is a call."""
    if edge.channel is not None:
        return f"{channel_words(edge.channel)} "
    return "" if edge.kind is EdgeKind.CALL else f"{edge.kind} "


def arrow(edge: Edge) -> str:
    """Return the arrow of an edge with what stands on it: ` -> `, ` -> (spawn) `, ` —[channel]→ `."""
    if edge.channel is not None:
        return f" —{channel_words(edge.channel)}→ "
    return f" -> {arrow_words(edge)}"


def clean(text: str) -> str:
    """Spell out control characters, so that analysed code can drive neither a terminal nor a parser."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def clean_code(line: str) -> str:
    """Return a line of code with its tabs as blanks and other control characters spelled out."""
    return clean(line.expandtabs(TAB))
