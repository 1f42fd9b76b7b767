"""Write small files whole or not at all."""

import os
import tempfile
from pathlib import Path

from chaintrace.errors import SourceError


def write_aside(path: Path, text: str, *, anew: bool = False) -> None:
    """Write aside and rename, so that a killed run leaves the old file or the new one.

    With `anew` nothing is written over: raises FileExistsError where there is something. Raises SourceError
    where the file cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        aside = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
                out.write(text)
            aside.chmod(0o644)
            if not anew:
                aside.replace(path)
            elif hasattr(os, "link"):
                path.hardlink_to(aside)
            else:
                aside.rename(path)
        finally:
            aside.unlink(missing_ok=True)
    except FileExistsError:
        raise
    except OSError as error:
        raise SourceError(f"{path}: cannot be written ({error.strerror})") from error
