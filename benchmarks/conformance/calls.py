"""Run a snippet and print its real calls in PyCG's names, each once, in order.

python benchmarks/conformance/calls.py SNIPPET

Calls between frames of the snippet's files are shown, and those of its code to built-in functions. The
snippet is run: this is for small programs that you trust, such as those of the suites.
"""  # noqa: INP001 - a script

import builtins
import inspect
import sys
import types
from pathlib import Path
from traceback import format_exception_only

from chaintrace.export.pycg import pycg_name

NO_CALLS = ("<module>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


class Calls:
    """Collect the calls of code below a directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found: dict[tuple[str, str], None] = {}

    def name(self, frame: types.FrameType | None) -> str:
        """Return the name of a frame's code, "" outside the directory.

        Comprehensions and evaluated text count as the code around them.
        """
        while frame is not None and (
            frame.f_code.co_filename == "<string>" or frame.f_code.co_name in NO_CALLS[1:]
        ):
            frame = frame.f_back
        if frame is None or not Path(frame.f_code.co_filename).is_relative_to(self.root):
            return ""
        module = str(frame.f_globals["__name__"]).replace("__main__", "main")
        return pycg_name(f"{module}.{frame.f_code.co_qualname}")

    def __call__(self, frame: types.FrameType, event: str, argument: object) -> None:
        """Take one event of the profiler; bodies of modules and classes and comprehensions are no calls."""
        if event == "call":
            if frame.f_code.co_name not in NO_CALLS and frame.f_code.co_flags & inspect.CO_NEWLOCALS:
                self._add(self.name(frame.f_back), self.name(frame))
        elif event == "c_call" and argument is not builtins.__build_class__:
            owner = getattr(argument, "__self__", None)
            home = "" if isinstance(owner, types.ModuleType | None) else f"{type(owner).__name__}."
            self._add(self.name(frame), pycg_name(f"builtins.{home}{getattr(argument, '__name__', '')}"))

    def _add(self, caller: str, callee: str) -> None:
        if caller and callee:
            self.found[caller, callee] = None


def main(snippet: Path) -> None:
    """Run `main.py` of the snippet and print what it called, and the error it ended with."""
    root = snippet.resolve()
    sys.path.insert(0, str(root))
    sys.dont_write_bytecode = True
    script, calls = root / "main.py", Calls(root)
    code = compile(script.read_text(encoding="utf-8"), str(script), "exec")
    sys.setprofile(calls)
    try:
        exec(code, {"__name__": "__main__", "__file__": str(script)})  # noqa: S102 - what it is for
    except Exception as error:  # noqa: BLE001 - the snippet's own
        sys.setprofile(None)
        sys.stdout.write("".join(format_exception_only(error)))
    sys.setprofile(None)
    for caller, callee in calls.found:
        sys.stdout.write(f"{caller} -> {callee}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
