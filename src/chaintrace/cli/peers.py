"""The command `peers`."""

from typing import Annotated

import typer

from chaintrace.cli import options
from chaintrace.cli.chains import NOT_FOUND
from chaintrace.cli.output import plan_output, write_files
from chaintrace.cli.render import put, put_listing
from chaintrace.cli.run import Request, analyse
from chaintrace.export.formats import render

End = Annotated[str, typer.Argument(metavar="END", help=f"One end of a channel: {options.PATTERN}.")]


def peers(  # noqa: PLR0913 - one parameter an option
    end: End,
    sources: options.Sources = None,
    *,
    name: options.Format = None,
    json: options.Json = False,
    output: options.Output = None,
    least: options.Least = None,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """List the other ends of the channels that END puts into or gets from: queues, pipes, sockets."""
    plan = plan_output(name, json=json, files=output or ())
    request = Request(sources or (), demo, profile, quiet, revisions=rev, least=least)
    listing = analyse(request).answer.peers(end)
    part = listing.restricted()
    if plan.stdout == "text":
        put_listing(listing)
    elif plan.stdout:
        put(render(part, None, plan.stdout))
    write_files(plan, part, None)
    if not listing:
        request.say(f"{end} is no end of a channel")
        raise typer.Exit(NOT_FOUND)
