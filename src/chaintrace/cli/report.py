"""The command `report`."""

import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from chaintrace.cli import options
from chaintrace.cli.chains import NOT_FOUND
from chaintrace.cli.render import progress, put, put_text, tell
from chaintrace.cli.run import Request, open_project, tell_assumed
from chaintrace.errors import ExportError

if TYPE_CHECKING:
    from pathlib import Path

    from chaintrace.export.report import Report

_KINDS = (".md", ".html", ".json")
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of Markdown.")]


def report(  # noqa: PLR0913 - one parameter an option
    sources: options.Sources = None,
    *,
    to: options.To = None,
    start: options.From = None,
    output: options.Output = None,
    json: Json = False,
    k: options.Count = None,
    assume: options.Assume = None,
    suppose: options.Suppose = None,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """Write up the chains as Markdown, or with -o as FILE.md, .html or .json: picture, hops, code."""
    from chaintrace.export.files import require_writable, write_file
    from chaintrace.export.report import to_markdown

    for file in output or ():
        _require_kind(file)
        require_writable(file)
    request = Request(sources or (), demo, profile, quiet, revisions=rev)
    with progress(quiet=quiet) as bars:
        project = open_project(request, bars)
    command = shlex.join(["chaintrace", *sys.argv[1:]])
    made = project.report(start, to, k=k, assume=assume or (), suppose=suppose or (), command=command)
    tell_assumed(request.say, made.graph)
    for file in output or ():
        write_file(file, _written(made, file.suffix).encode())
    if json:
        put(made.to_json().encode())
    elif not output:
        put_text(to_markdown(made).rstrip("\n"))
    for waypoint in made.missing:
        tell(f"expected on the way and not there: {waypoint}")
    if not made.chains:
        request.say("no chain was found")
    if made.missing or not made.chains:
        raise typer.Exit(NOT_FOUND)


def _written(made: "Report", suffix: str) -> str:
    from chaintrace.export.report import to_markdown, to_page

    if suffix == ".json":
        return made.to_json()
    return to_page(made) if suffix == ".html" else to_markdown(made)


def _require_kind(file: "Path") -> None:
    if file.suffix not in _KINDS:
        raise ExportError(f"{file}: a report is Markdown, a page or JSON; name it {', '.join(_KINDS)}")
