"""Tables: library knowledge as data. Each TOML file below `tables/` holds rows; users may bring their own."""

import tomllib
from pathlib import Path

import msgspec

from chaintrace.errors import ChaintraceError
from chaintrace.plugins import channels, dataclasses, hooks
from chaintrace.plugins.rows import Row, compiled, expanded
from chaintrace.pointsto.models import Models
from chaintrace.sources.tomllines import line_of, mistake_in, not_toml


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold one file: rows for functions, for the hooks they call and for channels, and facts about classes.

    `classes` make one instance per call site. `bases` maps a class to the one whose methods it shares,
    `aliases` an import path (or the beginning of one) to the documented path. `inert` never calls what it is
    given. `mappings` iterate over keys. `closed` classes have no attributes but those of some row.
    `accessors` behave like `property`. `dataclass_decorators` and `dataclass_bases` give a class an
    `__init__` written from its fields.
    """

    function: list[Row] = []
    hook: list[hooks.Hook] = []
    channel: list[channels.Row] = []
    classes: list[str] = []
    bases: dict[str, str] = {}
    aliases: dict[str, str] = {}
    inert: list[str] = []
    mappings: list[str] = []
    accessors: list[str] = []
    closed: list[str] = []
    dataclass_decorators: list[str] = []
    dataclass_bases: list[str] = []


def builtin_tables() -> list[Table]:
    """Read the tables that come with chaintrace, in order of name."""
    folder = Path(__file__).parent / "tables"
    return [read(path) for path in sorted(folder.glob("*.toml"))]


def read(path: Path) -> Table:
    """Read one table.

    Raises:
        ChaintraceError: the file cannot be read, is no TOML, or says something a table cannot say.

    """
    try:
        text = path.read_text(encoding="utf-8")
        table = msgspec.convert(tomllib.loads(text), Table)
    except (OSError, UnicodeDecodeError) as error:
        raise ChaintraceError(f"cannot read the library table {path}: {error}") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ChaintraceError(not_toml(str(path), str(error))) from error
    except msgspec.ValidationError as error:
        keys, message = mistake_in(
            str(error), {(): _keys(Table)} | {(room,): _keys(row) for room, row in _ROWS}
        )
        raise ChaintraceError(
            f"{path}:{line_of(text, keys)}: {message}; docs/models.md has the keys"
        ) from error
    _check(path, table, text)
    return table


_ROWS = (("function", Row), ("hook", hooks.Hook), ("channel", channels.Row))


def _keys(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return kind.__struct_fields__


def _check(path: Path, table: Table, text: str) -> None:
    for room, _ in _ROWS:
        for number, row in enumerate(getattr(table, room)):
            try:
                _compile(row)
            except ValueError as error:
                line = line_of(text, (room, number))
                raise ChaintraceError(f"{path}:{line}: {room} {', '.join(row.paths)}: {error}") from error


def _compile(row: Row | hooks.Hook | channels.Row) -> None:
    """Read all that a row says, so that a mistake in it is found now."""
    match row:
        case hooks.Hook():
            hooks.compiled(row)
        case channels.Row():
            channels.compiled(row)
        case _:
            compiled(row)


def register(table: Table, models: Models) -> None:
    """Add what a table says to the models."""
    for row in table.function:
        models.function(*expanded(row.paths))(compiled(row))
    for hook in table.hook:
        models.function(*expanded(hook.paths))(hooks.compiled(hook))
    for channel in table.channel:
        put, get = channels.compiled(channel)
        models.function(*expanded(channel.puts))(put)
        models.function(*expanded(channel.gets))(get)
    models.classes.update(table.classes)
    models.bases.update(table.bases)
    models.classes.update(table.bases)
    models.aliases.update(table.aliases)
    models.inert.update(expanded(table.inert))
    models.mappings.update(table.mappings)
    models.accessors.update(table.accessors)
    models.closed.update(table.closed)
    dataclasses.register_family(models, table.dataclass_decorators, table.dataclass_bases)
