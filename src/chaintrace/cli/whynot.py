"""The command `why-not`."""

import typer

from chaintrace.cli import options
from chaintrace.cli.chains import NOT_FOUND, require_kinds
from chaintrace.cli.render import put, put_text
from chaintrace.cli.run import Request, analyse
from chaintrace.cli.why import Source, Target


def why_not(  # noqa: PLR0913 - one parameter an option
    start: Source,
    target: Target,
    sources: options.Sources = None,
    *,
    json: options.Json = False,
    avoid: options.Avoid = None,
    kind: options.Kind = None,
    assume: options.Assume = None,
    suppose: options.Suppose = None,
    least: options.Least = None,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """Show why no chain leads from START to TARGET: where the search stopped, and what would connect them."""
    require_kinds(kind or ())
    request = Request(
        sources or (),
        demo,
        profile,
        quiet,
        [start],
        assume=assume,
        revisions=rev,
        least=least,
        suppose=suppose,
    )
    found = analyse(request).answer.why_not(start, target, avoid=avoid or (), kinds=kind or ())
    if json:
        put(found.to_json().encode())
    else:
        put_text(str(found))
    if not found:
        request.say("there is a chain")
        raise typer.Exit(NOT_FOUND)
