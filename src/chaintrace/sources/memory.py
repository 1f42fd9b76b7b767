"""A source in memory: tests, notebooks, unsaved buffers."""

from collections.abc import Mapping
from functools import cached_property

from chaintrace.sources.directory import Listed, Listing, list_files
from chaintrace.sources.found import Found
from chaintrace.sources.roots import Roots


class Memory(Listed):
    """Give the files of `files`.

    `files` maps paths relative to the import root (forward slashes) to text or bytes.
    """

    origin = "memory"
    revision = ""
    root = ""

    def __init__(self, files: Mapping[str, str | bytes], *, name: str = "memory") -> None:
        self.name = name
        encoded = {
            p: t.encode("utf-8", "surrogatepass") if isinstance(t, str) else t for p, t in files.items()
        }
        self._contents = {path: data for path, data in encoded.items() if path.endswith(".py")}

    @cached_property
    def _listing(self) -> Listing:
        found = Found(contents=self._contents)
        return list_files(self.name, found, Roots(self._contents, flat=True), "")
