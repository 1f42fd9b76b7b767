"""Extraction: the bytes of one file to its facts."""

import gc
import sys

import libcst as cst

from chaintrace.frontend import dispatch
from chaintrace.frontend.builder import Builder
from chaintrace.frontend.exports import literal_exports
from chaintrace.frontend.functions import close_block
from chaintrace.frontend.parse import parse
from chaintrace.frontend.source import Source
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.ir.facts import Block, BlockKind, FileFacts, Site

DEPTH = 12_000

dispatch.fill()


def extract(data: bytes) -> FileFacts:
    """Return the facts of a file; what cannot be read becomes a diagnostic, never an exception."""
    collecting = gc.isenabled()
    gc.disable()  # a tree has many objects and no garbage: collections in between cost a third of the time
    try:
        text, module, diagnostic = parse(data)
        return _empty(text, diagnostic) if module is None else _guarded(text, module)
    finally:
        if collecting:
            gc.enable()


def _guarded(text: str, module: cst.Module) -> FileFacts:
    """Lower a module with room for deep nesting."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEPTH))
    try:
        return _lower(text, module)
    except RecursionError:
        return _empty(text, Diagnostic("", 0, "too-deep", "nested too deeply to be analysed"))
    finally:
        sys.setrecursionlimit(limit)


def _lower(text: str, module: cst.Module) -> FileFacts:
    source = Source(text, module)
    last = source.position(len(text))
    source.sites.append(Site(1, 0, *last))
    block = Block("<module>", BlockKind.MODULE, -1, 0, [], 0, [], [], [], [])
    builder = Builder(source, source.scope_of[id(module)], block, "")
    builder.suite(module)
    close_block(builder)
    return FileFacts(
        source.blocks,
        source.sites,
        source.guards,
        literal_exports(module),
        last[0] if last[1] else last[0] - 1,
        [],
    )


def _empty(text: str, diagnostic: Diagnostic | None) -> FileFacts:
    """Return the facts of a file that could not be read: one empty module block."""
    block = Block("<module>", BlockKind.MODULE, -1, 0, [], 0, [], [], [], [])
    lines = text.count("\n") + (not text.endswith("\n") and bool(text))
    diagnostics = [] if diagnostic is None else [diagnostic]
    return FileFacts([block], [Site(1, 0, max(lines, 1), 0)], [], None, lines, diagnostics)
