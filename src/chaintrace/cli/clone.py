"""The command `clone`."""

import json as json_words
from typing import TYPE_CHECKING

from chaintrace.cli import options
from chaintrace.cli.render import progress, put_text
from chaintrace.cli.run import Request
from chaintrace.sources.parse import split_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chaintrace.graph.graph import SourceInfo


def clone(  # noqa: PLR0913 - one parameter an option
    sources: options.Sources = None,
    *,
    profile: options.Profile = None,
    rev: options.CloneRev = None,
    depth: options.History = None,
    update: options.Update = False,
    locked: options.Locked = False,
    force: options.Force = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """Fetch the sources into workdir/ and record their revisions in chaintrace.lock."""
    from chaintrace import api

    request = Request(sources or (), profile=profile, quiet=quiet)
    with progress(quiet=quiet) as report:
        fetched = api.clone(
            list(request.sources),
            profile=profile,
            revisions=split_named(rev or ()),
            depth=depth,
            update=update,
            locked=locked,
            force=force,
            say=request.say,
            progress=report,
        )
    put_text(_as_json(fetched) if json else _as_text(fetched))


def _as_json(fetched: "Sequence[SourceInfo]") -> str:
    return json_words.dumps([info._asdict() for info in fetched], indent=1)


def _as_text(fetched: "Sequence[SourceInfo]") -> str:
    return "\n".join(f"{info.name}  {info.revision}  {info.origin}  {info.root}" for info in fetched)
