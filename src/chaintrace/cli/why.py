"""The command `why`."""

from typing import Annotated

import typer

from chaintrace.cli import options
from chaintrace.cli.chains import NOT_FOUND
from chaintrace.cli.look import look
from chaintrace.cli.render import put, put_legend, put_text
from chaintrace.cli.run import Request

Source = Annotated[str, typer.Argument(metavar="START", help=f"Where the hop starts: {options.PATTERN}.")]
Target = Annotated[str, typer.Argument(metavar="TARGET", help=f"Where it ends: {options.PATTERN}.")]

Whole = Annotated[
    bool, typer.Option("--all", help="Tell every step, also how names are looked up and objects travel.")
]


def why(  # noqa: PLR0913 - one parameter an option
    start: Source,
    target: Target,
    sources: options.Sources = None,
    *,
    whole: Whole = False,
    json: options.Json = False,
    assume: options.Assume = None,
    suppose: options.Suppose = None,
    least: options.Least = None,
    everything: options.Everything = False,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """Show why START reaches TARGET: for each hop, the steps from allocation to use."""
    request = Request(
        sources or (),
        demo,
        profile,
        quiet,
        [start],
        not everything,
        [target],
        assume,
        revisions=rev,
        least=least,
        suppose=suppose,
    )
    _, found = look(request, lambda analysed: analysed.answer.why(start, target))
    if json:
        put(found.to_json().encode())
    else:
        put_text(found.to_text(whole=whole))
        put_legend(found.edges, found.graph)
    if not found:
        request.say("no chain was found")
        raise typer.Exit(NOT_FOUND)
