"""Writing an output file: whole or not at all."""

import os
import tempfile
from pathlib import Path

from chaintrace.errors import ExportError


def require_writable(path: Path) -> None:
    """Raise `ExportError` where it can be seen beforehand that `write_file` would."""
    if path.exists() and not path.is_file():
        raise ExportError(f"{path}: cannot be written: it is not a regular file")
    if not path.parent.is_dir():
        raise ExportError(f"{path}: cannot be written: there is no directory {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise ExportError(f"{path}: cannot be written: {path.parent} allows no new files")


def write_file(path: Path, content: bytes) -> None:
    """Write beside the file, then rename: an interrupted run leaves no half of it; raise `ExportError`."""
    require_writable(path)
    try:
        handle, aside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as output:
            output.write(content)
        Path(aside).chmod(_mode(path))
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """Return the permissions a plainly written file would have."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
