"""The write-up of the demo pair is the one in examples/, and what is in code cannot break out of it."""

import json
import subprocess
from html import escape
from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace.cli.app import run
from chaintrace.export.permalink import permalink
from chaintrace.export.report import Report, to_markdown, to_page
from tests.unit.sources.repositories import git, repository

EXAMPLE = Path(__file__).parents[2] / "examples" / "pair.md"
COMMIT = "c" * 40


def test_the_report_in_examples_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["chaintrace", "report", "--demo", "-o", "examples/pair.md"])
    assert run(["report", "--demo", "-o", str(tmp_path / "pair.md")]) == 0
    message = "stale: run `chaintrace report --demo -o examples/pair.md` at the top of the checkout"
    assert (tmp_path / "pair.md").read_text("utf-8") == EXAMPLE.read_text("utf-8"), message


def test_waypoints_that_are_not_on_the_chain_fail_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "def a():\n    b()\n\ndef b():\n    c()\n\ndef c(): pass\n\ndef d(): pass\n"
    (tmp_path / "m.py").write_text(code)
    (tmp_path / "chaintrace.toml").write_text(
        'entries = ["m.a"]\ntargets = ["m.c"]\nwaypoints = ["b", "d", "gone"]\n'
        '[[sources]]\nname = "one"\ndirectory = "."\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        assert run(["report"]) == 1
    said = capsys.readouterr()
    assert "expected on the way and not there: d\n" in said.err
    assert "expected on the way and not there: gone\n" in said.err
    assert "not there: b" not in said.err
    assert "### 1.2 call `c`" in said.out


WIRED = """
class Config:
    def __init__(self, mesh, load="auto", **rest):
        self.mesh, self.load = mesh, load


class Engine:
    def __init__(self, **options):
        self.weights = options

    def swap(self, new):
        self.weights = new


class Sampler:
    def __init__(self, config: Config, **more):
        self.args = self.arguments(config)
        self.args.update(log="info")
        if more:
            self.args.update(more)
        self.engine = Engine(depth=3, **self.args)

    def arguments(self, config):
        made = {"rank": 1}
        made["size"] = len(config.mesh)
        made["devices"] = config.mesh.ids.flatten()
        if config.load:
            made["load"] = config.load
        return made


def start(mesh):
    sampler = Sampler(Config(mesh, load="dummy"), extra=True)
    sampler.engine.swap(2)


def main():
    start([1])
"""


def wired() -> Report:
    return ct.Project([ct.Memory({"m.py": WIRED})], cache=False).report(["m.main"], ["Engine.weights"])


def test_the_arguments_of_an_engine_are_told_with_where_they_come_from() -> None:
    (made,) = wired().wiring["m.Engine"]
    told = {wire.name: (wire.text, [one.text for one in wire.origins]) for wire in made.wires}
    assert told == {
        "depth": ("3", []),
        "extra": ("True", []),
        "log": ('"info"', []),
        "rank": ("1", []),
        "size": ("len(config.mesh)", ["mesh", "[1]"]),
        "devices": ("config.mesh.ids.flatten()", ["mesh", "[1]"]),
        "load": ("config.load", ['"dummy"']),
    }
    assert made.shared == {"config.mesh": ["size", "devices"]}
    assert [wire.guard for wire in made.wires if wire.name == "load"] == ["config.load"]
    assert not made.open


def test_the_wiring_is_in_every_form_of_the_report() -> None:
    report = wired()
    markdown = to_markdown(report)
    assert "| `size` | `len(config.mesh)` | `m.py:25` | `mesh` (`m.py:33`) ← `[1]` (`m.py:38`) |" in markdown
    assert "`config.mesh` → `size`, `devices`" in markdown
    assert "<code>config.mesh</code> → <code>size</code>" in to_page(report)
    document = json.loads(report.to_json())
    assert document["schema"] == "chaintrace-report/1"
    (made,) = [one for one in document["objects"] if one["class"] == "m.Engine"]
    assert made["made"][0]["shared"] == {"config.mesh": ["size", "devices"]}
    assert [hop["callee"] for hop in document["chains"][0]["hops"]][-1] == "m.Engine.weights"


def test_mappings_of_which_little_is_known_are_told_to_be_open() -> None:
    text = "class E:\n    def __init__(self, **o):\n        self.x = o\n\ndef f(names):\n"
    text += "    d = {n: 1 for n in names}\n    d['k'] = 2\n    E(**d)\n"
    report = ct.Project([ct.Memory({"m.py": text})], cache=False).report(["m.f"], ["E.x"])
    (made,) = report.wiring["m.E"]
    assert ([wire.name for wire in made.wires], made.open) == (["k"], True)
    assert "More may be passed" in to_markdown(report)


def test_links_are_shown_by_their_roles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.py").write_text("def a():\n    b()\n\ndef b(): pass\n")
    (tmp_path / "chaintrace.toml").write_text(
        'entries = ["m.a"]\ntargets = ["m.b"]\n[[links]]\nrole = "the end"\nsymbols = ["m.b", "gone"]\n'
        '[[sources]]\nname = "one"\ndirectory = "."\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        assert run(["report", "--json", "-q"]) == 0
        (link,) = json.loads(capsys.readouterr().out)["links"]
        assert run(["report", "-q"]) == 0
    assert (link["role"], link["missing"]) == ("the end", ["gone"])
    out = capsys.readouterr().out
    assert "| the end | `b` | `one` | `m.py:4` |\n| the end | `gone` |  | not in these sources |" in out
    assert "## the end\n\n`b`, `m.py:4`:" in out


def test_code_stays_code_in_both_forms() -> None:
    text = "def start():\n    end('``` </code></pre><script>alert(1)</script> | `x`')\n\ndef end(x): pass\n"
    report = ct.Project([ct.Memory({"m.py": text})], cache=False).report(["m.start"], ["m.end"])
    assert "<script" not in to_page(report)
    markdown = to_markdown(report)
    assert "````python\n" in markdown


def test_code_that_looks_like_the_report_does_not_disturb_it() -> None:
    text = "def start():\n    end('<!-- picture -->')\n\ndef end(x): pass\n"
    report = ct.Project([ct.Memory({"m.py": text})], cache=False).report(["m.start"], ["m.end"])
    assert to_markdown(report).count("<!-- picture -->") == 1
    assert to_page(report).count("<figure>") == 1


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://github.com/a/b", f"https://github.com/a/b/blob/{COMMIT}/x/y.py#L3-L5"),
        ("git@github.com:a/b.git", f"https://github.com/a/b/blob/{COMMIT}/x/y.py#L3-L5"),
        ("https://gitlab.com/g/h/b", f"https://gitlab.com/g/h/b/-/blob/{COMMIT}/x/y.py#L3-5"),
        ("https://bitbucket.org/a/b", f"https://bitbucket.org/a/b/src/{COMMIT}/x/y.py#lines-3:5"),
        ("https://codeberg.org/a/b", f"https://codeberg.org/a/b/src/commit/{COMMIT}/x/y.py#L3-L5"),
        ("https://github.example.com/a/b.git", f"https://github.example.com/a/b/blob/{COMMIT}/x/y.py#L3-L5"),
        ("ssh://git@github.com/a/b.git", f"https://github.com/a/b/blob/{COMMIT}/x/y.py#L3-L5"),
        ("ssh://git@gitlab.lab.org:2222/g/b.git", f"https://gitlab.lab.org/g/b/-/blob/{COMMIT}/x/y.py#L3-5"),
        ("git@bitbucket.org:a/b.git", f"https://bitbucket.org/a/b/src/{COMMIT}/x/y.py#lines-3:5"),
        (
            "https://gitea.lab.org:3000/a/b/",
            f"https://gitea.lab.org:3000/a/b/src/commit/{COMMIT}/x/y.py#L3-L5",
        ),
        ("https://forgejo.lab.org/a/b", f"https://forgejo.lab.org/a/b/src/commit/{COMMIT}/x/y.py#L3-L5"),
        (
            "https://github.com/a/b) [x](y",
            f"https://github.com/a/b%29%20%5Bx%5D%28y/blob/{COMMIT}/x/y.py#L3-L5",
        ),
        ("https://code.lab.org/a/b", ""),
        ("file:///srv/github/a", ""),
        ("pypi:a==1", ""),
        ("/home/me/a", ""),
    ],
)
def test_permalinks_have_the_form_of_their_forge(origin: str, expected: str) -> None:
    assert permalink(origin, COMMIT, "x/y.py", 3, 5) == expected
    assert permalink(origin, f"{COMMIT}+dirty", "x/y.py", 3, 5) == ""


@pytest.mark.parametrize(
    ("remote", "place"),
    [
        ("https://github.com/team/pair.git", "https://github.com/team/pair/blob/{}/src/m.py#L1-L2"),
        ("git@gitlab.com:team/pair.git", "https://gitlab.com/team/pair/-/blob/{}/src/m.py#L1-2"),
        ("https://bitbucket.org/team/pair", "https://bitbucket.org/team/pair/src/{}/src/m.py#lines-1:2"),
        ("ssh://git@codeberg.org/team/pair", "https://codeberg.org/team/pair/src/commit/{}/src/m.py#L1-L2"),
        ("/srv/git/pair", ""),
    ],
)
def test_a_report_links_to_its_forge_at_the_commit_that_was_read(
    remote: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "m.py").write_text("def a():\n    b()\n\ndef b(): pass\n")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words in (["init", "-q"], ["remote", "add", "origin", remote], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    assert run(["report", str(tmp_path), "--from", "m.a", "--to", "m.b", "-q"]) == 0
    out = capsys.readouterr().out
    if place:
        assert f"[`src/m.py:1`]({place.format(head.stdout.strip())})" in out
    else:
        assert "| `src/m.py:1` |" in out


def test_a_report_of_changed_files_is_of_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "def a():\n    b()\n\ndef b(): pass\n"
    up = repository(tmp_path / "up", {"m.py": code})
    git(up, "remote", "add", "origin", "https://github.com/team/pair")
    words = ["report", "-q", "--from", "m.a", "--to", "m.b"]
    (tmp_path / "room").mkdir()
    monkeypatch.chdir(tmp_path / "room")
    Path("chaintrace.toml").write_text(f'[[sources]]\nname = "up"\ngit = "{up.as_uri()}"\n')
    said = {}
    for name, sources in {"clone": [], "clean": [str(up)], "changed clone": [], "changed": [str(up)]}.items():
        if name == "clone":
            assert run(["clone", "-q"]) == 0
        for top in (up, Path("workdir/up")) if name == "changed clone" else ():
            (top / "m.py").write_text("#\n" + code)
        assert run([*words, *sources]) == 0
        said[name] = capsys.readouterr().out
    locked = {name: "`chaintrace clone --locked` takes nothing else" in text for name, text in said.items()}
    assert locked == {"clone": True, "clean": False, "changed clone": False, "changed": False}
    assert ["github.com/team/pair/blob/" in text for text in said.values()] == [False, True, False, False]
    assert ["+dirty` |" in text for text in said.values()] == [False, False, True, True]
    assert ["`up`: its files were changed since" in text for text in said.values()] == [
        False,
        False,
        True,
        True,
    ]


def test_a_report_without_a_chain_says_how_far_the_search_came(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "def a(x):\n    b()\n    x.b()\n\ndef b(): pass\n\ndef c(): pass\n"
    (tmp_path / "m.py").write_text(code)
    (tmp_path / "bad.py").write_text("x = = 1\n")
    words = ["report", str(tmp_path), "--from", "m.a", "--to", "m.c", "-o", str(tmp_path / "x.html")]
    assert run(words) == 1
    assert run(words[:-2]) == 1
    out = capsys.readouterr().out
    assert "**No chain was found.**\n\n```text\nno chain from m.a to m.c\n" in out
    assert "unresolved at m.py:3: x.b()" in out
    assert "- `bad.py:1: syntax-error: invalid syntax near column 6`" in out
    assert "| source | file | link | role |" not in out
    assert "## The picture" not in out
    assert "<h2>The question</h2>" in (tmp_path / "x.html").read_text()


def test_words_of_a_trace_are_words_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m.py").write_text("def a():\n    b()\n\ndef b(): pass\n")
    monkeypatch.chdir(tmp_path)
    name = "A *bold* <b>name</b> | [link](x) `code` $x$ #1"
    (tmp_path / "chaintrace.toml").write_text(
        f'name = "{name}"\nentries = ["m.a"]\ntargets = ["m.b"]\n[[sources]]\nname = "s"\ndirectory = "."\n'
        f'[[links]]\nrole = "{name}"\nsymbols = ["m.b"]\n'
    )
    assert run(["report", "-o", "x.md", "-o", "x.html"]) == 0
    page, text = (tmp_path / "x.html").read_text(), (tmp_path / "x.md").read_text()
    shown = escape(name, quote=False)
    assert f"<h1>{shown}: the way to <code>m.b</code></h1>" in page
    assert f"<h2>{shown}</h2>" in page
    assert page.count(f"<td>{shown}</td>") == 2
    assert "There is a chain of 1 hop; the weakest hop is static." in text


def test_of_very_many_chains_the_further_ones_are_named() -> None:
    text = "def start():\n" + "".join(f"    end{n}()\n" for n in range(12))
    text += "".join(f"\ndef end{n}(): ...\n" for n in range(12))
    report = ct.Project([ct.Memory({"m.py": text})], cache=False).report(["m.start"], ["m.end*"])
    markdown = to_markdown(report)
    assert (markdown.count("\n## Chain "), markdown.count("\n- `start -> end")) == (9, 3)


AROUND = """
import queue
import threading


class Engine:
    def __init__(self):
        self.box = queue.Queue()
        launch(self)

    def put(self, thing):
        self.box.put(thing)
        self.step(thing)

    def step(self, thing):
        self.last = thing

    def work(self):
        self.step(self.box.get())


def launch(engine):
    threading.Thread(target=engine.work).start()


class Apart:
    def __init__(self):
        self.box = queue.Queue()
        threading.Thread(target=self.work).start()

    def work(self):
        self.box.get()

    def close(self):
        self.box.put(None)


class Driver:
    def __init__(self):
        self.engine = Engine()

    def load(self):
        self.engine.put(1)

    def run(self):
        self.engine.put(2)
        self.start()

    def start(self):
        self.engine.step(3)


Cluster = Driver
Apart().close()
"""


def test_of_what_is_around_only_what_the_chains_touch_is_shown_and_beginnings_once() -> None:
    project = ct.Project([ct.Memory({"m.py": AROUND})], cache=False)
    report = project.report(["m.Cluster.run", "m.Cluster.load"], ["Engine.last", "Engine.step"])
    assert sorted([edge.target for edge in path] for path in report.chains) == [
        ["m.Driver.start", "m.Engine.step"],
        ["m.Driver.start", "m.Engine.step", "m.Engine.last"],
        ["m.Engine.put", "m.Engine.step"],
        ["m.Engine.put", "m.Engine.step", "m.Engine.last"],
    ]
    assert [path.source for path in report.chains] == [
        f"m.Driver.{one}" for one in ["run", "run", "load", "load"]
    ]
    markdown = to_markdown(report)
    assert markdown.count("Its first 2 hops are those of chain") == 2
    assert "`m.Cluster.run` is another name of `m.Driver.run`." in markdown
    assert [edge.target for edge in report.architecture.spawns] == ["m.Engine.work"]
    assert "Apart" not in markdown
    assert "1 more thing is started in code that the chains do not touch" in markdown
    assert "1 more thing is sent in code that the chains do not touch" in markdown
