"""The releases of the built-in profile can be fetched and unpacked, whatever interpreter they ask for."""

import pytest

from chaintrace.sources.config import read_profile
from chaintrace.sources.package import PyPI
from chaintrace.sources.spec import SourceSpec


@pytest.mark.parametrize("spec", read_profile().sources, ids=lambda spec: spec.fallback)
def test_the_fallback_release_is_fetched(spec: SourceSpec) -> None:
    source = PyPI(spec.fallback)
    files = source.files()
    assert len(files) > 100
    assert source.hash.startswith("sha256:")
    assert source.diagnostics == ()
    top = {file.module.partition(".")[0] for file in files}
    entries = {entry.partition(".")[0] for entry in read_profile().entries}
    assert len(top) == 1
    if spec.name == read_profile().sources[0].name:
        assert top == entries
