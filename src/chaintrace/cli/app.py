"""The command `chaintrace`: its subcommands, its exit codes, and one line for an error.

Exit codes: 0 found, 1 not found, 2 misuse or bad input, 3 a mistake in chaintrace, 130 interrupted.
"""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from chaintrace.cli.around import callees, callers, readers, writers
from chaintrace.cli.cache import cache
from chaintrace.cli.chains import graph, paths
from chaintrace.cli.clone import clone
from chaintrace.cli.index import index
from chaintrace.cli.init import init
from chaintrace.cli.observe import observe
from chaintrace.cli.peers import peers
from chaintrace.cli.render import ReaderGone, tell
from chaintrace.cli.report import report
from chaintrace.cli.show import outline, show
from chaintrace.cli.why import why
from chaintrace.cli.whynot import why_not
from chaintrace.errors import ChaintraceError

FOUND = 0
MISUSE = 2
BROKEN = 3
INTERRUPTED = 130

app = typer.Typer(
    name="chaintrace",
    help="Trace how execution gets from one point to another in Python code that is never run.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"chaintrace {version('chaintrace')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Trace how execution gets from one point to another in Python code that is never run."""


for command in (
    init,
    clone,
    index,
    report,
    graph,
    paths,
    callers,
    callees,
    readers,
    writers,
    peers,
    why,
    why_not,
    show,
    outline,
    observe,
):
    app.command()(command)
app.add_typer(cache)


def main() -> None:
    """Run the command line of this process and exit.

    Nothing is collected as garbage, not even at the end: what an analysis made goes with the process.
    """
    _replace_closed()
    gc.disable()
    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; an error is one line on stderr."""
    try:
        outcome = app(list(arguments) or ["--help"], standalone_mode=False)
    except ReaderGone:
        _abandon_stdout()
        return FOUND
    except KeyboardInterrupt:
        outcome = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: any error becomes one line
        return _failed(error, debug="--debug" in arguments)
    if outcome == INTERRUPTED:  # typer turns the exception into its exit code in most cases
        tell("interrupted")
    return outcome if isinstance(outcome, int) else FOUND


def _failed(error: Exception, *, debug: bool) -> int:
    """Tell an error and return its exit code; with --debug, show the traceback first."""
    if debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, ChaintraceError):
        tell(str(error))
        return MISUSE
    usage = getattr(error, "format_message", None)
    if usage is not None:  # typer's own errors, whatever library they are from
        said = usage().rstrip(".")
        tell(f"{said}{'' if said.endswith(('?', '!')) else '.'} Try 'chaintrace --help'.")
        return MISUSE
    if isinstance(error, OSError):
        tell(str(error))
        return MISUSE
    tell(f"internal error: {type(error).__name__}: {error}; please report it with the output of --debug")
    return BROKEN


def _replace_closed() -> None:
    """Send to nowhere what goes to a stream that was closed before the start (`>&-`)."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the whole run


def _abandon_stdout() -> None:
    """Point stdout at nothing, so that the interpreter does not fail on a closed pipe when it flushes."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
