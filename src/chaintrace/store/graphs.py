"""Solved graphs in the store: asking the same project again does not solve again."""

import hashlib
import zlib
from array import array
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

import msgspec

from chaintrace.graph.graph import Graph, SourceInfo
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.source import SourceFile
from chaintrace.store.store import Store

_QUICK = 1  # compression level: half the size for a tenth of the time of the usual level


def graphs_version() -> str:
    """Return what a graph depends on besides its input: a digest of all that chaintrace is made of."""
    digest = hashlib.sha256(version("libcst").encode())
    for name, data in _parts(files("chaintrace"), ""):
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return f"graph-{digest.hexdigest()[:16]}"


def graph_key(
    files_read: Iterable[SourceFile],
    infos: Sequence[SourceInfo],
    said: Sequence[Diagnostic],
    asked: tuple[frozenset[str] | None, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]],
) -> str:
    """Return the digest of everything a graph is made from.

    `files_read` are its files in order; `infos` and `said` are what its header says of the sources; `asked`
    are the names of the functions to start (None: all), the assumptions, the supposed calls, the digests of
    library models, and the patterns that decide which of the files are read.
    """
    listed = [(f.source, f.path, f.module, f.is_package, f.digest) for f in files_read]
    names = None if asked[0] is None else sorted(asked[0])
    return hashlib.sha256(msgspec.msgpack.encode((listed, infos, said, names, *asked[1:]))).hexdigest()


class Note(NamedTuple):
    """Say which graph answered a question, and how many of its files that graph did without."""

    key: str
    unread: int


def load_note(store: Store, question: str) -> Note | None:
    """Return the note left for a question, None where there is none that can be read."""
    data = store.get_many((question,)).get(question)
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(data, type=Note)
    except msgspec.DecodeError:
        return None


def save_note(store: Store, question: str, note: Note) -> None:
    """Leave a note which graph answers a question."""
    store.put_many({question: msgspec.msgpack.encode(note)})


def load_graph(store: Store, key: str) -> Graph | None:
    """Return the graph stored under `key`, None where there is none that can be read."""
    data = store.get_many((key,)).get(key)
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(zlib.decompress(data), type=Graph, dec_hook=_array)
    except (zlib.error, msgspec.DecodeError):
        return None


def save_graph(store: Store, key: str, graph: Graph) -> None:
    """Store a graph under its key."""
    store.put_many({key: zlib.compress(msgspec.msgpack.encode(graph, enc_hook=_bytes), _QUICK)})


def _bytes(value: object) -> bytes:
    """Encode an array of numbers; nothing else in a graph is unknown to msgspec."""
    if isinstance(value, array):
        return value.tobytes()
    raise NotImplementedError(type(value).__name__)


def _array(kind: object, value: object) -> "array[int]":
    """Decode an array of numbers, in the byte order of this machine: the store is local."""
    if kind is not array or not isinstance(value, bytes):
        raise NotImplementedError(str(kind))
    numbers = array("i")
    numbers.frombytes(value)
    return numbers


def _parts(room: Traversable, prefix: str) -> Iterable[tuple[str, bytes]]:
    for entry in sorted(room.iterdir(), key=lambda entry: entry.name):
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _parts(entry, f"{name}/")
        elif name.endswith((".py", ".toml")):
            yield name, entry.read_bytes()
