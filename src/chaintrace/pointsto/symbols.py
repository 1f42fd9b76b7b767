"""Symbols: everything that the graph names, with where it is defined."""

from collections.abc import Iterable, Iterator

from chaintrace.graph.edges import Edge, Symbol, SymbolKind
from chaintrace.ir.facts import BlockKind
from chaintrace.ir.operations import Store, StoreMember
from chaintrace.pointsto.analysis import Analysis
from chaintrace.pointsto.captures import captured_names
from chaintrace.pointsto.owners import Owners
from chaintrace.project.modules import Code, once_per_code

_KINDS = {
    BlockKind.MODULE: SymbolKind.MODULE,
    BlockKind.CLASS: SymbolKind.CLASS,
    BlockKind.FUNCTION: SymbolKind.FUNCTION,
    BlockKind.LAMBDA: SymbolKind.FUNCTION,
}


def symbols_of(
    analysis: Analysis, owners: Owners, edges: Iterable[Edge], *, limited: bool = False
) -> tuple[Symbol, ...]:
    """Return all symbols, sorted by name: every code block, module, attribute and external.

    In a `limited` analysis, attributes assigned in code that was not started have no edge, but are named.
    """
    found: dict[str, Symbol] = {}
    for code in analysis.program.codes:
        site = code.module.facts.sites[code.block.site] if code.block.site >= 0 else None
        line, end = (site.line, site.end_line) if site is not None else (1, code.module.facts.lines)
        found.setdefault(code.name, _symbol(code, line, end))
        for name in captured_names(code):
            local = f"{code.name}.<locals>.{name}"
            found[local] = Symbol(
                local, SymbolKind.ATTRIBUTE, code.module.path, line, line, code.module.source
            )
    for name, module in analysis.program.modules.items():
        symbol = Symbol(name, SymbolKind.MODULE, module.path, 1, module.facts.lines, module.source)
        found.setdefault(name, symbol)
    for edge in edges:
        if edge.target not in found:
            found[edge.target] = _target(edge.target, owners)
    if limited:
        for name in _assigned(analysis, owners):
            found.setdefault(name, _target(name, owners))
    return tuple(found[name] for name in sorted(found))


def _symbol(code: Code, line: int, end: int) -> Symbol:
    return Symbol(code.name, _KINDS[code.block.kind], code.module.path, line, end, code.module.source)


def _assigned(analysis: Analysis, owners: Owners) -> Iterator[str]:
    """Yield the attributes that methods assign on their first parameter, by the names they have."""
    classes = {cls.code: cls for cls in analysis.classes}
    for code in analysis.program.codes:
        body = code.owner_class
        if body is None:
            continue
        for attribute in sorted(code.stored_on_self):
            if body in classes:
                name = owners.attribute(classes[body], attribute)
            else:
                name = f"{body.name}.{attribute}"
                owners.places.setdefault(name, body)
            if name:
                yield name


def _target(name: str, owners: Owners) -> Symbol:
    owner = owners.places.get(name)
    if owner is None:
        return Symbol(name, SymbolKind.EXTERNAL)
    line = _first_store(owner, name.rpartition(".")[2])
    return Symbol(name, SymbolKind.ATTRIBUTE, owner.module.path, line, line, owner.module.source)


def _first_store(owner: Code, name: str) -> int:
    """Return the line that introduces an attribute: its declaration, or the first assignment in a method."""
    first = _stores(owner).get(name)
    if first is not None:
        return first
    sites = owner.module.facts.sites
    return sites[owner.block.site].line if owner.block.site >= 0 else 1


@once_per_code
def _stores(owner: Code) -> dict[str, int]:
    """Map the attributes that a class body declares, or it or its methods assign, to their first lines."""
    sites = owner.module.facts.sites
    found: dict[str, int] = {}
    for code in (owner, *_nested(owner.module.codes[0]).get(owner, ())):
        for op in code.block.operations:
            if isinstance(op, Store | StoreMember) and op.site >= 0:
                line = sites[op.site].line
                found[op.name] = min(line, found.get(op.name, line))
    return found | {field.name: sites[field.site].line for field in reversed(owner.block.fields)}


@once_per_code
def _nested(body: Code) -> dict[Code, list[Code]]:
    """Map each code of a module, given by its body, to those right inside it."""
    found: dict[Code, list[Code]] = {}
    for code in body.module.codes:
        if code.parent is not None:
            found.setdefault(code.parent, []).append(code)
    return found
