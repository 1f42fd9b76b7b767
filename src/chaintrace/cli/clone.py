"""The command `clone`."""

import json as json_words
from typing import TYPE_CHECKING

from chaintrace.cli import options
from chaintrace.cli.render import put_text
from chaintrace.cli.run import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chaintrace.graph.graph import SourceInfo


def clone(
    sources: options.Sources = None,
    *,
    profile: options.Profile = None,
    update: options.Update = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """Fetch the sources into workdir/ and record their revisions in chaintrace.lock."""
    from chaintrace import api

    request = Request(sources or (), profile=profile, quiet=quiet)
    fetched = api.clone(list(request.sources), profile=profile, update=update, say=request.say)
    put_text(_as_json(fetched) if json else _as_text(fetched))


def _as_json(fetched: "Sequence[SourceInfo]") -> str:
    return json_words.dumps([info._asdict() for info in fetched], indent=1)


def _as_text(fetched: "Sequence[SourceInfo]") -> str:
    return "\n".join(f"{info.name}  {info.revision}  {info.origin}  {info.root}" for info in fetched)
