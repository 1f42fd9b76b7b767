"""PyCG's adjacency form, `{caller: [callee, ...]}`, in PyCG's names, for tools that read its output.

Its names have no `<locals>`; code at module level goes by the module's name, what is built in by
`<builtin>.len` or, for methods of a class, `<**PyStr**>.join`; lambdas are numbered within their scope. It
has calls only: implicit calls and decorators of what is built in are left out, as are edges to a class that
runs no initialiser.
"""

import json
import re
from collections.abc import Iterator, Sequence

from chaintrace.export.view import shown
from chaintrace.graph.edges import Edge, EdgeKind, SymbolKind
from chaintrace.graph.graph import Graph
from chaintrace.graph.paths import Path

KINDS = (EdgeKind.CALL, EdgeKind.SPAWN, EdgeKind.CALLBACK, EdgeKind.DISPATCH)
LISTED = (SymbolKind.MODULE, SymbolKind.FUNCTION)
_BUILTIN = "builtins."


def to_pycg(graph: Graph, paths: Sequence[Path] | None = None) -> str:
    """Write the calls of the graph, or of what the paths run through, as PyCG does; names are sorted."""
    part = shown(graph, paths)
    found: dict[str, dict[str, None]] = {}
    for symbol in part.symbols:
        if symbol.kind in LISTED and not symbol.name.endswith("<lambda>"):
            found[pycg_name(symbol.name)] = {}
    for source, target in _calls(part):
        found.setdefault(source, {})[target] = None
        found.setdefault(target, {})
    return json.dumps({name: sorted(found[name]) for name in sorted(found)}, indent=2) + "\n"


def pycg_name(name: str) -> str:
    """Return a symbol's name as PyCG spells it."""
    if name.startswith(_BUILTIN):
        owner, _, method = name.removeprefix(_BUILTIN).partition(".")
        return f"<**Py{owner.capitalize()}**>.{method}" if method else f"<builtin>.{owner}"
    name = re.sub(r"<lambda>(?=\.|$)", "<lambda1>", name)
    return name.removesuffix(".<module>").replace(".<locals>", "")


def _calls(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield the two names of every call; activations tell apart lambdas that share a symbol."""
    names = graph.labels or graph.activations
    joined: dict[int, dict[tuple[str, str], None]] = {}
    for source, target, index in graph.hops:
        joined.setdefault(index, {})[names[source], names[target]] = None
    for index, edge in enumerate(graph.edges):
        if edge.kind in KINDS and _is_shown(edge):
            for caller, callee in joined.get(index, {(edge.source, edge.target): None}):
                run = _initialiser(graph, callee)
                if run:
                    yield pycg_name(caller), pycg_name(run)


def _is_shown(edge: Edge) -> bool:
    """Say whether PyCG knows such a call: not derived ones, nor calls of what is built in without `()`."""
    if {"handed", "wrapped"} & set(edge.flags):
        return False
    return not (edge.target.startswith(_BUILTIN) and {"implicit", "decorator"} & set(edge.flags))


def _initialiser(graph: Graph, name: str) -> str:
    """Return `name`, or for a class what making it runs: a foreign ancestor's `__init__`, or nothing."""
    mro = graph.mro.get(name)
    if mro is None:
        return name
    foreign = (f"{base}.__init__" for base in mro if base not in graph.mro and not base.startswith(_BUILTIN))
    return next(foreign, "")
