"""What reading a source found, and how much of it is read: one rule for a directory and for a commit."""

from dataclasses import dataclass, field

from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.sources.roots import PROJECT_FILES

SIZE_LIMIT = 5_000_000  # bytes of one file
COUNT_LIMIT = 200_000  # files of one source
BYTES_LIMIT = 500_000_000  # bytes of all of them


@dataclass(slots=True)
class Found:
    """Hold what was found.

    All paths are relative to the import root's side of the source, with forward slashes.
    """

    contents: dict[str, bytes] = field(default_factory=dict)
    project_files: dict[str, bytes] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    count: int = 0
    size: int = 0
    is_full: bool = False

    def skip(self, path: str, code: str, message: str) -> None:
        """Record that `path` was skipped."""
        self.diagnostics.append(Diagnostic(path, 0, code, message))

    def admit(self, path: str, size: int) -> bool:
        """Say whether a file is read, and record it where it is not; files are to come sorted by path."""
        if size > SIZE_LIMIT:
            self.skip(path, "too-large", f"{size} bytes, the limit is {SIZE_LIMIT}; skipped")
            return False
        if self.is_full or self.count >= COUNT_LIMIT or self.size + size > BYTES_LIMIT:
            if not self.is_full:
                limit = f"more than {COUNT_LIMIT} files or {BYTES_LIMIT} bytes of them"
                self.skip(".", "too-many", f"{limit}; those from {path} on are skipped")
            self.is_full = True
            return False
        self.count += 1
        self.size += size
        return True

    def put(self, path: str, data: bytes) -> None:
        """Keep the content of a file that was admitted."""
        name = path.rpartition("/")[2]
        if name.endswith(".py"):
            self.contents[path] = data
        if name in PROJECT_FILES:
            self.project_files[path] = data
