"""Windows of code and outlines of files, as users hold them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from chaintrace.export.outline import Outline
from chaintrace.export.window import Window


@dataclass(frozen=True)
class Windows(Sequence[Window]):
    """Hold the windows that a pattern means, by name."""

    windows: tuple[Window, ...]

    @overload
    def __getitem__(self, index: int) -> Window: ...
    @overload
    def __getitem__(self, index: slice) -> "Windows": ...
    def __getitem__(self, index: int | slice) -> "Window | Windows":
        if isinstance(index, slice):
            return Windows(self.windows[index])
        return self.windows[index]

    def __len__(self) -> int:
        return len(self.windows)

    def __str__(self) -> str:
        from chaintrace.export.window import window_text

        return "\n\n".join(map(window_text, self.windows))

    def __repr__(self) -> str:
        return f"<Windows: {len(self)}>"

    def to_json(self) -> str:
        """Return the windows after the contract `chaintrace-show/1`."""
        from chaintrace.export.window import windows_json

        return windows_json(self.windows)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


@dataclass(frozen=True)
class Outlines(Sequence[Outline]):
    """Hold the outlines of the files that a path means."""

    outlines: tuple[Outline, ...]

    @overload
    def __getitem__(self, index: int) -> Outline: ...
    @overload
    def __getitem__(self, index: slice) -> "Outlines": ...
    def __getitem__(self, index: int | slice) -> "Outline | Outlines":
        if isinstance(index, slice):
            return Outlines(self.outlines[index])
        return self.outlines[index]

    def __len__(self) -> int:
        return len(self.outlines)

    def __str__(self) -> str:
        from chaintrace.export.outline import outline_text

        return "\n\n".join(map(outline_text, self.outlines))

    def __repr__(self) -> str:
        return f"<Outlines: {len(self)}>"

    def to_json(self) -> str:
        """Return the outlines after the contract `chaintrace-outline/1`."""
        from chaintrace.export.outline import outlines_json

        return outlines_json(self.outlines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"
