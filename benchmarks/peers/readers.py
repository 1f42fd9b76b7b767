"""How to run tools that write a whole graph, and how to read what they write."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Edges = set[tuple[str, str]]
Command = Callable[[Path, Path, Path], list[str]]


def _files(room: Path) -> list[str]:
    return [str(file.relative_to(room)) for file in sorted(room.rglob("*.py"))]


def _pyan3(home: Path, room: Path, out: Path) -> list[str]:
    words = ["--uses", "--no-defines", "--tgf", "--file", str(out), "--root", str(room)]
    return [str(home / "bin/pyan3"), *_files(room), *words]


def _read_tgf(out: Path) -> Edges:
    nodes, _, edges = out.read_text("utf-8").partition("\n#\n")
    names = dict(line.split(" ", 1) for line in nodes.splitlines() if " " in line)
    pairs = (line.split()[:2] for line in edges.splitlines() if line.strip())
    return {(names[a].strip(), names[b].strip()) for a, b in pairs}


def _pycg(home: Path, room: Path, out: Path) -> list[str]:
    return [str(home / "bin/python"), "-m", "pycg", *_files(room), "--output", str(out)]


def _read_pycg(out: Path) -> Edges:
    document: dict[str, list[str]] = json.loads(out.read_text("utf-8"))
    return {(caller, callee) for caller, callees in document.items() for callee in callees}


def _code2flow(home: Path, room: Path, out: Path) -> list[str]:
    written = out.with_suffix(".json")
    words = ["--language", "py", "--skip-parse-errors", "--quiet", "--output", str(written)]
    return [str(home / "bin/code2flow"), str(room), *words]


def _read_code2flow(out: Path) -> Edges:
    graph = json.loads(out.with_suffix(".json").read_text("utf-8"))["graph"]
    names = {key: node["name"].replace("::", ".") for key, node in graph["nodes"].items()}
    return {(names[edge["source"]], names[edge["target"]]) for edge in graph["edges"]}


def _pysa(home: Path, room: Path, out: Path) -> list[str]:
    models = room.parent / "models"
    models.mkdir(exist_ok=True)
    (models / "taint.config").write_text('{"sources": [], "sinks": [], "features": [], "rules": []}')
    settings = {"source_directories": ["."], "taint_models_path": [str(models)]}
    (room / ".pyre_configuration").write_text(json.dumps(settings))
    words = ["--noninteractive", "analyze", "--no-verify", "--dump-call-graph", str(out)]
    return [str(home / "bin/pyre"), *words]


def _read_pysa(out: Path) -> Edges:
    found: Edges = set()
    for line in out.read_text("utf-8").splitlines():
        row = json.loads(line)
        data = row.get("data", row)
        if "callable" in data:
            caller = data["callable"]
            found |= {(_plain(caller), _plain(callee)) for callee in _strings(data.get("calls", data))}
    return found


def _plain(name: str) -> str:
    return re.sub(r"\(.*\)$|^Overrides\{|\}$", "", name).replace("$", "")


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the names of functions anywhere in a document."""
    if isinstance(value, str):
        if "." in value and " " not in value and ":" not in value:
            yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


EDGES_OF: dict[str, tuple[Command, Callable[[Path], Edges]]] = {
    "pyan3": (_pyan3, _read_tgf),
    "PyCG": (_pycg, _read_pycg),
    "code2flow": (_code2flow, _read_code2flow),
    "pyre-check": (_pysa, _read_pysa),
}
