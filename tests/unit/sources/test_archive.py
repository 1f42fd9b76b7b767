"""Archives are unpacked without trusting them."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from chaintrace.errors import SourceError
from chaintrace.sources import archive
from chaintrace.sources.archive import unpack


def make_zip(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in entries.items():
            out.writestr(name, data)
    return path


def make_tar(path: Path, *entries: tuple[str, bytes, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as out:
        for name, kind, data in entries:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(data), "/etc/passwd"
            out.addfile(info, io.BytesIO(data))
    return path


@pytest.fixture
def into(tmp_path: Path) -> Path:
    (tmp_path / "into").mkdir()
    return tmp_path / "into"


def written(into: Path) -> list[str]:
    return sorted(path.relative_to(into).as_posix() for path in into.rglob("*") if path.is_file())


def test_a_wheel_keeps_its_python_and_metadata(tmp_path: Path, into: Path) -> None:
    wheel = make_zip(
        tmp_path / "p-1-py3-none-any.whl",
        **{
            "p/__init__.py": b"",
            "p/c.so": b"",
            "p-1.dist-info/METADATA": b"",
            "p-1.data/purelib/q.py": b"",
            "p-1.data/scripts/s.py": b"",
        },
    )
    assert unpack(wheel, into) == (3, ())
    assert written(into) == ["p-1.dist-info/METADATA", "p/__init__.py", "q.py"]


def test_a_source_archive_loses_its_top_directory_links_and_devices(tmp_path: Path, into: Path) -> None:
    sdist = make_tar(
        tmp_path / "p-1.tar.gz",
        ("p-1", tarfile.DIRTYPE, b""),
        ("p-1/src/p.py", tarfile.REGTYPE, b"x = 1\n"),
        ("p-1/evil.py", tarfile.SYMTYPE, b""),
        ("p-1/hard.py", tarfile.LNKTYPE, b""),
        ("p-1/pipe.py", tarfile.FIFOTYPE, b""),
        ("p-1/pyproject.toml", tarfile.REGTYPE, b""),
    )
    assert unpack(sdist, into) == (2, ("p-1/evil.py", "p-1/hard.py", "p-1/pipe.py"))
    assert written(into) == ["pyproject.toml", "src/p.py"]


def test_a_link_in_a_zip_is_left_out(tmp_path: Path, into: Path) -> None:
    path = make_zip(tmp_path / "p-1.whl", **{"p.py": b""})
    link = zipfile.ZipInfo("link.py")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as out:
        out.writestr(link, "/etc/passwd")
    assert unpack(path, into) == (1, ("link.py",))


@pytest.mark.parametrize("name", ["../out.py", "p/../../out.py", "/abs.py", "..\\out.py", "C:/out.py"])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_entry_that_leads_out_refuses_the_archive(
    tmp_path: Path, into: Path, name: str, kind: str
) -> None:
    if kind == "zip":
        hostile = make_zip(tmp_path / "p-1.whl", **{name: b"x"})
    else:
        hostile = make_tar(tmp_path / "p-1.tar.gz", (name, tarfile.REGTYPE, b"x"))
    with pytest.raises(SourceError, match="leads out of the archive"):
        unpack(hostile, into)
    assert written(tmp_path) == [hostile.name]


def test_limits_hold_whatever_the_headers_say(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = make_zip(tmp_path / "p-1.whl", **{f"{n}.py": b"0" * 100_000 for n in range(5)})
    monkeypatch.setattr(archive, "KEPT_LIMIT", 250_000)
    with pytest.raises(SourceError, match="unpacks to more than"):
        unpack(bomb, into)
    monkeypatch.setattr(archive, "ENTRY_LIMIT", 3)
    with pytest.raises(SourceError, match="more than 3 entries"):
        unpack(bomb, into)


@pytest.mark.parametrize("name", ["p-1.whl", "p-1.tar.gz", "p-1.zip"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 garbage", b"\x1f\x8b\x08\x00garbage"])
def test_damage_is_one_clear_error(tmp_path: Path, into: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=f"{name}: the archive is damaged"):
        unpack(tmp_path / name, into)


def test_a_truncated_archive_is_an_error(tmp_path: Path, into: Path) -> None:
    whole = make_tar(tmp_path / "w.tar.gz", ("p/a.py", tarfile.REGTYPE, b"abc" * 3000)).read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="damaged"):
        unpack(tmp_path / "cut.tar.gz", into)
