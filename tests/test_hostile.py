"""A repository made to do harm, from its clone to every output: nothing of it runs, and nothing leaks."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from chaintrace.cli.app import run
from tests.unit.sources.repositories import commit, git, repository

NASTY = "<script>alert(1)</script>"
RUNS = "import pathlib, os\npathlib.Path(os.environ['OWNED']).touch()\n"


@pytest.fixture
def owned(tmp_path: Path) -> Path:
    return tmp_path / "owned"


def add(top: Path, name: str, text: str) -> None:
    """Commit one file; what others are put through when they are added would fail here."""
    (top / name).write_text(text)
    git(top, "add", name)
    git(top, "commit", "-q", "-m", NASTY)


@pytest.fixture
def upstream(tmp_path: Path, owned: Path) -> Path:
    """Make a repository whose every file tries something."""
    touch = f"touch {owned}"
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "x"\nversion = "1"\n[tool.chaintrace]\nentries = ["--help"]\n',
        "backend.py": RUNS,
        "setup.py": RUNS,
        "conftest.py": RUNS,
        "sitecustomize.py": RUNS,
        "usercustomize.py": RUNS,
        "libcst/__init__.py": RUNS,
        "typer.py": RUNS,
        "git.py": RUNS,
        "pkg/__init__.py": RUNS,
        "pkg/__main__.py": RUNS,
        "pkg/core.py": RUNS + f"def start(x={NASTY!r}):\n"
        f"    end('`|\\x1b]0;{NASTY}', lambda: '</pre>{NASTY}')\n"
        f"def end(*a): #{NASTY} `` ``` --> \x1b[31m \u202e\n    pass\n"
        f"if start('{NASTY}') == '\\u202e<b>': end()\n",
        f"pkg/{NASTY.replace('/', '_')}.py": "def odd(): pass\n",
        "pkg/-rf.py": "",
        "pkg/a\nb.py": "",
        "pkg/\x1b[31m.py": "",
        "pkg/broken.py": "def (\n",
        "pkg/deep.py": "x = " + "(" * 3000 + ")" * 3000 + "\n",
        ".gitmodules": f'[submodule "s"]\npath = s\nurl = ext::sh -c "{touch}"\nupdate = !{touch}\n',
        ".lfsconfig": f"[lfs]\nurl = file://{owned}\n",
        "big.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 1\n",
        "note.txt": "x\n",
        ".git-hooks/post-checkout": f"#!/bin/sh\n{touch}\n",
    }
    top = repository(tmp_path / "upstream", files)
    (top / "pkg/secret.py").symlink_to("/etc/passwd")
    (top / "pkg/up").symlink_to("../../..")
    (top / "pkg/loop.py").symlink_to("loop.py")
    name = os.fsencode(top) + b"/pkg/\xff.py"
    with open(name, "wb"):  # noqa: PTH123 - a name that is not UTF-8
        pass
    attributes = (
        "*.py filter=evil\n*.bin filter=lfs diff=lfs merge=lfs\n*.txt working-tree-encoding=NO-SUCH\n"
    )
    commit(top, {})
    add(top, ".gitattributes", attributes)
    git(top, "tag", "v1")
    blob = git(top, "rev-parse", "v1:pkg/core.py")
    git(top, "update-index", "--add", "--cacheinfo", f"160000,{git(top, 'rev-parse', 'v1')},s")
    git(top, "update-index", "--add", "--cacheinfo", f"120000,{blob},pkg/link.py")
    git(top, "commit", "-q", "-m", NASTY)
    return top


@pytest.fixture
def room(tmp_path: Path, owned: Path, upstream: Path) -> Path:
    """Make a user's folder and settings, whose filter would run on the repository's request."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        f'[filter "evil"]\nsmudge = touch {owned}; cat\nclean = touch {owned}; cat\nrequired = true\n'
        f'[filter "lfs"]\nsmudge = touch {owned}; cat\nprocess = touch {owned}\nrequired = true\n'
        f"[core]\nhooksPath = {upstream}/.git-hooks\n[protocol]\nallow = always\n"
        "[submodule]\nrecurse = true\n"
    )
    (tmp_path / "room").mkdir()
    (tmp_path / "room/chaintrace.toml").write_text(
        f'name = "{NASTY}"\nentries = ["pkg.core.start"]\ntargets = ["pkg.core.end"]\n'
        f'[[sources]]\nname = "x"\ngit = "{upstream.as_uri()}"\n'
    )
    return tmp_path / "room"


def chaintrace(room: Path, *commands: list[str]) -> "subprocess.CompletedProcess[bytes]":
    """Run commands one after the other in one process; its exit code is their largest."""
    source = str(Path(__file__).parents[1] / "src")
    code = (
        f"import sys; sys.path.insert(0, {source!r}); from chaintrace.cli.app import run\n"
        f"sys.exit(max([run(words) for words in {list(commands)!r}]))"
    )
    environment = os.environ | {
        "HOME": str(room.parent / "home"),
        "OWNED": str(room.parent / "owned"),
        "CHAINTRACE_CACHE": str(room.parent / "cache"),
        "XDG_CONFIG_HOME": str(room.parent / "home"),
    }
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "-P", "-c", code]
    return subprocess.run(command, cwd=room, env=environment, capture_output=True, timeout=120, check=False)


CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80\xae")


def test_from_the_clone_to_every_output_nothing_runs_and_nothing_breaks_out(
    room: Path, owned: Path, upstream: Path
) -> None:
    before = {path: path.lstat().st_mtime_ns for path in upstream.rglob("*") if ".git" not in path.parts}
    outputs = [f"chain.{end}" for end in ("txt", "dot", "svg", "json", "graphml", "mmd", "html")]
    commands = [
        ["clone"],
        ["clone", "--locked"],
        ["clone", "--update", "--depth", "0"],
        ["graph", "--to", "pkg.core.end", *[word for name in outputs for word in ("-o", name)]],
        ["graph", "-o", "whole.html"],
        ["graph", "--rev", "x=v1", "-o", "old.json"],
        ["report", "-o", "report.md", "-o", "report.html"],
        ["show", "pkg.core.start"],
        ["why", "pkg.core.start", "pkg.core.end"],
        ["index"],
        ["init"],
    ]
    for words in commands:
        done = chaintrace(room, words)
        assert done.returncode == (2 if words == ["init"] else 0), (words, done.stderr)
        assert not owned.exists(), words
        assert not CONTROL.search(done.stdout + done.stderr), words
    written = {path.name: path.read_bytes() for path in room.iterdir() if path.is_file()}
    for name, data in written.items():
        assert b"root:x:" not in data, name
        assert name == "chaintrace.toml" or not CONTROL.search(data), name
        if name.endswith((".html", ".svg")):
            assert b"<script>alert" not in data, name
    assert {path: path.lstat().st_mtime_ns for path in before} == before
    assert sorted(path.name for path in room.parent.iterdir()) == ["cache", "home", "room", "upstream"]
    assert not (room / "workdir/x/s").is_dir() or list((room / "workdir/x/s").iterdir()) == []


CONFIGURED = [  # tests/unit/sources/test_trust.py has more
    "[core]\nfsmonitor = touch {owned}\n",
    '[filter "evil"]\nclean = touch {owned}; cat\nsmudge = touch {owned}; cat\n',
    "[include]\npath = ../included\n",
]


@pytest.mark.parametrize("text", CONFIGURED)
def test_a_folder_whose_git_configuration_names_programs_is_read_without_running_them(
    room: Path, owned: Path, upstream: Path, text: str
) -> None:
    made = chaintrace(room, ["clone"])
    assert made.returncode == 0, made.stderr
    clone = room / "workdir/x"
    with (clone / ".git/config").open("a") as config:
        config.write(text.format(owned=owned))
    (clone / "included").write_text(f'[filter "evil"]\nclean = touch {owned}; cat\n')
    (clone / "pkg/core.py").touch()  # git status looks into what seems changed
    add(upstream, "pkg/new.py", "")
    git(upstream, "tag", "v2")
    asked = ["graph", "--to", "pkg.core.end", "--json"]
    done = chaintrace(room, asked)
    assert done.returncode == 0, done.stderr
    assert (b"unchecked-clone" in done.stdout) is ("fsmonitor" not in text)
    assert (b"not compared with its commit" in done.stderr) is ("fsmonitor" not in text)
    others = [
        ["graph", "--rev", "x=v2"],
        [*asked, str(clone), "--rev", "x=v1"],
        ["clone", "--update"],
        ["clone"],
    ]
    done = chaintrace(room, *others)
    assert b"internal error" not in done.stderr
    assert not owned.exists()
    assert chaintrace(room, ["clone", "--force"]).returncode == 0
    assert not owned.exists()


def test_a_folder_with_changed_files_is_compared_without_running_what_its_submodules_name(
    room: Path, owned: Path, upstream: Path
) -> None:
    inner = upstream / "inner.py"
    inner.mkdir()
    git(inner, "init", "-q")
    add(inner, "i.py", "")
    git(upstream, "add", "inner.py")
    git(upstream, "commit", "-qm", "m")
    with (inner / ".git/config").open("a") as config:
        config.write(f"[core]\nfsmonitor = touch {owned}\n")
    (inner / "i.py").write_text("changed = 1\n")
    owned.unlink(missing_ok=True)
    index = (upstream / ".git/index").read_bytes()
    (upstream / "pkg/core.py").touch()
    done = chaintrace(room, ["graph", str(upstream), "--json"])
    assert done.returncode == 0, done.stderr
    assert (b"+dirty" in done.stdout, b"unchecked" in done.stdout) == (True, False)
    assert not owned.exists()
    assert (upstream / ".git/index").read_bytes() == index


class _Asking(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def asking() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Asking)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/a/b.git"
    server.shutdown()
    server.server_close()
    thread.join()


def test_nobody_is_asked_for_credentials(room: Path, owned: Path, asking: str) -> None:
    helper = room.parent / "ask.sh"
    helper.write_text(f"#!/bin/sh\ntouch {owned}\necho secret\n")
    helper.chmod(0o755)
    with (room.parent / "home/.gitconfig").open("a") as config:
        config.write(f"[core]\naskPass = {helper}\n")
    (room / "chaintrace.toml").write_text(f'[[sources]]\nname = "x"\ngit = "{asking}"\n')
    done = chaintrace(room, ["clone"])
    assert done.returncode == 2
    assert b"terminal prompts disabled" in done.stderr or b"could not read Username" in done.stderr
    assert not owned.exists()


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% {owned}",
        "--upload-pack=touch {owned}",
        "fd::17",
        "ssh://-oProxyCommand=touch%20{owned}/x",
        "ssh://%2doProxyCommand=x/y",
        "ssh://-l@host/x",
        "u@-oProxyCommand=x:y",
        "u@host:-x",
        "transport::ssh://host/x",
        "-",
    ],
)
def test_urls_that_would_run_something_are_refused(
    room: Path, owned: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = url.format(owned=owned)
    (room / "chaintrace.toml").write_text(f'[[sources]]\nname = "x"\ngit = "{text}"\n')
    commands = [["clone"], ["clone", "--", text], ["graph", "--", text]]
    monkeypatch.chdir(room)
    assert [run(words) for words in commands] == [2, 2, 2]
    assert not owned.exists()
