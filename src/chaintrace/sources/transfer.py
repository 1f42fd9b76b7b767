"""Run a git command that transfers objects, and tell how far it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import git

if TYPE_CHECKING:
    from chaintrace.sources.gitcommand import Report


class _Listener(git.RemoteProgress):
    """Pass on the counts of the objects received."""

    def __init__(self, report: "Report") -> None:
        super().__init__()
        self._report = report

    def update(
        self,
        op_code: int,
        cur_count: str | float,
        max_count: str | float | None = None,
        message: str = "",  # noqa: ARG002
    ) -> None:
        if op_code & self.OP_MASK == self.RECEIVING:
            self._report(int(cur_count), int(max_count or 0))


def run_reporting(
    command: list[str], top: Path, environment: Mapping[str, str], seconds: int, report: "Report"
) -> None:
    """Run `command` in `top` for as many `seconds` at most; `report` hears of the objects that come in.

    Raises GitPython's CommandError.
    """
    listener = _Listener(report)
    process = git.Git(top).execute(command, env=environment, as_process=True, universal_newlines=True)
    assert isinstance(process, git.Git.AutoInterrupt)
    git.cmd.handle_process_output(
        process, None, listener.new_message_handler(), decode_streams=False, kill_after_timeout=seconds
    )
    try:
        process.wait()
    except git.GitCommandError as error:
        said = getattr(process, "_timeout_error", None) or "\n".join(
            [*listener.error_lines, *listener.other_lines]
        )
        raise git.GitCommandError(command, error.status, said) from error
