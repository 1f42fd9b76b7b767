"""The command `observe`: the only one that runs the user's program."""

from pathlib import Path
from typing import Annotated

import typer

from chaintrace.cli.render import tell
from chaintrace.export.files import require_writable, write_file

Command = Annotated[
    list[str], typer.Argument(metavar="COMMAND", help="The program with its arguments, after --.")
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where the run is written.")]
Roots = Annotated[
    list[str] | None,
    typer.Option(
        "--root", metavar="DIR", help="Record the code below DIR; without it, all that is not installed."
    ),
]


def observe(command: Command, *, output: Output = Path("run.json"), root: Roots = None) -> None:
    """RUN a program of yours and record who calls whom, for --observed; nothing else here runs code."""
    from chaintrace.recorder.run import record

    require_writable(output)
    recorded = record(command, root or ())
    write_file(output, recorded.to_json().encode())
    tell(f"{len(recorded.edges)} edges of {recorded.processes} processes are in {output}")
    if not recorded.processes:
        tell("no Python process was recorded; does the command start Python with -I, -E or -S?")
    if recorded.status:
        by_signal = recorded.status < 0
        tell(f"the program ended {'by signal' if by_signal else 'with'} {abs(recorded.status)}")
        raise typer.Exit(128 - recorded.status if by_signal else recorded.status)
