"""Workers elsewhere: executors that are named by a URL."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from chaintrace.errors import SourceError

_DASK = "dask://"
_SECONDS = 20  # to reach a scheduler


@contextmanager
def executor_at(url: str | None) -> Iterator[Executor | None]:
    """Give the executor a URL names: `dask://HOST:PORT` is that of a Dask cluster. None gives None.

    Needs the extra `chaintrace[dask]`. The workers need chaintrace installed in the same version. Raises
    `SourceError` for another scheme, or a scheduler that does not answer.
    """
    if url is None:
        yield None
        return
    if not url.startswith(_DASK):
        raise SourceError(f"{url}: not an executor; give {_DASK}HOST:PORT")
    try:
        import distributed
    except ImportError as error:
        raise SourceError(f"{url}: needs dask.distributed; install chaintrace[dask]") from error
    try:
        untyped: Any = distributed
        client = untyped.Client(f"tcp://{url.removeprefix(_DASK)}", timeout=_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise SourceError(f"{url}: no scheduler answers ({error})") from error
    with client:
        yield client.get_executor(pure=False)
