"""Ask whether something is there, where the answer may be refused."""

from pathlib import Path


def exists(path: Path) -> bool:
    """Tell whether `path` is there and may be looked at; before Python 3.14, `Path.exists` may raise."""
    try:
        return path.exists()
    except OSError:
        return False
