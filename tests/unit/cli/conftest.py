"""A stand-in for the analysis: the command line is tested on the hand-made graph."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

import chaintrace
from chaintrace.answer import Answer
from chaintrace.errors import SourceError
from chaintrace.graph.graph import SourceInfo
from chaintrace.ir.diagnostics import Diagnostic
from tests.unit.graphs import two_rollouts


@dataclass
class Trace:
    entries: tuple[str, ...] = ()
    targets: tuple[str, ...] = ("Runner.weights",)


@dataclass
class FakeProject:
    trace: Trace = field(default_factory=Trace)
    diagnostics: tuple[Diagnostic, ...] = ()

    def mentions(self, _pattern: str) -> bool:
        return True

    def analyze(self, progress: Callable[[str, int, int], None], **_: object) -> Answer:
        progress("facts", 1, 1)
        return Answer(two_rollouts(), self.trace.entries)


@pytest.fixture(autouse=True)
def fake_api(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Put a module in the place of `chaintrace.api`."""

    def open_project(
        arguments: list[str], *, demo: bool, profile: str | None, say: Callable[[str], None], **_: object
    ) -> Any:
        if arguments == ["nowhere"]:
            raise SourceError("nowhere: no such directory; name a directory, a git URL or pypi:NAME==VERSION")
        if arguments == ["broken"]:
            raise KeyError("lost")
        say(f"read {len(arguments)} sources, demo {demo}, profile {profile}")
        return FakeProject(
            Trace(entries=("Cluster.sync", "Cluster.gone") if arguments == ["entries"] else ())
        )

    def clone(
        arguments: list[str], *, profile: str | None, update: bool, say: Callable[[str], None], **_: object
    ) -> list[SourceInfo]:
        say(f"{'updated' if update else 'cloned'} {len(arguments)} for {profile}")
        return [SourceInfo("app", "https://forge/app", "abc", "workdir/app")]

    fake = ModuleType("chaintrace.api")
    fake.__dict__.update(open_project=open_project, clone=clone)
    monkeypatch.setitem(sys.modules, "chaintrace.api", fake)
    monkeypatch.setattr(chaintrace, "api", fake, raising=False)
    return fake
