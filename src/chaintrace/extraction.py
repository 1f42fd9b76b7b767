"""Extraction: source files to modules, from the store where it has the facts, else in parallel processes."""

import hashlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

import msgspec

from chaintrace.errors import ChaintraceError
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.ir.facts import FileFacts
from chaintrace.project.modules import Module
from chaintrace.sources.source import SourceFile
from chaintrace.store.store import Facts

Progress = Callable[[str, int, int], None]
_PARALLEL_FROM = 40  # files; below this, starting processes costs more than it saves
_CHUNK = 8  # files that an executor takes at once, as long as they have no more than
_CHUNK_BYTES = 60_000
_STORED_AT_ONCE = 200  # files; as many at most does a run that is stopped lose
_SAFE_PATH = "PYTHONSAFEPATH"
_Content = tuple[str, bytes]  # digest, bytes
_Fact = tuple[str, bytes, bool]  # digest, encoded facts, whether there is something to say of them


@dataclass(frozen=True, slots=True)
class Extracted:
    """Hold the modules that could be read, and what is to be said about the files."""

    modules: list[Module]
    diagnostics: list[Diagnostic]


def read_modules(
    sources: Sequence[SourceFile],
    store: Facts | None,
    jobs: int,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Extracted:
    """Make the modules of some files; what cannot be read becomes a diagnostic.

    `jobs` is the number of processes, unless an `executor` is to do the work. The result is the same for any
    `jobs`, executor, order of files and state of the store.
    """
    encoded, _, diagnostics = make_facts(sources, store, jobs, progress, executor)
    decoder = msgspec.msgpack.Decoder(FileFacts)
    modules = []
    for file in sources:
        data = encoded.get(file.digest)
        if data is not None:
            facts = decoder.decode(data)
            diagnostics += [d._replace(path=file.path) for d in facts.diagnostics]
            modules.append(Module(file.module, file.path, file.is_package, file.source, facts))
    return Extracted(modules, diagnostics)


class Made(NamedTuple):
    """Hold encoded facts by digest, how many of them had to be made, and what could not be read."""

    encoded: dict[str, bytes]
    made: int
    diagnostics: list[Diagnostic]


def make_facts(
    sources: Sequence[SourceFile],
    store: Facts | None,
    jobs: int,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Made:
    """Return the facts of files, from the store where it has them.

    What was made is stored as it comes, so that a run that is stopped loses little. Facts of which there is
    something to say are not stored: what one version of the parser cannot read, another may.
    """
    diagnostics: list[Diagnostic] = []
    encoded = dict(store.get_many([file.digest for file in sources])) if store is not None else {}
    contents: list[_Content] = []
    for file in {file.digest: file for file in sources if file.digest not in encoded}.values():
        try:
            contents.append((file.digest, file.read()))
        except (OSError, ChaintraceError) as error:
            diagnostics.append(Diagnostic(file.path, 0, "unreadable", str(error)))
    waiting: dict[str, bytes] = {}
    made = 0
    try:
        for digest, data, is_doubtful in _extracted(contents, jobs, executor):
            made += 1
            encoded[digest] = data
            if not is_doubtful:
                waiting[digest] = data
            if store is not None and len(waiting) >= _STORED_AT_ONCE:
                store.put_many(waiting)
                waiting = {}
            if progress is not None:
                progress("read", made, len(contents))
    finally:
        if store is not None:
            store.put_many(waiting)
    return Made(encoded, made, diagnostics)


def _extracted(contents: list[_Content], jobs: int, executor: Executor | None) -> Iterator[_Fact]:
    """Yield the facts of files, each once, in the order in which they are done."""
    if executor is None and (jobs <= 1 or len(contents) < _PARALLEL_FROM):
        yield from map(_extract_one, contents)
        return
    done: set[str] = set()
    biggest_first = sorted(contents, key=lambda item: (-len(item[1]), item[0]))
    for one in _by_executor(list(_chunks(biggest_first)), jobs, executor):
        done.add(one[0])
        yield one
    # What lost workers left is finished here.
    yield from map(_extract_one, [item for item in contents if item[0] not in done])


def _chunks(contents: list[_Content]) -> Iterator[list[_Content]]:
    """Yield the files in portions: large ones alone, so that a run that is stopped loses little."""
    chunk: list[_Content] = []
    size = 0
    for item in contents:
        if chunk and (len(chunk) == _CHUNK or size + len(item[1]) > _CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += len(item[1])
    if chunk:
        yield chunk


def _by_executor(chunks: list[list[_Content]], jobs: int, executor: Executor | None) -> Iterator[_Fact]:
    """Yield what an executor makes of the chunks; left out is what it fails at, and all after it broke."""
    if executor is not None:
        futures: list[Future[list[_Fact]]] = []
        try:
            yield from _submitted(chunks, executor, futures)
        finally:
            for future in futures:
                future.cancel()
        return
    with _safe_path():
        own, ended = _own_processes(jobs), False
        _start_trackers()
        try:
            yield from _submitted(chunks, own, [])
            ended = True
        finally:  # lets go of what is not done; it must not be cancelled before
            own.shutdown(wait=True, kill_workers=not ended)


@contextmanager
def _safe_path() -> Iterator[None]:
    """Keep the Python processes started meanwhile from importing what lies in the current directory.

    That may be the code under analysis, and they are started as `python -c` and `python -m`.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def _submitted(
    chunks: list[list[_Content]],
    worker: Any,  # noqa: ANN401 - loky has no types
    futures: list[Future[list[_Fact]]],
) -> Iterator[_Fact]:
    """Yield what comes back from an executor; `futures` takes what it was asked for."""
    try:
        with _interrupts_held():
            futures.extend(worker.submit(_extract_chunk, chunk) for chunk in chunks)
        for future in as_completed(futures):
            if future.cancelled() or future.exception() is not None:
                continue
            yield from future.result()
    except (BrokenExecutor, OSError):  # no further work is taken
        return


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let Ctrl-C wait; processes started meanwhile never see one, so that none dies with a traceback.

    This one ends them where it is interrupted itself.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _own_processes(jobs: int) -> Any:  # noqa: ANN401 - loky has no types
    """Return an executor of processes on this machine."""
    # Unlike the standard one, this executor works in a script without a __main__ guard.
    from loky import ProcessPoolExecutor

    return ProcessPoolExecutor(jobs)


def _start_trackers() -> None:
    """Start the processes that clean up after workers: started with these, they undo `_interrupts_held`."""
    if os.name != "posix":
        return
    from multiprocessing import resource_tracker

    from loky.backend import resource_tracker as other

    resource_tracker.ensure_running()
    other.ensure_running()


def _extract_chunk(chunk: list[_Content]) -> list[_Fact]:
    return [_extract_one(item) for item in chunk]


def _extract_one(item: _Content) -> _Fact:
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
