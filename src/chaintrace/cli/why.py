"""The command `why`."""

import gc
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from chaintrace.cli import options
from chaintrace.cli.chains import NOT_FOUND
from chaintrace.cli.render import put, put_legend, put_text
from chaintrace.cli.run import Request, analyse
from chaintrace.errors import QueryError

if TYPE_CHECKING:
    from chaintrace.answer import Why

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
        True,
        [target],
        assume,
        revisions=rev,
        least=least,
        suppose=suppose,
    )
    found = _find(request, start, target)
    if json:
        put(found.to_json().encode())
    else:
        put_text(found.to_text(whole=whole))
        put_legend(found.edges, found.graph)
    if not found:
        request.say("no chain was found")
        raise typer.Exit(NOT_FOUND)


def _find(request: Request, start: str, target: str) -> "Why":
    """Look in what the start leads to, and where that has nothing, in everything."""
    analysed = analyse(request)
    try:
        found = analysed.answer.why(start, target)
        if found or not analysed.limited:
            return found
    except QueryError:
        if not analysed.limited:
            raise
    request.say("nothing found in what the starts lead to; looking again in everything")
    gc.collect()  # the command does without, but here is a whole analysis to let go of
    return analyse(replace(request, chains=False)).answer.why(start, target)
