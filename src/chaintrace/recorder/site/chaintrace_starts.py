"""Who started what a thread, process or event loop runs first: remembered where the work is handed over.

What hands work over are a few classes of the standard library; their code is watched, never changed. The
place where an object of them is made (the innermost recorded function then) is kept, and asked for where
the object runs.
"""

import weakref
from types import CodeType, FrameType
from typing import Any

_MAKING = {
    ("asyncio/events.py", "Handle.__init__"),
    ("concurrent/futures/thread.py", "_WorkItem.__init__"),
    ("multiprocessing/process.py", "BaseProcess.__init__"),
    ("multiprocessing/process.py", "BaseProcess.start"),
    ("threading.py", "Thread.__init__"),
    ("threading.py", "Thread.start"),
}
_RUNNING = {
    ("asyncio/events.py", "Handle._run"),
    ("concurrent/futures/process.py", "_process_worker"),
    ("concurrent/futures/thread.py", "_WorkItem.run"),
    ("multiprocessing/pool.py", "worker"),
    ("multiprocessing/process.py", "BaseProcess._bootstrap"),
    ("threading.py", "Thread._bootstrap_inner"),
}
_NAME = "_chaintrace_place"


class Starts:
    """Remember for objects that run something where they were made."""

    def __init__(self) -> None:
        self._kinds: dict[CodeType, str] = {}
        self._places: dict[int, tuple[Any, Any]] = {}

    def kind(self, code: CodeType) -> str:
        """Return `making` or `running` for code that is watched, else ""."""
        found = self._kinds.get(code)
        if found is None:
            name = getattr(code, "co_qualname", code.co_name)
            path = code.co_filename.replace("\\", "/")
            found = self._kinds[code] = next(
                (
                    kind
                    for kind, watched in (("making", _MAKING), ("running", _RUNNING))
                    if any(name == own and path.endswith(f"/{file}") for file, own in watched)
                ),
                "",
            )
        return found

    def keep(self, frame: FrameType, place: Any) -> None:
        """Remember where the object was made whose method this frame begins."""
        given = frame.f_locals
        made = given.get("self")
        if made is None or place is None:
            return
        if type(made).__module__ == "asyncio.events" and _is_of_future(given.get("args")):
            return
        if frame.f_code.co_name == "start" and not _has_own_run(made):
            return  # what it runs was named where it was made
        try:
            made.__dict__[_NAME] = place  # goes along to a process that is started afresh
        except AttributeError:
            number = id(made)
            self._places[number] = weakref.ref(made, lambda _: self._places.pop(number, None)), place

    def place(self, frame: FrameType) -> Any:
        """Return where the object was made that runs this frame, None if that is not known."""
        running = frame.f_locals.get("self")
        found = getattr(running, "__dict__", {}).get(_NAME)
        return found or self._places.get(id(running), (None, None))[1]


def _is_of_future(arguments: Any) -> bool:
    """Say whether a handle is for what runs once a future is done: who asked for that is not told."""
    one = arguments[0] if isinstance(arguments, tuple) and len(arguments) == 1 else None
    return hasattr(type(one), "add_done_callback")


def _has_own_run(made: Any) -> bool:
    """Say whether the class of a thread or process has a `run` of its own."""
    kinds = [kind for kind in type(made).__mro__ if "run" in vars(kind)]
    return kinds[0].__name__ not in ("Thread", "BaseProcess")
