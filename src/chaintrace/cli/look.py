"""Two looks: first in what the starts of a question lead to, then, where that has nothing, in everything."""

import gc
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from chaintrace.cli.run import Analysed, Request, analyse
from chaintrace.errors import QueryError
from chaintrace.query.near import NoMatchError

if TYPE_CHECKING:
    from chaintrace.answer import Answer

Found = TypeVar("Found")


def look(
    request: Request, ask: "Callable[[Analysed], Found]", is_found: Callable[[Found], bool] = bool
) -> "tuple[Answer, Found]":
    """Ask in what the starts lead to, where that has nothing in everything; return the answer and the find.

    A name that no file holds is looked for once. Where edges known less surely were left out and nothing was
    found, it is told whether there is something among these.
    """
    analysed = analyse(request)
    found = _first(analysed, ask, is_found)
    if found is None:
        request.say("nothing found in what the starts lead to; looking again in everything")
        project = analysed.project
        del analysed
        gc.collect()  # the command does without, but here is a whole analysis to let go of
        analysed = analyse(replace(request, chains=False), project)
        found = ask(analysed)
    if request.least is not None and not is_found(found) and is_found(ask(analysed.whole)):
        request.say(f"there is a chain known less surely than {request.least}; leave out --min-resolution")
    return analysed.answer, found


def _first(
    analysed: Analysed, ask: "Callable[[Analysed], Found]", is_found: Callable[[Found], bool]
) -> "Found | None":
    """Return the answer of the first look, None where the second may have another."""
    try:
        found = ask(analysed)
    except QueryError as error:
        is_typo = isinstance(error, NoMatchError) and not analysed.project.mentions(error.pattern)
        if is_typo or not analysed.limited:
            raise
        return None
    return found if is_found(found) or not analysed.limited else None
