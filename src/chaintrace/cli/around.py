"""The commands `callers`, `callees`, `readers` and `writers`."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from chaintrace.cli import options
from chaintrace.cli.chains import NOT_FOUND
from chaintrace.cli.output import Plan, plan_output, write_files
from chaintrace.cli.render import put, put_listing
from chaintrace.cli.run import Request, analyse
from chaintrace.errors import QueryError
from chaintrace.export.formats import render

if TYPE_CHECKING:
    from chaintrace.answer import Answer, Listing


def callers(  # noqa: PLR0913 - one parameter an option
    sources: options.Sources = None,
    *,
    of: options.Of = None,
    depth: options.Steps = 1,
    name: options.Format = None,
    json: options.Json = False,
    output: options.Output = None,
    assume: options.Assume = None,
    least: options.Least = None,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """List the calls that lead to a function, nearest first."""
    plan = plan_output(name, json=json, files=output or ())
    _show(
        plan,
        Request(sources or (), demo, profile, quiet, assume=assume, revisions=rev, least=least),
        of,
        lambda answer, names: answer.callers(names, depth),
    )


def callees(  # noqa: PLR0913 - one parameter an option
    sources: options.Sources = None,
    *,
    of: options.CalleesOf = None,
    depth: options.Steps = 1,
    name: options.Format = None,
    json: options.Json = False,
    output: options.Output = None,
    assume: options.Assume = None,
    least: options.Least = None,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """List the calls a function makes, nearest first."""
    plan = plan_output(name, json=json, files=output or ())
    _show(
        plan,
        Request(sources or (), demo, profile, quiet, assume=assume, revisions=rev, least=least),
        of,
        lambda answer, names: answer.callees(names, depth),
    )


def readers(  # noqa: PLR0913 - one parameter an option
    sources: options.Sources = None,
    *,
    of: options.Of = None,
    name: options.Format = None,
    json: options.Json = False,
    output: options.Output = None,
    assume: options.Assume = None,
    least: options.Least = None,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """List where an attribute is read."""
    plan = plan_output(name, json=json, files=output or ())
    _show(
        plan,
        Request(sources or (), demo, profile, quiet, assume=assume, revisions=rev, least=least),
        of,
        lambda answer, names: answer.readers(names),
    )


def writers(  # noqa: PLR0913 - one parameter an option
    sources: options.Sources = None,
    *,
    of: options.Of = None,
    name: options.Format = None,
    json: options.Json = False,
    output: options.Output = None,
    assume: options.Assume = None,
    least: options.Least = None,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """List where an attribute is written."""
    plan = plan_output(name, json=json, files=output or ())
    _show(
        plan,
        Request(sources or (), demo, profile, quiet, assume=assume, revisions=rev, least=least),
        of,
        lambda answer, names: answer.writers(names),
    )


def _show(
    plan: Plan,
    request: Request,
    of: Sequence[str] | None,
    question: "Callable[[Answer, Sequence[str]], Listing]",
) -> None:
    """Ask for a listing and print it; exit with 1 where it is empty."""
    analysed = analyse(request)
    names = of or analysed.targets
    if not names:
        raise QueryError("no symbol is named; add --of")
    listing = question(analysed.answer, names)
    part = listing.restricted()
    if plan.stdout == "text":
        put_listing(listing)
    elif plan.stdout:
        put(render(part, None, plan.stdout))
    write_files(plan, part, None)
    if not listing:
        request.say(f"nothing was found for {', '.join(names)}")
        raise typer.Exit(NOT_FOUND)
