"""The command `index`."""

import json as json_words
from typing import Annotated

from typer import Option

from chaintrace.cli import options
from chaintrace.cli.render import progress, put_text
from chaintrace.cli.run import Request, open_project


def index(  # noqa: PLR0913 - a command has as many as it has options
    sources: options.Sources = None,
    *,
    profile: options.Profile = None,
    rev: options.Rev = None,
    executor: Annotated[
        str | None, Option("--executor", metavar="URL", help="Who reads the files: dask://HOST:PORT.")
    ] = None,
    store: Annotated[
        str | None,
        Option(
            "--store", metavar="URL", help="Where facts are kept: any URL of fsspec, such as s3://BUCKET/x."
        ),
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """Read the sources into the store of facts, here or on a cluster, and solve nothing."""
    from chaintrace.workers import executor_at

    request = Request(sources or (), profile=profile, quiet=quiet, revisions=rev)
    with progress(quiet=quiet) as report:
        project = open_project(request, report)
    project.store = store
    with executor_at(executor) as project.executor, progress(quiet=quiet) as report:
        outcome = project.index(report)
    for diagnostic in outcome.diagnostics:
        request.say(str(diagnostic))
    if json:
        put_text(json_words.dumps({"files": outcome.files, "made": outcome.made}))
    else:
        put_text(f"{outcome.files} files, the facts of {outcome.made} made now")
