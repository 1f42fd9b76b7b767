"""Plugins: what libraries do with the program's own objects.

The core knows Python, plugins know libraries, data knows projects. A plugin is a module with one idea and a
`register(models)`; whatever can be said in one line is a row of a table below `tables/`.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from chaintrace.plugins import tables
from chaintrace.pointsto import builtin
from chaintrace.pointsto.models import Models

_PLUGINS = (
    "wrappers",
    "partials",
    "dataclasses",
    "containers",
    "fixtures",
    "testcases",
    "namedtuples",
    "operators",
    "singledispatch",
    "enumerations",
    "typed",
    "modules",
    "trees",
    "pytrees",
    "iterators",
    "managers",
    "threads",
    "tasks",
    "pipes",
    "sockets",
    "connections",
    "streams",
    "commandlines",
    "logs",
    "orders",
    "copies",
)


def default_models(user_tables: Sequence[Path] = ()) -> Models:
    """Return the models of the language, of the libraries chaintrace knows, and of the user's own tables.

    Later ones win: a user's row replaces a built-in one of the same path.

    Raises:
        ChaintraceError: a user's table cannot be read.

    """
    models = Models()
    builtin.register(models)
    for name in _PLUGINS:
        import_module(f"chaintrace.plugins.{name}").register(models)
    for table in tables.builtin_tables():
        tables.register(table, models)
    for path in user_tables:
        tables.register(tables.read(path), models)
    return models
