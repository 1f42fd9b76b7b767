"""What holds for every test: the user's facts and graphs stay as they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaintrace.sources.cache import cache_directory


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the run a cache of its own, which its subprocesses inherit.

    Releases are fetched once for all runs.
    """
    place = tmp_path_factory.mktemp("cache")
    releases = cache_directory() / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    (place / "releases").symlink_to(releases, target_is_directory=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHAINTRACE_CACHE", str(place))
        yield place
