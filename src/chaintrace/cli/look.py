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

    A name that no file holds is looked for once, and so is what would be found but for the assumptions of the
    request. Where edges known less surely were left out and nothing was found, it is told whether there is
    something among these.
    """
    analysed = analyse(request)
    found = _first(analysed, ask)
    if analysed.limited and (found is None or not is_found(found)):
        if found is not None and request.assume and _is_assumed_away(request, analysed, ask, is_found):
            return analysed.answer, found
        request.say("nothing found in what the starts lead to; looking again in everything")
        project = analysed.project
        del analysed
        gc.collect()  # the command does without, but here is a whole analysis to let go of
        analysed = analyse(replace(request, chains=False), project)
        found = ask(analysed)
    assert found is not None
    if request.least is not None and not is_found(found) and is_found(ask(analysed.whole)):
        request.say(f"there is a chain known less surely than {request.least}; leave out --min-resolution")
    return analysed.answer, found


def _first(analysed: Analysed, ask: "Callable[[Analysed], Found]") -> "Found | None":
    """Return what the first look finds, None where a name means nothing in it and may elsewhere."""
    try:
        return ask(analysed)
    except QueryError as error:
        is_typo = isinstance(error, NoMatchError) and not analysed.project.mentions(error.pattern)
        if is_typo or not analysed.limited:
            raise
        return None


def _is_assumed_away(
    request: Request,
    analysed: Analysed,
    ask: "Callable[[Analysed], Found]",
    is_found: Callable[[Found], bool],
) -> bool:
    """Say whether there would be something in what the starts lead to, were nothing assumed."""
    request.say(
        "nothing found in what the starts lead to; looking whether that is so without the assumptions"
    )
    found = _first(analyse(replace(request, assume=None), analysed.project), ask)
    if found is None or not is_found(found):
        return False
    request.say("it is found without them; --everything looks in all files under the assumptions too")
    return True
