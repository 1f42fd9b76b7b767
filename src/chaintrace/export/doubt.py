"""What speaks against a path that may happen all the same: one plain line under the hop that it is about."""

from collections.abc import Iterator, Sequence
from typing import Any

from chaintrace.export.view import clean
from chaintrace.graph.doubts import Doubt
from chaintrace.graph.paths import Path

_FEW = 3


def doubt_lines(path: Path, at: int) -> Iterator[str]:
    """Yield why a path is doubtful at the hop with an index, as sentences without an end."""
    for doubt in path.doubts:
        if doubt.needs == at:
            yield clean(f"doubtful: {_said(path, doubt)}")


def doubts_document(path: Path) -> list[dict[str, Any]]:
    """Return what speaks against a path as dictionaries."""
    return [
        {**doubt._asdict(), "wanted": list(doubt.wanted), "held": list(doubt.held)}
        | {"text": clean(_said(path, doubt))}
        for doubt in path.doubts
    ]


def _said(path: Path, doubt: Doubt) -> str:
    edge, giving = path[doubt.needs], path[doubt.at]
    if doubt.is_early:
        return f"runs before the message of hop {doubt.at + 1} is received, and no loop is around both"
    is_put = giving.channel is not None and "returned" not in giving.flags
    hands = f"hop {doubt.at + 1} {'puts' if is_put else 'hands over'}"
    held, wanted = _some(doubt.held) or "something else", _some(doubt.wanted)
    row = f"row {edge.row.key}" if edge.row is not None and edge.row.key else ""
    if not wanted:
        return f"{f'{row} does not take' if row else 'not reached with'} what {hands}: {held}"
    return f"{f'{row} takes' if row else 'needs'} {wanted}; {hands} {held}"


def _some(words: Sequence[str]) -> str:
    more = f" or {len(words) - _FEW} more" if len(words) > _FEW else ""
    return " or ".join(words[:_FEW]) + more
