"""Record which function calls which, from inside the program that is observed.

Python imports a module of this name when it starts, in every process that `chaintrace observe` starts and in
those that these start. It is run by whatever interpreter the program has, from 3.11 on, and so uses nothing
but the standard library. From 3.12 on `sys.monitoring` tells of each start of a function, before that
`sys.setprofile`. Each process writes one file into the folder that the environment names: at its end, also by
a signal, and now and then before, in case it is killed.
"""

import atexit
import json
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NoReturn

from chaintrace_starts import Starts  # type: ignore[import-not-found]

Place = tuple[str, str, int]

FOLDER = os.environ.get("CHAINTRACE_OBSERVE", "")
ROOTS = tuple(filter(None, os.environ.get("CHAINTRACE_OBSERVE_ROOTS", "").split(os.pathsep)))

_OPTIMIZED = 0x1  # CO_OPTIMIZED, which of all code objects only the bodies of modules and classes lack
_PARTS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_COMPREHENSION = re.compile(r"\.(?:<locals>\.)?<(?:listcomp|setcomp|dictcomp|genexpr)>")
_HERE = os.path.dirname(os.path.realpath(__file__))
_PAUSE = 2.0  # seconds between writing what is new
_ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
_START = 0  # the argument of the instruction RESUME where a function starts


class Recorder:
    """Collect every call between recorded code: by its ends and line, call or spawn and whether direct."""

    def __init__(self) -> None:
        self.calls: dict[tuple[str, str, str, int], tuple[str, bool]] = {}
        self._is_own: dict[CodeType, bool] = {}
        self._names: dict[CodeType, str] = {}
        self.started: dict[str, None] = {}
        self._starts = Starts()
        self._written = time.monotonic()
        self._foreign = tuple(
            os.path.join(os.path.realpath(prefix), "lib") + os.sep
            for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix, "/usr", "/usr/local"}
        )

    def start(self) -> None:
        """Begin to record, in this thread and all to come."""
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
        if self.is_own(code):
            self.note(sys._getframe(1))
        elif self._starts.kind(code) == "making":
            frame = sys._getframe(1)
            self._starts.keep(frame, self._place(frame))
        else:
            return sys.monitoring.DISABLE  # type: ignore[attr-defined,unused-ignore]
        return None

    def on_event(self, frame: FrameType, event: str, _argument: object) -> None:
        """Handle one event of `sys.setprofile`; a generator that goes on does not start again."""
        if event != "call":
            return
        if not self.is_own(frame.f_code):
            if self._starts.kind(frame.f_code) == "making":
                self._starts.keep(frame, self._place(frame))
        else:
            code, last = frame.f_code.co_code, frame.f_lasti
            if last < 0 or last + 1 >= len(code) or code[last + 1] & 3 == _START:
                self.note(frame)

    def note(self, frame: FrameType) -> None:
        """Write down the call that made a frame; comprehensions are part of the function around them."""
        code = frame.f_code
        if code.co_name in _PARTS:
            return
        caller, is_direct, kind = frame.f_back, True, "call"
        while caller is not None and (not self.is_own(caller.f_code) or caller.f_code.co_name in _PARTS):
            if self._starts.kind(caller.f_code) == "running":
                kind = "spawn"
                break
            is_direct = is_direct and self.is_own(caller.f_code)
            caller = caller.f_back
        found = self._starts.place(caller) if caller is not None and kind == "spawn" else self._place(caller)
        size = len(self.calls)
        if found is None:
            self.started.setdefault(self.name(frame))
        else:
            self.calls.setdefault((found[0], self.name(frame), found[1], found[2]), (kind, is_direct))
        if len(self.calls) > size and time.monotonic() - self._written > _PAUSE:
            self.write()

    def is_own(self, code: CodeType) -> bool:
        """Say whether code is to be recorded: that below the roots, or all that is no library."""
        found = self._is_own.get(code)
        if found is None:
            path = os.path.realpath(code.co_filename)
            if ROOTS:
                found = path.startswith(ROOTS)
            else:
                found = os.path.isfile(path) and not path.startswith(self._foreign)
                found = found and "site-packages" not in path and os.path.dirname(path) != _HERE
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
        """Write what was recorded; where that cannot be done, the program goes on all the same."""
        self._written = time.monotonic()
        edges = [
            {"caller": caller, "callee": callee, "file": file, "line": line, "kind": kind, "direct": direct}
            for (caller, callee, file, line), (kind, direct) in sorted(self.calls.copy().items())
        ]
        target = Path(FOLDER, f"{os.getpid()}-{id(self)}.json")
        partial = target.with_suffix(f".{threading.get_ident()}")
        try:
            partial.write_text(json.dumps({"edges": edges, "started": sorted(self.started.copy())}), "utf-8")
            partial.replace(target)
        except OSError:
            return

    def _place(self, frame: FrameType | None) -> Place | None:
        while frame is not None and (not self.is_own(frame.f_code) or frame.f_code.co_name in _PARTS):
            frame = frame.f_back
        return None if frame is None else (self.name(frame), self.file(frame.f_code), frame.f_lineno)


def _write_before_exit(recorder: Recorder) -> None:
    """Write also where a process ends without the usual ceremony: as forked workers do, or by a signal."""
    leave = os._exit

    def leaving(status: int) -> NoReturn:
        recorder.write()
        leave(status)

    os._exit = leaving
    atexit.register(recorder.write)

    def ending(number: int, _frame: FrameType | None) -> None:
        recorder.write()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, ending)


def _import_shadowed() -> None:
    """Import the module of this name that stands behind this one, if the environment has its own."""
    import importlib.machinery
    import importlib.util

    behind = [folder for folder in sys.path if os.path.realpath(folder or ".") != _HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", behind)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if FOLDER:
    _recorder = Recorder()
    _write_before_exit(_recorder)
    _import_shadowed()
    _recorder.start()
