"""Keep what chaintrace fetches out of the repository of the user."""

from contextlib import suppress
from pathlib import Path

from chaintrace.sources.probe import exists


def ignore(directory: Path, name: str) -> bool:
    """Add `/name/` to the `.gitignore` of `directory` where that lies in a repository; tell whether it was.

    A file that has the entry in any common spelling, or that cannot be written, stays as it is.
    """
    places = (directory.resolve(), *directory.resolve().parents)
    if not any(exists(place / ".git") for place in places):
        return False
    file = directory / ".gitignore"
    with suppress(OSError, UnicodeDecodeError):
        if file.is_symlink():
            return False
        text = file.read_text(encoding="utf-8") if exists(file) else ""
        if {line.strip().strip("/") for line in text.splitlines()} & {name, f"**/{name}"}:
            return False
        before = "" if not text or text.endswith("\n") else "\n"
        with file.open("a", encoding="utf-8") as out:
            out.write(f"{before}/{name}/\n")
        return True
    return False
