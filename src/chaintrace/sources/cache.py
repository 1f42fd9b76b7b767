"""Where chaintrace keeps what it can make again: unpacked releases and facts."""

import os
from pathlib import Path


def cache_directory() -> Path:
    """Return the directory named by `CHAINTRACE_CACHE`, else the user's cache directory.

    It may not exist yet.
    """
    named = os.environ.get("CHAINTRACE_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    from platformdirs import user_cache_path

    return user_cache_path("chaintrace", appauthor=False)
