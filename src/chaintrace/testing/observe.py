"""Run a fixture in a subprocess and record which of its functions each of its lines really calls.

The subprocess executes this very file, so nothing outside the standard library is imported at its top.
A call made through library code (`contextmanager`, `functools.partial`, `sorted(key=...)`) is charged to the
line of the fixture that set the library going; what a new thread runs first is charged, as a spawn, to the
line that named it: where the thread was made, or, where its class overrides `run`, started. A class body is
what its line defines; module bodies and comprehensions are code of the line they stand on, no callees. A
generator or coroutine counts once, on the line that first runs it; `chaintrace.testing.expect` knows.
"""

import json
import re
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chaintrace.testing.expect import Names
    from chaintrace.testing.fixture import Fixture

# Flags of `inspect`, whose import would take longer than most runs: CO_OPTIMIZED, which of all code objects
# only the bodies of modules and classes lack; CO_GENERATOR, CO_COROUTINE and CO_ASYNC_GENERATOR.
_OPTIMIZED = 0x1
_OWN_FRAME = 0x20 | 0x80 | 0x200
_REACHES = "reaches"  # the tag of rows that say where execution got to from a function
_PARTS = frozenset({"<module>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_COMPREHENSION = re.compile(r"<(?:list|set|dict)comp>\.(?:<locals>\.)?|<genexpr>\.(?:<locals>\.)?")


class Run(NamedTuple):
    """Hold what each line of a fixture called, and to which functions execution got from each function."""

    names: "Names"
    reached: "Mapping[str, frozenset[str]]"


def observe(fixture: "Fixture", seconds: float = 30.0) -> "Names":
    """Run the fixture and return what each line called and spawned; errors are those of `observe_run`."""
    return observe_run(fixture, seconds).names


def observe_run(fixture: "Fixture", seconds: float = 30.0) -> Run:
    """Run the fixture and return what happened in it; what was reached only where the fixture asks for paths.

    Raises:
        ChaintraceError: the program failed or did not end within `seconds`; the message carries its stderr.

    """
    import subprocess
    import sysconfig
    import tempfile

    from chaintrace.errors import ChaintraceError
    from chaintrace.testing.fixture import Place, bare

    with tempfile.TemporaryDirectory() as room:
        root, record = Path(room) / "program", Path(room) / "record.json"
        for path, text in fixture.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        command = [sys.executable, "-I", "-S", "-B", __file__, str(root), str(record)]
        command += [sysconfig.get_path("purelib"), "paths" if fixture.paths else ""]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds, cwd=root)
        except subprocess.CalledProcessError as error:
            raise ChaintraceError(f"fixture {fixture.name} failed when run:\n{error.stderr}") from error
        except subprocess.TimeoutExpired as error:
            raise ChaintraceError(f"fixture {fixture.name} did not end within {seconds} s") from error
        rows = json.loads(record.read_text(encoding="utf-8"))
    called = {
        Place(path, line, tag): frozenset(map(bare, names))
        for path, line, tag, names in rows
        if tag != _REACHES
    }
    return Run(
        called, {bare(path): frozenset(map(bare, names)) for path, _, tag, names in rows if tag == _REACHES}
    )


class Recorder:
    """Collect (path, line, tag) -> names of called functions while a program runs."""

    def __init__(self, root: Path, *, tells_paths: bool = False) -> None:
        self.root = f"{root}/"
        self.tells_paths = tells_paths
        self._stacks: dict[threading.Thread, list[str]] = {}
        self.calls: dict[tuple[str, int, str], set[str]] = {}
        self._starters: dict[threading.Thread, tuple[str, int]] = {}
        self._resumable: set[FrameType] = set()

    def profile(self, frame: FrameType, event: str, _argument: Any) -> None:  # noqa: ANN401 - sys.setprofile's contract
        """Handle one event of `sys.setprofile`."""
        if event != "call" or not self._is_callee(frame.f_code):
            return
        if frame.f_code.co_flags & _OWN_FRAME:
            if frame in self._resumable:
                return
            self._resumable.add(frame)
        if self.tells_paths:
            for name in self._stack(frame.f_back):
                self.calls.setdefault((name, 0, _REACHES), set()).add(self._name(frame.f_code))
        line, tag = self._line_of(frame.f_back), "calls"
        if line is None:
            line, tag = self._starters.get(threading.current_thread()), "spawns"
        if not frame.f_code.co_flags & _OPTIMIZED:
            tag = "defines"
        if line is not None:
            self.calls.setdefault((*line, tag), set()).add(self._name(frame.f_code))

    def watch_threads(self) -> None:
        """Remember the line that names what each thread runs."""
        make, start = threading.Thread.__init__, threading.Thread.start

        def making(thread: threading.Thread, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
            make(thread, *args, **kwargs)
            self._remember(thread, sys._getframe(1))  # noqa: SLF001 - the only way to the caller's frame

        def starting(thread: threading.Thread) -> None:
            if self._is_callee(type(thread).run.__code__):
                self._remember(thread, sys._getframe(1))  # noqa: SLF001 - as above
            start(thread)

        threading.Thread.__init__ = making  # type: ignore[assignment,method-assign]
        threading.Thread.start = starting  # type: ignore[assignment,method-assign]

    def _stack(self, frame: FrameType | None) -> list[str]:
        """Return the names of the functions that are running, those that started the thread included."""
        found = list(self._stacks.get(threading.current_thread(), ()))
        while frame is not None:
            if self._is_callee(frame.f_code):
                found.append(self._name(frame.f_code))
            frame = frame.f_back
        return found

    def _remember(self, thread: threading.Thread, frame: FrameType) -> None:
        self._stacks[thread] = self._stack(frame)
        line = self._line_of(frame)
        if line is not None:
            self._starters[thread] = line

    def rows(self) -> list[tuple[str, int, str, list[str]]]:
        """Return the record as sorted rows for JSON."""
        return [(*place, sorted(names)) for place, names in sorted(self.calls.items())]

    def _is_callee(self, code: CodeType) -> bool:
        return code.co_filename.startswith(self.root) and code.co_name not in _PARTS

    def _line_of(self, frame: FrameType | None) -> tuple[str, int] | None:
        while frame is not None and not frame.f_code.co_filename.startswith(self.root):
            frame = frame.f_back
        return None if frame is None else (frame.f_code.co_filename.removeprefix(self.root), frame.f_lineno)

    def _name(self, code: CodeType) -> str:
        path = code.co_filename.removeprefix(self.root).removesuffix(".py")
        module = path.replace("/", ".").removesuffix(".__init__")
        return f"{module}.{_COMPREHENSION.sub('', code.co_qualname)}"


def record_program(root: Path, record: Path, main: str = "main", *, tells_paths: bool = False) -> None:
    """Import the module `main` under `root` and write the rows of its calls to `record`."""
    recorder = Recorder(root, tells_paths=tells_paths)
    recorder.watch_threads()
    sys.path.insert(0, str(root))
    threading.setprofile(recorder.profile)
    sys.setprofile(recorder.profile)
    try:
        __import__(main)
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    record.write_text(json.dumps(recorder.rows()), encoding="utf-8")


if __name__ == "__main__":
    sys.path.append(sys.argv[3])  # for the libraries that fixtures use, without what `site` would run
    record_program(Path(sys.argv[1]), Path(sys.argv[2]), tells_paths=bool(sys.argv[4]))
