"""Releases come through pip's configured indexes, are verified, and are unpacked into the cache once."""

import hashlib
import tarfile
import zipfile
from pathlib import Path

import pytest

from chaintrace.errors import SourceError
from chaintrace.sources import index
from chaintrace.sources.index import IndexSettings, parse_settings
from chaintrace.sources.package import PyPI, is_release


@pytest.fixture
def simple(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an index on disk the only one there is; return the page directory of the project `demo-pkg`."""
    page = tmp_path / "simple/demo-pkg"
    page.mkdir(parents=True)
    settings = IndexSettings(index_url=(tmp_path / "simple").as_uri())
    monkeypatch.setattr(index, "index_settings", lambda: settings)
    monkeypatch.setattr(index, "_ATTEMPTS", 1)
    return page


def publish(page: Path, filename: str, body: str, digest: str | None = None) -> None:
    """Add a wheel or source archive to the index page, for an interpreter nobody has."""
    file = page / filename
    if filename.endswith(".whl"):
        with zipfile.ZipFile(file, "w") as out:
            out.writestr("demo/__init__.py", body)
    else:
        code = page / "code"
        code.mkdir(exist_ok=True)
        (code / "__init__.py").write_text(body)
        (code / "setup.py").write_text("raise SystemExit('a source archive must never be run')")
        with tarfile.open(file, "w:gz") as out:
            out.add(code / "__init__.py", "demo-1.0/src/demo/__init__.py")
            out.add(code / "setup.py", "demo-1.0/setup.py")
    digest = digest or hashlib.sha256(file.read_bytes()).hexdigest()
    with (page / "index.html").open("a") as out:
        out.write(f'<a href="{file.as_uri()}#sha256={digest}" data-requires-python="&gt;=9">{filename}</a>\n')


def test_the_pure_wheel_is_preferred_and_cached(simple: Path, tmp_path: Path) -> None:
    publish(simple, "demo_pkg-1.0.tar.gz", "kind = 'sdist'")
    publish(simple, "demo_pkg-1.0-cp99-cp99-win_arm64.whl", "kind = 'binary'")
    publish(simple, "demo_pkg-1.0-py3-none-any.whl", "kind = 'pure'")
    source = PyPI("Demo_Pkg==1.0", cache=tmp_path / "cache")
    (file,) = source.files()
    assert (file.path, file.module, file.read()) == ("demo/__init__.py", "demo", b"kind = 'pure'")
    assert (source.name, source.origin, source.revision) == ("demo-pkg", "pypi:demo-pkg==1.0", "1.0")
    expected = hashlib.sha256((simple / "demo_pkg-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    assert source.hash == f"sha256:{expected}"
    (simple / "index.html").unlink()
    assert PyPI("demo-pkg==1.0", cache=tmp_path / "cache").files() == [file]


def test_the_source_archive_comes_first_where_it_is_asked_for(simple: Path, tmp_path: Path) -> None:
    publish(simple, "demo_pkg-1.0.tar.gz", "kind = 'sdist'")
    publish(simple, "demo_pkg-1.0-py3-none-any.whl", "kind = 'pure'")
    bodies = [
        {file.read() for file in PyPI("demo-pkg==1.0", cache=tmp_path, source=source).files()}
        for source in (False, True)
    ]
    assert bodies[0] == {b"kind = 'pure'"}
    assert b"kind = 'sdist'" in bodies[1]


def test_a_source_archive_is_read_and_not_run(simple: Path, tmp_path: Path) -> None:
    publish(simple, "demo_pkg-1.0.tar.gz", "x = 1")
    assert [f.module for f in PyPI("demo-pkg==1.0", cache=tmp_path / "cache").files()] == ["demo", "setup"]


def test_a_wrong_hash_is_refused_and_leaves_nothing(simple: Path, tmp_path: Path) -> None:
    publish(simple, "demo_pkg-1.0-py3-none-any.whl", "x = 1", digest="0" * 64)
    with pytest.raises(SourceError, match="its sha256 is not the one"):
        PyPI("demo-pkg==1.0", cache=tmp_path / "cache").files()
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_a_release_nobody_has_is_one_clear_line(simple: Path, tmp_path: Path) -> None:
    publish(simple, "demo_pkg-1.0-py3-none-any.whl", "x = 1")
    with pytest.raises(SourceError, match=r"demo-pkg==2\.0: not found"):
        PyPI("demo-pkg==2.0", cache=tmp_path / "cache").files()


def test_a_damaged_cache_entry_is_fetched_again(simple: Path, tmp_path: Path) -> None:
    publish(simple, "demo_pkg-1.0-py3-none-any.whl", "x = 1")
    first = PyPI("demo-pkg==1.0", cache=tmp_path / "cache")
    (Path(first.root).parent / "release.json").write_text("{")
    again = PyPI("demo-pkg==1.0", cache=tmp_path / "cache")
    assert not again.is_cached
    assert again.files() == first.files()


def test_an_unwritable_cache_is_one_clear_line(simple: Path, tmp_path: Path) -> None:
    publish(simple, "demo_pkg-1.0-py3-none-any.whl", "x = 1")
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="set CHAINTRACE_CACHE"):
        PyPI("demo-pkg==1.0", cache=tmp_path / "file").files()


@pytest.mark.parametrize("text", ["name", "name>=1", "name==", "-r==1", "../x==1", "name==../1", "a==1;b"])
def test_only_an_exact_version_is_a_release(text: str) -> None:
    assert not is_release(text)
    with pytest.raises(SourceError, match="write name==version"):
        PyPI(text)


def test_pip_settings_are_read_in_pips_order_of_strength() -> None:
    lines = [
        "global.index-url='https://global.invalid/simple'",
        ":env:.index-url='https://env.invalid/simple'",
        "global.extra-index-url='\\nhttps://one.invalid https://two.invalid'",
        "install.no-index='true'",
        "nonsense",
    ]
    settings = parse_settings(lines)
    assert settings.index_url == "https://env.invalid/simple"
    assert settings.extra_index_urls == ("https://one.invalid", "https://two.invalid")
    assert settings.no_index


def test_an_index_out_of_reach_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_ATTEMPTS", 1)
    monkeypatch.setattr(index, "index_settings", lambda: IndexSettings("http://me:secret@127.0.0.1:1/simple"))
    with pytest.raises(SourceError, match=r"demo-pkg==1\.0: ") as caught:
        PyPI("demo-pkg==1.0", cache=tmp_path).files()
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_asking_pip_runs_nothing_of_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip").mkdir()
    for hostile in ("pip/__init__.py", "pip/__main__.py", "logging.py", "sitecustomize.py"):
        (tmp_path / hostile).write_text("open('owned', 'w')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PIP_INDEX_URL", "https://set.invalid/simple")
    assert index.index_settings().index_url == "https://set.invalid/simple"
    assert not (tmp_path / "owned").exists()
