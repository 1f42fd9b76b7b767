"""Trace how execution gets from one point of a Python program to another, without running it.

For example:

    import chaintrace as ct

    project = ct.Project([ct.Directory("src")])
    graph = project.analyze()
    chain = graph.path("Client.send", "Server.handle")
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaintrace.answer import Answer, Chain
    from chaintrace.api import Project, clone, open, open_project  # noqa: A004 - users write `ct.open`
    from chaintrace.errors import ChaintraceError
    from chaintrace.sources.directory import Directory
    from chaintrace.sources.git import Git
    from chaintrace.sources.memory import Memory
    from chaintrace.sources.package import PyPI

__version__ = "0.1.0"

_HOMES = {
    "Answer": "chaintrace.answer",
    "Chain": "chaintrace.answer",
    "ChaintraceError": "chaintrace.errors",
    "Directory": "chaintrace.sources.directory",
    "Git": "chaintrace.sources.git",
    "Memory": "chaintrace.sources.memory",
    "Project": "chaintrace.api",
    "PyPI": "chaintrace.sources.package",
    "clone": "chaintrace.api",
    "open": "chaintrace.api",
    "open_project": "chaintrace.api",
}

__all__ = [
    "Answer",
    "Chain",
    "ChaintraceError",
    "Directory",
    "Git",
    "Memory",
    "Project",
    "PyPI",
    "clone",
    "open",
    "open_project",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: the command starts fast."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'chaintrace' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names too: completion in a notebook offers them before they are loaded."""
    return sorted({*globals(), *__all__})
