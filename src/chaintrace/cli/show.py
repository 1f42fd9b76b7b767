"""The commands `show` and `outline`."""

from typing import Annotated

import typer

from chaintrace.cli import options
from chaintrace.cli.render import put, put_code, put_text
from chaintrace.cli.run import Request, analyse

Pattern = Annotated[
    str, typer.Argument(metavar="WHAT", help=f"What to show: {options.PATTERN}, or file.py:120-160.")
]
File = Annotated[str, typer.Argument(metavar="FILE", help="A file of the sources, or the end of its path.")]
Around = Annotated[
    int | None, typer.Option("--around", "-C", min=0, metavar="N", help="Lines to add before and after.")
]


def show(  # noqa: PLR0913 - one parameter an option
    what: Pattern,
    sources: options.Sources = None,
    *,
    around: Around = None,
    json: options.Json = False,
    assume: options.Assume = None,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """Show the code of WHAT, numbered, with what the calls in it resolve to."""
    analysed = analyse(Request(sources or (), demo, profile, quiet, assume=assume, revisions=rev))
    windows = analysed.project.show(what, around, analysed.answer)
    if json:
        put(windows.to_json().encode())
    else:
        put_code(windows)


def outline(  # noqa: PLR0913 - one parameter an option
    file: File,
    sources: options.Sources = None,
    *,
    json: options.Json = False,
    assume: options.Assume = None,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """List the entry points, classes, functions and loops of FILE."""
    analysed = analyse(Request(sources or (), demo, profile, quiet, assume=assume, revisions=rev))
    outlines = analysed.project.outline(file, analysed.answer)
    if json:
        put(outlines.to_json().encode())
    else:
        put_text(str(outlines))
