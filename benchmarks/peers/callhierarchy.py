"""Ask a language server for the calls that go out of functions."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

Place = tuple[str, int, str]
"""The file of a function, a line at or before its name, and its dotted name."""


class Server:
    """Talk to a language server over its pipes."""

    def __init__(self, command: Sequence[str], root: Path) -> None:
        self.process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.into: IO[bytes] = self.process.stdin
        self.out: IO[bytes] = self.process.stdout
        self.number = 0

    def start(self, root: Path) -> None:
        """Open the project."""
        workspace = {"configuration": True, "workspaceFolders": True}
        asked = {
            "processId": os.getpid(),
            "rootUri": root.as_uri(),
            "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
            "capabilities": {"workspace": workspace, "textDocument": {"callHierarchy": {}}},
        }
        self.ask("initialize", asked)
        self.send({"method": "initialized", "params": {}})

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.into.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self.into.flush()

    def receive(self) -> dict[str, Any]:
        """Return the next message; raise `EOFError` where the server has ended."""
        length = 0
        while line := self.out.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        if not length:
            raise EOFError
        message: dict[str, Any] = json.loads(self.out.read(length))
        return message

    def ask(self, method: str, params: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """Send a request and return its result; what the server asks meanwhile gets an empty answer."""
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.receive()
            if "method" not in message:
                if message.get("id") == self.number:
                    return message.get("result")
            elif "id" in message:
                items = message.get("params", {}).get("items", [])
                result = [None] * len(items) if message["method"] == "workspace/configuration" else None
                self.send({"id": message["id"], "result": result})


def outgoing(
    command: Sequence[str], root: Path, places: Sequence[Place], limit: float
) -> tuple[float, list[list[str]] | None]:
    """Return the processor seconds, and for each function what it calls; None for no answer in time."""
    server = Server(command, root)
    found: list[list[str]] | None = []
    timer = threading.Timer(limit, server.process.kill)
    timer.start()
    try:
        server.start(root)
        found = [_calls(server, root, *place) for place in places]
        server.ask("shutdown", {})  # a server that is killed does not count the processes that it started
        server.send({"method": "exit"})
    except (EOFError, BrokenPipeError):
        found = None
        server.process.kill()
    _, _, usage = os.wait4(server.process.pid, 0)
    timer.cancel()
    return usage.ru_utime + usage.ru_stime, found


def _calls(server: Server, root: Path, path: str, line: int, name: str) -> list[str]:
    file = root / path
    text = file.read_text("utf-8")
    server.send(
        {
            "method": "textDocument/didOpen",
            "params": {
                "textDocument": {"uri": file.as_uri(), "languageId": "python", "version": 1, "text": text}
            },
        }
    )
    word = re.compile(rf"\bdef\s+({re.escape(name.rpartition('.')[2])})\b")
    for number, content in enumerate(text.splitlines()[line - 1 :], line - 1):
        if match := word.search(content):
            position = {"line": number, "character": match.start(1)}
            break
    else:
        return []
    where = {"textDocument": {"uri": file.as_uri()}, "position": position}
    items = server.ask("textDocument/prepareCallHierarchy", where) or []
    found: list[str] = []
    for item in items:
        calls = server.ask("callHierarchy/outgoingCalls", {"item": item}) or []
        found += [_named(call["to"]) for call in calls]
    return found


def _named(item: dict[str, Any]) -> str:
    """Return a name with the class around it, which is read off the file: the item has only its own."""
    lines = Path(item["uri"].removeprefix("file://")).read_text("utf-8").splitlines()
    at = item["selectionRange"]["start"]["line"]
    indent = len(lines[at]) - len(lines[at].lstrip())
    name = str(item["name"]).rpartition(".")[2]
    for line in reversed(lines[:at]):
        outer = re.match(r"(\s*)class\s+(\w+)", line)
        if outer and len(outer[1]) < indent:
            return f"{outer[2]}.{name}"
    return name
