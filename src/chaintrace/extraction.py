"""Extraction: source files to modules, from the store where it has the facts, else in parallel processes."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from chaintrace.errors import ChaintraceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.ir.facts import FileFacts
from chaintrace.project.modules import Module
from chaintrace.sources.source import SourceFile
from chaintrace.store.store import Store

Progress = Callable[[str, int, int], None]
_PARALLEL_FROM = 40  # files; below this, starting processes costs more than it saves
_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Extracted:
    """Hold the modules that could be read, and what is to be said about the files."""

    modules: list[Module]
    diagnostics: list[Diagnostic]


def read_modules(
    sources: Sequence[SourceFile], store: Store | None, jobs: int, progress: Progress | None = None
) -> Extracted:
    """Make the modules of some files; what cannot be read becomes a diagnostic.

    `jobs` is the number of processes. The result is the same for any `jobs`, order of files and state of the
    store.
    """
    diagnostics: list[Diagnostic] = []
    encoded = dict(store.get_many([file.digest for file in sources])) if store is not None else {}
    missing = {file.digest: file for file in sources if file.digest not in encoded}
    fresh, doubtful = _extract_all(list(missing.values()), jobs, diagnostics, progress)
    if store is not None:
        store.put_many({digest: data for digest, data in fresh.items() if digest not in doubtful})
    encoded.update(fresh)
    decoder = msgspec.msgpack.Decoder(FileFacts)
    modules = []
    for file in sources:
        data = encoded.get(file.digest)
        if data is not None:
            facts = decoder.decode(data)
            diagnostics += [d._replace(path=file.path) for d in facts.diagnostics]
            modules.append(Module(file.module, file.path, file.is_package, file.source, facts))
    return Extracted(modules, diagnostics)


def _extract_all(
    files: list[SourceFile], jobs: int, diagnostics: list[Diagnostic], progress: Progress | None
) -> tuple[dict[str, bytes], set[str]]:
    """Return the facts of files by digest, and of which there is something to say: those are not kept.

    What one version of the parser cannot read, another may.
    """
    contents: list[tuple[str, bytes]] = []
    for file in files:
        try:
            contents.append((file.digest, file.read()))
        except (OSError, ChaintraceError) as error:
            diagnostics.append(Diagnostic(file.path, 0, "unreadable", str(error)))
    fresh: dict[str, bytes] = {}
    doubtful: set[str] = set()
    for digest, data, is_doubtful in _extracted(contents, jobs):
        fresh[digest] = data
        if is_doubtful:
            doubtful.add(digest)
        if progress is not None:
            progress("read", len(fresh), len(contents))
    return fresh, doubtful


def _extracted(contents: list[tuple[str, bytes]], jobs: int) -> Iterator[tuple[str, bytes, bool]]:
    if jobs <= 1 or len(contents) < _PARALLEL_FROM:
        yield from map(_extract_one, contents)
        return
    done: set[str] = set()
    biggest_first = sorted(contents, key=lambda item: (-len(item[1]), item[0]))

    # Unlike the standard one, this executor works in a script without a __main__ guard.
    from loky import ProcessPoolExecutor

    try:
        with ProcessPoolExecutor(jobs) as pool:
            for one in pool.map(_extract_one, biggest_first, chunksize=_CHUNK):
                done.add(one[0])
                yield one
    except BrokenProcessPool:  # a worker was killed: finish here what it left
        yield from map(_extract_one, [item for item in contents if item[0] not in done])


def _extract_one(item: tuple[str, bytes]) -> tuple[str, bytes, bool]:
    from chaintrace.frontend import extract

    digest, data = item
    facts = extract(data)
    return digest, msgspec.msgpack.encode(facts), bool(facts.diagnostics)


def default_jobs() -> int:
    """Return the number of processes to use: the cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def facts_version() -> str:
    """Return what the facts depend on besides the file: a digest of the code and parser that make them."""
    digest = hashlib.sha256(version("libcst").encode())
    home = files("chaintrace")
    for room in ("frontend", "ir"):
        for file in _code_below(home.joinpath(room)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _code_below(room: Traversable) -> Iterator[Traversable]:
    for entry in sorted(room.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _code_below(entry)
        elif entry.name.endswith(".py"):
            yield entry
