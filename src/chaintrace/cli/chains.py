"""The commands `graph` and `paths`."""

from typing import TYPE_CHECKING

import typer

from chaintrace.cli import options
from chaintrace.cli.look import look
from chaintrace.cli.output import Plan, plan_output, write_files
from chaintrace.cli.render import put, put_chains, put_text
from chaintrace.cli.run import Request, analyse, measured
from chaintrace.errors import QueryError
from chaintrace.export.formats import render
from chaintrace.export.json import to_json
from chaintrace.export.text import observed_text, refuted_text
from chaintrace.graph.graph import ACCESS_KINDS, EXECUTION_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chaintrace.answer import Answer, Chain
    from chaintrace.answer.answer import RouteWords
    from chaintrace.cli.run import Analysed
    from chaintrace.graph.graph import Graph

NOT_FOUND = 1


def graph(  # noqa: PLR0913 - one parameter an option
    sources: options.Sources = None,
    *,
    to: options.To = None,
    start: options.From = None,
    name: options.Format = None,
    json: options.Json = False,
    output: options.Output = None,
    via: options.Via = None,
    avoid: options.Avoid = None,
    kind: options.GraphKind = None,
    depth: options.Depth = None,
    k: options.Count = None,
    refuted: options.Refuted = False,
    observed: options.Run = None,
    assume: options.Assume = None,
    suppose: options.Suppose = None,
    channels: options.Channels = False,
    least: options.Least = None,
    everything: options.Everything = False,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    stats: options.ShowStats = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """Show the chains to a target; without --to, the whole graph, or what --from leads to."""
    if not to and (via or (avoid and not channels) or k is not None or refuted):
        raise QueryError("--via, --avoid, -k and --refuted choose among chains; add --to")
    if channels and (to or start or kind or depth is not None):
        raise QueryError("--channels shows the components of the whole program; leave out the other choices")
    plan = plan_output(name, json=json, files=output or ())
    require_kinds(kind or ())
    named = (*(to or ()), *(via or ()), *(avoid or ()))
    with measured(wanted=stats) as cost:
        asked = (sources or (), demo, profile, quiet, start)
        request = Request(
            *asked, bool(to) and not everything, named, assume, cost, rev, observed, least, suppose
        )
        if to:
            routes: RouteWords = {"via": via or (), "avoid": avoid or (), "kinds": kind or (), "depth": depth}
            put_or_fail(plan, *_find(request, to, k, routes), refuted=refuted, say=request.say)
            return
        answer = analyse(request).answer
        if channels:
            put_graph(plan, answer.channels(avoid or ()).graph)
        elif kind:
            put_graph(plan, answer.only(kind, start, depth).graph)
        elif start:
            put_graph(plan, answer.only([*EXECUTION_KINDS, *ACCESS_KINDS], start, depth).graph)
        else:
            put_graph(plan, answer.graph)


def require_kinds(kinds: "Sequence[str]") -> None:
    """Raise `QueryError` for a word that is not a kind, before any work is done."""
    from chaintrace.query.question import kinds_named

    kinds_named(kinds)


def paths(  # noqa: PLR0913 - one parameter an option
    sources: options.Sources = None,
    *,
    to: options.To = None,
    start: options.From = None,
    name: options.Format = None,
    json: options.Json = False,
    output: options.Output = None,
    via: options.Via = None,
    avoid: options.Avoid = None,
    kind: options.Kind = None,
    depth: options.Depth = None,
    k: options.Count = 5,
    refuted: options.Refuted = False,
    observed: options.Run = None,
    assume: options.Assume = None,
    suppose: options.Suppose = None,
    least: options.Least = None,
    everything: options.Everything = False,
    demo: options.Demo = False,
    profile: options.Profile = None,
    rev: options.Rev = None,
    stats: options.ShowStats = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """Show several chains to each target, best first; without --to, to the targets of the trace file."""
    plan = plan_output(name, json=json, files=output or ())
    require_kinds(kind or ())
    named = (*to, *(via or ()), *(avoid or ())) if to else ()
    routes: RouteWords = {"via": via or (), "avoid": avoid or (), "kinds": kind or (), "depth": depth}
    with measured(wanted=stats) as cost:
        asked = (sources or (), demo, profile, quiet, start)
        request = Request(*asked, not everything, named, assume, cost, rev, observed, least, suppose)
        put_or_fail(plan, *_find(request, to, k, routes), refuted=refuted, say=request.say)


def _find(
    request: Request, to: "Sequence[str] | None", k: int | None, routes: "RouteWords"
) -> "tuple[Answer, Sequence[Chain]]":
    """Return the chains to some targets, else to those of the trace file, with the answer that has them."""

    def ask(analysed: "Analysed") -> "Sequence[Chain]":
        targets = to or analysed.targets
        if not targets:
            raise QueryError("no target is named; add --to, or targets to the trace file")
        return analysed.answer.paths(request.starts, targets, k=k, **routes)

    return look(request, ask, lambda chains: any(chain.paths for chain in chains))


def put_or_fail(
    plan: Plan, answer: "Answer", chains: "Sequence[Chain]", *, say: "Callable[[str], None]", refuted: bool
) -> None:
    """Print and write chains, and those refuted where asked for; exit with 1 where there is no path."""
    found = [path for chain in chains for path in chain.paths]
    listed = [item for chain in chains for item in chain.refuted] if refuted else []
    if plan.stdout == "text":
        put_chains(chains)
        for item in listed:
            put_text(f"\n{refuted_text(answer.graph, item)}")
        if answer.graph.observed is not None:
            put_text(f"\n{observed_text(answer.graph.observed)}")
    elif plan.stdout == "json":
        put(to_json(answer.graph, found, listed).encode("utf-8", "backslashreplace"))
    elif plan.stdout:
        put(render(answer.graph, found, plan.stdout))
    write_files(plan, answer.graph, found)
    if not found:
        say("no chain was found")
        raise typer.Exit(NOT_FOUND)


def put_graph(plan: Plan, graph: "Graph") -> None:
    """Print and write a graph; its text is not printed beside a file unless it was asked for."""
    write_files(plan, graph, None)
    if plan.stdout and (plan.explicit or not plan.files):
        put(render(graph, None, plan.stdout))
