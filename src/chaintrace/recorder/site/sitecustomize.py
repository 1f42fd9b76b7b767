"""Record which function calls which, from inside the program that is observed.

Python imports a module of this name when it starts, in every process that `chaintrace observe` starts and in
those that these start. It is run by whatever interpreter the program has, from 3.11 on, and so uses nothing
but the standard library. From 3.12 on `sys.monitoring` tells of each start of a function, before that
`sys.setprofile`. Each process writes one file into the folder that the environment names.
"""

import atexit
import json
import os
import re
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NoReturn

Place = tuple[str, str, int]

FOLDER = os.environ.get("CHAINTRACE_OBSERVE", "")
ROOTS = tuple(filter(None, os.environ.get("CHAINTRACE_OBSERVE_ROOTS", "").split(os.pathsep)))

_OPTIMIZED = 0x1  # CO_OPTIMIZED, which of all code objects only the bodies of modules and classes lack
_PARTS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_COMPREHENSION = re.compile(r"\.(?:<locals>\.)?<(?:listcomp|setcomp|dictcomp|genexpr)>")
_START = 0  # the argument of the instruction RESUME where a function starts


class Recorder:
    """Collect every call between recorded code: by its ends and line, call or spawn and whether direct."""

    def __init__(self) -> None:
        self.calls: dict[tuple[str, str, str, int], tuple[str, bool]] = {}
        self._is_own: dict[CodeType, bool] = {}
        self._names: dict[CodeType, str] = {}
        self._starters: dict[int, Place | None] = {}
        self._foreign = tuple(
            os.path.join(os.path.realpath(prefix), "lib") + os.sep
            for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix, "/usr", "/usr/local"}
        )

    def start(self) -> None:
        """Begin to record, in this thread and all to come."""
        self._watch_threads()
        if hasattr(sys, "monitoring"):
            monitoring: Any = sys.monitoring
            monitoring.use_tool_id(monitoring.PROFILER_ID, "chaintrace")
            monitoring.register_callback(monitoring.PROFILER_ID, monitoring.events.PY_START, self.on_start)
            monitoring.set_events(monitoring.PROFILER_ID, monitoring.events.PY_START)
        else:
            threading.setprofile(self.on_event)
            sys.setprofile(self.on_event)

    def on_start(self, code: CodeType, _offset: int) -> Any:
        """Handle the start of a function, as `sys.monitoring` tells it."""
        if not self.is_own(code):
            return sys.monitoring.DISABLE  # type: ignore[attr-defined,unused-ignore]
        self.note(sys._getframe(1))
        return None

    def on_event(self, frame: FrameType, event: str, _argument: object) -> None:
        """Handle one event of `sys.setprofile`; a generator that goes on does not start again."""
        if event == "call" and self.is_own(frame.f_code):
            code, last = frame.f_code.co_code, frame.f_lasti
            if last < 0 or last + 1 >= len(code) or code[last + 1] & 3 == _START:
                self.note(frame)

    def note(self, frame: FrameType) -> None:
        """Write down the call that made a frame; comprehensions are part of the function around them."""
        code = frame.f_code
        if code.co_name in _PARTS:
            return
        caller, is_direct = frame.f_back, True
        while caller is not None and (not self.is_own(caller.f_code) or caller.f_code.co_name in _PARTS):
            is_direct = is_direct and self.is_own(caller.f_code)
            caller = caller.f_back
        place = self._starters.get(threading.get_ident()) if caller is None else self._place(caller)
        if place is not None:
            key = place[0], self.name(frame), place[1], place[2]
            self.calls.setdefault(key, ("spawn" if caller is None else "call", is_direct))

    def is_own(self, code: CodeType) -> bool:
        """Say whether code is to be recorded: that below the roots, or all that is no library."""
        found = self._is_own.get(code)
        if found is None:
            path = os.path.realpath(code.co_filename)
            if ROOTS:
                found = path.startswith(ROOTS)
            else:
                found = os.path.isfile(path) and not path.startswith(self._foreign)
                found = found and "site-packages" not in path and path != os.path.realpath(__file__)
            self._is_own[code] = found
        return found

    def name(self, frame: FrameType) -> str:
        """Return the module and qualified name of a frame's code."""
        code = frame.f_code
        found = self._names.get(code)
        if found is None:
            module = frame.f_globals.get("__name__", "")
            if module in ("__main__", "__mp_main__", ""):
                module = self.file(code).removesuffix(".py").replace(os.sep, ".").removesuffix(".__init__")
            own = getattr(code, "co_qualname", code.co_name)
            found = self._names[code] = f"{module}.{_COMPREHENSION.sub('', own)}"
        return found

    def file(self, code: CodeType) -> str:
        """Return the path of code below the folder that it is imported from."""
        path = os.path.realpath(code.co_filename)
        folders = [os.path.realpath(folder or os.getcwd()) + os.sep for folder in sys.path]
        around = [folder for folder in folders if path.startswith(folder)]
        return path.removeprefix(max(around, key=len)) if around else path

    def write(self) -> None:
        """Write what was recorded."""
        rows = [
            {"caller": caller, "callee": callee, "file": file, "line": line, "kind": kind, "direct": direct}
            for (caller, callee, file, line), (kind, direct) in sorted(self.calls.copy().items())
        ]
        target = Path(FOLDER, f"{os.getpid()}-{id(self)}.json")
        partial = target.with_suffix(".part")
        partial.write_text(json.dumps(rows), encoding="utf-8")
        partial.replace(target)

    def _watch_threads(self) -> None:
        """Remember the line that names what each thread runs: where it is made, or where it is started."""
        kind: Any = threading.Thread
        make, start, run = kind.__init__, kind.start, kind._bootstrap_inner
        recorder = self

        def making(thread: Any, *args: Any, **kwargs: Any) -> None:
            make(thread, *args, **kwargs)
            thread._chaintrace_place = recorder._place(sys._getframe(1))

        def starting(thread: Any) -> None:
            if thread.__class__.run is not kind.run:
                thread._chaintrace_place = recorder._place(sys._getframe(1))
            start(thread)

        def running(thread: Any) -> None:
            place = getattr(thread, "_chaintrace_place", None)
            if place is not None:
                recorder._starters[threading.get_ident()] = place
            run(thread)

        kind.__init__, kind.start, kind._bootstrap_inner = making, starting, running

    def _place(self, frame: FrameType | None) -> Place | None:
        while frame is not None and (not self.is_own(frame.f_code) or frame.f_code.co_name in _PARTS):
            frame = frame.f_back
        return None if frame is None else (self.name(frame), self.file(frame.f_code), frame.f_lineno)


def _write_before_exit(recorder: Recorder) -> None:
    """Write also where a process ends without the usual ceremony, as forked workers do."""
    leave = os._exit

    def leaving(status: int) -> NoReturn:
        recorder.write()
        leave(status)

    os._exit = leaving
    atexit.register(recorder.write)


def _import_shadowed() -> None:
    """Import the module of this name that stands behind this one, if the environment has its own."""
    import importlib.machinery
    import importlib.util

    here = os.path.dirname(os.path.realpath(__file__))
    behind = [folder for folder in sys.path if os.path.realpath(folder or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", behind)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if FOLDER:
    _recorder = Recorder()
    _write_before_exit(_recorder)
    _import_shadowed()
    _recorder.start()
