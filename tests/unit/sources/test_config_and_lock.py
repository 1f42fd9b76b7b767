"""Trace files, profiles and the lock file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace.errors import SourceError
from chaintrace.sources.config import find_trace_file, profile_names, read_profile, read_trace_file
from chaintrace.sources.lock import read_lock, write_lock
from chaintrace.sources.memory import Memory

TRACE = """
name = "pair"
entries = ["a.main"]
targets = ["weights"]
assumptions = ['engine == "b"']

[[sources]]
name = "a"
directory = "a"

[[sources]]
name = "b"
git = "https://example.invalid/b"
revision = "v1"
fallback = "b==1.0"
"""


def test_a_trace_file_is_found_upward_and_read(tmp_path: Path) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "chaintrace.toml").write_text(TRACE)
    (tmp_path / "deep/pyproject.toml").write_text("[tool.other]")
    file = find_trace_file(tmp_path / "deep/er")
    assert file == tmp_path / "chaintrace.toml"
    trace = read_trace_file(file)
    assert (trace.name, trace.entries, trace.targets, trace.place) == (
        "pair",
        ("a.main",),
        ("weights",),
        str(tmp_path),
    )
    assert [(s.name, s.directory or s.git, s.revision, s.fallback) for s in trace.sources] == [
        ("a", "a", "", ""),
        ("b", "https://example.invalid/b", "v1", "b==1.0"),
    ]


def test_a_table_in_pyproject_serves_as_well(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.chaintrace]\nsources = [{name = "a", directory = "."}]')
    file = find_trace_file(tmp_path)
    assert file is not None
    assert read_trace_file(file).sources[0].directory == "."


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a =", r": not TOML"),
        ("\na b", r":2: not TOML"),
        ("name = 3", r":1: name: expected `str`, got `int`"),
        ("\nentrys = []", r":2: there is no key `entrys`; did you mean `entries`\?"),
        ('place = "/"', r":1: there is no key `place`; the keys are name, sources, .*models$"),
        ("default = true", r":1: `default` is for built-in profiles only"),
        ('[[sources]]\nname = "a"', r":1: sources\[0\]: give exactly one of"),
        ('[[sources]]\nname = "a"\ngit = "u"\npypi = "a==1"', r":1: sources\[0\]: give exactly one of"),
        ('[[sources]]\nname = "../a"\ngit = "u"', r":2: sources\[0\]: `name`"),
        ('[[sources]]\nname = "a"\ndirectory = 5', r":3: sources\[0\]\.directory: expected `str`"),
        (
            'sources = [{name = "a", pypi = "a==1"},\n {name = "a", pypi = "a==2"}]',
            r":2: sources\[1\]: `name` must be unique",
        ),
        ('[[sources]]\nname = "a"\ngit = "u"\nbranch = "b"\ntag = "t"', r":5: .*give one of `branch`, `tag`"),
        ('[[sources]]\nname = "a"\npypi = "a==1"\ntag = "t"', r":4: .*`tag` goes with `git` only"),
        ('[[sources]]\nname = "a"\ngit = "u"\nrevision = "-x"', r":4: .*not a revision"),
        ('[[sources]]\nname = "a"\ngit = "ext::sh"', r":3: .*not a git URL"),
        ('[[sources]]\nname = "a"\npypi = "a"', r":3: .*not a release"),
        ('[[sources]]\nname = "a"\ngit = "u"\nsubfolder = "../b"', r":4: .*not a folder inside"),
        ('[[sources]]\nname = "a"\ngit = "u"\nexclude = ["t",\n"../x"]', r":5: .*matches nothing"),
        ('[[sources]]\nname = "a"\ngit = "u"\nrevison = "b"', r":4: sources\[0\]: .*mean `revision`"),
        ("a = " + "[" * 5000 + "]" * 5000, r": not TOML"),
    ],
)
def test_a_mistake_names_the_file_the_line_and_the_key(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "chaintrace.toml").write_text(text)
    with pytest.raises(SourceError, match=rf"chaintrace\.toml{complaint}") as caught:
        read_trace_file(tmp_path / "chaintrace.toml")
    assert "\n" not in str(caught.value)


def test_a_mistake_in_a_pyproject_has_its_line_there(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[project]\nname = "p"\n\n[tool.chaintrace]\nentries = ["a"]\ntargets = [\n"b", 3]\n')
    with pytest.raises(SourceError, match=r"pyproject\.toml:7: targets\[1\]: expected `str`, got `int`"):
        read_trace_file(file)


def test_an_assumption_that_is_none_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "m.py").touch()
    (tmp_path / "chaintrace.toml").write_text(
        'assumptions = ["a == 1",\n"b ="]\n[[sources]]\nname = "m"\ndirectory = "."\n'
    )
    with pytest.raises(SourceError, match=r"chaintrace\.toml:2: .*b ="):
        ct.open(tmp_path)


def test_the_default_profile_can_be_read_anywhere() -> None:
    profile = read_profile()
    assert profile.name in profile_names()
    assert all(spec.git and spec.fallback for spec in profile.sources)
    assert profile.entries
    assert profile.targets
    with pytest.raises(SourceError, match=profile.name):
        read_profile("nope")


def test_the_lock_keeps_the_date_of_what_has_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "chaintrace.lock"
    first, later = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)
    one, two = Memory({"a.py": ""}, name="one"), Memory({"b.py": ""}, name="two")
    assert write_lock(path, {one: "", two: ""}, first) == []
    assert write_lock(path, {one: "", Memory({"b.py": "x"}, name="two"): ""}, later) == []
    entries, _ = read_lock(path)
    assert [(name, e.fetched[:10], e.files) for name, e in sorted(entries.items())] == [
        ("one", "2026-01-01", 1),
        ("two", "2026-02-02", 1),
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["chaintrace.lock"]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"x": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"schema": "other/9", "sources": {}}',
        b'{"sources": {"a": 1}}',
    ],
)
def test_a_damaged_lock_is_said_once_and_written_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "chaintrace.lock"
    path.write_bytes(damage)
    (diagnostic,) = write_lock(path, {Memory({"a.py": ""}, name="one"): ""})
    assert diagnostic.code == "damaged-lock"
    assert read_lock(path)[1] == []


def test_a_lock_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be written"):
        write_lock(tmp_path / "missing/chaintrace.lock", {})


def test_a_trace_file_may_begin_with_a_mark_and_have_any_ends_of_lines(tmp_path: Path) -> None:
    text = '\ufeffname = "marked"\r\n[[sources]]\r\nname = "s"\r\ndirectory = "."\r\n'
    (tmp_path / "chaintrace.toml").write_text(text, encoding="utf-8", newline="")
    assert read_trace_file(tmp_path / "chaintrace.toml").name == "marked"
    (tmp_path / "pyproject.toml").write_text('\ufeff[tool.chaintrace]\nname = "p"\n', encoding="utf-8")
    (tmp_path / "chaintrace.toml").write_text("\ufeff\n\nnam = 1\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"chaintrace\.toml:3: there is no key `nam`"):
        read_trace_file(tmp_path / "chaintrace.toml")
    (tmp_path / "chaintrace.toml").unlink()
    assert find_trace_file(tmp_path) == tmp_path / "pyproject.toml"
