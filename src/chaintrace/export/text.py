"""Plain lines: one hop a line, so that they can be searched; code and guard are indented below."""

from collections.abc import Iterable, Sequence

from chaintrace.export.doubt import doubt_lines
from chaintrace.export.legend import granted_lines, legend_lines
from chaintrace.export.view import arrow, clean, place, short_name
from chaintrace.graph.edges import PARTIAL, Edge, Symbol
from chaintrace.graph.graph import LIMITED, Graph
from chaintrace.graph.guards import contradictions, guards_of
from chaintrace.graph.observed import Observed
from chaintrace.graph.paths import Path, Refuted

CODE_INDENT = 6
MOST_ROWS = 4
MOST_OTHERS = 8
_FEW = 3
MOST_LACKING = 20
_EARLY = "the search was ended at a limit of work; narrow with --from, --via or --depth"


def to_text(graph: Graph, paths: Sequence[Path] | None = None) -> str:
    """Write the paths as `path_text` does with a blank line between them; without paths, one line an edge."""
    if paths is not None:
        said = "\n\n".join(path_text(graph, path) for path in paths) or "no chain was found"
        return f"{said}\n{legend_text(shown_edges(paths), graph)}"
    lines = "".join(f"{edge_line(edge, graph.observed)}\n" for edge in graph.edges)
    return lines + legend_text(graph.edges, graph)


def shown_edges(paths: Iterable[Path]) -> list[Edge]:
    """Return the edges of some paths."""
    return [edge for path in paths for edge in path]


def legend_text(edges: Iterable[Edge], graph: Graph | None = None) -> str:
    """Return what the words mean by which the edges are known, after a blank line; nothing for no edge.

    Of a `graph` also what was taken for granted.
    """
    lines = legend_lines(edges) + ([clean(line) for line in granted_lines(graph)] if graph else [])
    return "\n" + "".join(f"{line}\n" for line in lines) if lines else ""


def edge_line(edge: Edge, observed: Observed | None = None) -> str:
    """Return `caller -> callee  file:line  [resolution]`, the edge's flags, and whether a run made it."""
    line = f"{edge.source}{arrow(edge)}{edge.target}  {place(edge)}  [{edge.resolution.word}]"
    said = observed.words(edge) if observed is not None else ""
    return clean(" ".join((line, *edge.flags, *([f"({said})"] if said else []))))


def hop_text(edge: Edge, number: int | None = None, observed: Observed | None = None) -> str:
    """Return the line of an edge, its source line and, where it has one, its guard."""
    line = edge_line(edge, observed)
    head = f"{number:3}. {line}" if number else line
    indent = " " * CODE_INDENT
    code = [f"{indent}{clean(edge.text)}"] if edge.text else []
    if edge.channel is not None:
        when = f" when {edge.channel.receive_guard}" if edge.channel.receive_guard else ""
        code.append(clean(f"{indent}received at {edge.channel.receive_site}{when}"))
    for row in edge.rows[:MOST_ROWS]:
        named = f"row {row.key} of the table at" if row.key else "row of the table at"
        code.append(clean(f"{indent}{named} {row.site.path}:{row.site.line}"))
    if len(edge.rows) > MOST_ROWS:
        code.append(f"{indent}and {len(edge.rows) - MOST_ROWS} more rows")
    guard = [f"{indent}when {clean(edge.guard)}"] if edge.guard else []
    return "\n".join((head, *code, *guard))


def listing_text(edges: Iterable[Edge]) -> str:
    """Return the text of edges; those that differ only in where a message is received are told together."""
    groups: dict[Edge, list[Edge]] = {}
    for edge in edges:
        channel = edge.channel
        alike = edge if channel is None else edge._replace(channel=channel._replace(receive_site=edge.site))
        groups.setdefault(alike, []).append(edge)
    return "\n".join(_together(group) for group in groups.values())


def _together(group: list[Edge]) -> str:
    first, *others = hop_text(group[0]).split("\n")
    indent = " " * CODE_INDENT
    received = [edge.channel.receive_site for edge in group[1:] if edge.channel is not None]
    more = [clean(f"{indent}or at {site}") for site in received]
    at = next((at for at, line in enumerate(others) if line.startswith(f"{indent}received at ")), 0) + 1
    return "\n".join((first, *others[:at], *more, *others[at:]))


def path_text(graph: Graph, path: Path) -> str:
    """Return a heading with the short names, then every hop."""
    lines = [path_title(graph, path)]
    for number, edge in enumerate(path, start=1):
        lines.append(hop_text(edge, number, graph.observed))
        lines += other_consumers(graph, edge)
        lines += [f"{' ' * CODE_INDENT}{line}" for line in doubt_lines(path, number - 1)]
    return "\n".join((*lines, *_guard_lines(graph, path)))


def other_consumers(graph: Graph, edge: Edge) -> list[str]:
    """Return a line for each other who may consume what an edge sends, with the condition for it."""
    others, indent = other_receipts(graph, edge), " " * CODE_INDENT
    lines = [f"{indent}or by {_consumer(graph, other)}" for other in others[:MOST_OTHERS]]
    if len(others) > MOST_OTHERS:
        lines.append(f"{indent}or by {len(others) - MOST_OTHERS} more")
    return [clean(line) for line in lines]


def other_receipts(graph: Graph, edge: Edge) -> list[Edge]:
    """Return the edges to the others that may consume what an edge sends."""
    if edge.channel is None or PARTIAL & {*edge.flags}:
        return []
    return [
        other
        for other in graph.edges_from(edge.source)
        if other.channel is not None
        and (other.site, other.channel.name) == (edge.site, edge.channel.name)
        and other.target != edge.target
        and not PARTIAL & {*other.flags}
    ]


def _consumer(graph: Graph, edge: Edge) -> str:
    channel = edge.channel
    guard = channel.receive_guard if channel is not None else ""
    name = short_name(graph.symbol(edge.target))
    return f"{name} when {guard}" if guard else name


def _guard_lines(graph: Graph, path: Path) -> list[str]:
    """Return the conditions of several hops together, and those that contradict each other."""
    guards = guards_of(graph, path)
    if len({guard.hop for guard in guards}) < 2:  # noqa: PLR2004 - those of one hop stand below it
        return []
    indent = " " * (CODE_INDENT - 1)
    lines = [f"{indent}all of: {'; '.join(str(guard) for guard in guards)}"]
    for first, second, _ in contradictions(graph, path):
        hops = f"hops {first.hop + 1} and {second.hop + 1}"
        lines.append(f"{indent}! {hops} contradict each other, if about one object: {first}; {second}")
    return [clean(line) for line in lines]


def path_title(graph: Graph, path: Path) -> str:
    """Return the symbols passed, by their short names, with the length and the weakest resolution."""
    names = [short_name(graph.symbol(path.source))]
    names += [f"{arrow(edge)}{short_name(graph.symbol(edge.target))}" for edge in path]
    weakest, length = path.rank
    hops = "hop" if length == 1 else "hops"
    doubtful = ", doubtful" if path.doubts else ""
    return clean(f"{''.join(names)}  ({length} {hops}, weakest {weakest.word}{doubtful})")


def symbol_line(symbol: Symbol) -> str:
    """Return a symbol's name, its kind and where it is defined."""
    where = f", {symbol.path}:{symbol.line}" if symbol.path else ""
    return clean(f"{symbol.name} ({symbol.kind}{where})")


def found_text(  # noqa: PLR0913 - what there is to say of a search
    graph: Graph,
    source: str,
    target: Symbol,
    paths: Sequence[Path],
    more: int = 0,
    *,
    ended_early: bool = False,
    refutations: int = 0,
) -> str:
    """Return the target and the start the search had, then the paths; say so if there is none."""
    start = f" from {clean(source)}" if source else ""
    tried = f", {refutations} refuted" if refutations else ""
    if not paths:
        where = " in what the starts lead to" if graph.summary.get(LIMITED) else ""
        early = f" ({_EARLY})" if ended_early else ""
        return f"{symbol_line(target)}{start}: no chain{where}{tried}{early}"
    count = "1 chain" if len(paths) == 1 else f"{len(paths)} chains"
    blocks = [f"{symbol_line(target)}{start}: {count}{tried}"]
    blocks += [path_text(graph, path) for path in paths]
    if more:
        blocks.append(
            f"and {more} more functions that reach it, left out; narrow with --from, --via or --kind"
        )
    if ended_early:
        blocks.append(_EARLY)
    return "\n\n".join(blocks)


def refuted_text(graph: Graph, refuted: Refuted) -> str:
    """Return a path that cannot happen: heading, hops, and under the one that refutes it why."""
    lines = [f"refuted: {path_title(graph, refuted.path)}"]
    for number, edge in enumerate(refuted.path):
        lines.append(hop_text(edge, number + 1))
        if number == refuted.at:
            lines.append(clean(f"{' ' * CODE_INDENT}! {_refusal(graph, refuted)}"))
    return "\n".join(lines)


def _refusal(graph: Graph, refuted: Refuted) -> str:
    """Return why a path cannot happen, as said below the hop that refutes it."""
    held, wanted = _some(refuted.held) or "nothing", _some(refuted.wanted)
    if refuted.given in graph.symbols_by_name:
        return f"runs where {held}; hop {refuted.needs + 1} runs where {wanted}, of the same object"
    if refuted.at == refuted.needs:
        return f"{refuted.given} has to be {wanted} here; what follows needs {held}"
    return f"{refuted.given} is {held} from here; hop {refuted.needs + 1} needs {wanted}"


def observed_text(observed: Observed) -> str:
    """Return the edges of a run that the graph lacks, one a line."""
    count = len(observed.lacking)
    lines = [f"{observed.name}: {count} edges of the run between symbols of the graph are not in it"]
    lines += [
        f"  {call.caller} -> {call.callee}  {call.path}:{call.line}"
        + ("" if call.is_direct else " through other code")
        for call in observed.lacking[:MOST_LACKING]
    ]
    if count > MOST_LACKING:
        lines.append(f"  and {count - MOST_LACKING} more; --json has them all")
    return "\n".join(clean(line) for line in lines)


def _some(words: Sequence[str]) -> str:
    """Return the first few of some words."""
    apart = list(dict.fromkeys(words))
    more = f" or {len(apart) - _FEW} more" if len(apart) > _FEW else ""
    return " or ".join(apart[:_FEW]) + more
