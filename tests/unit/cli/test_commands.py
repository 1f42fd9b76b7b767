"""The command line: data on stdout, talk on stderr, and exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from chaintrace.cli.app import run
from tests.unit import graphs

Captured = pytest.CaptureFixture[str]


def test_graph_prints_the_chains_of_every_candidate_apart(capsys: Captured) -> None:
    assert run(["graph", "src", "--from", "Cluster.sync", "--to", "weights"]) == 0
    out, err = capsys.readouterr()
    assert out == (
        "engine.runner.Runner.weights (attribute, engine/runner.py:3)"
        " from app.cluster.Cluster.sync: 1 chain\n"
        "\n"
        "Cluster.sync -> Rollout.update -> Sampler.update -> (write) Runner.weights"
        "  (3 hops, weakest points-to)\n"
        "  1. app.cluster.Cluster.sync -> app.rollout.Rollout.update  app/cluster.py:12  [points-to]\n"
        "      self.rollout.update(params)\n"
        '      when kind == "fast"\n'
        "  2. app.rollout.Rollout.update -> app.sampler.Sampler.update  app/rollout.py:7  [points-to]\n"
        "      self.sampler.update(params)\n"
        "  3. app.sampler.Sampler.update -> (write) engine.runner.Runner.weights"
        "  app/sampler.py:11  [points-to]\n"
        "      self.runner.weights = params\n"
        "\n"
        "engine.runner.SlowRunner.weights (attribute, engine/runner.py:13) from app.cluster.Cluster.sync:"
        " no chain\n"
        "\n"
        "[points-to] the analysis found the object the receiver holds\n"
    )
    assert err.splitlines() == [
        "chaintrace: read 1 sources, demo False, profile None",
        "chaintrace: app/broken.py:3: syntax-error: unexpected indent",
        (
            "chaintrace: 4 modules; calls: 0 to one target, 0 to several, 0 to other code,"
            " 2 unresolved (2 unknown value)"
        ),
    ]


def test_json_follows_the_contract(capsys: Captured) -> None:
    assert run(["graph", "--to", "Runner.weights", "--from", "Cluster.sync", "--json", "--quiet"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert err == ""
    assert list(document) == [
        "schema", "sources", "symbols", "edges", "paths", "unresolved", "diagnostics", "summary", "complete",
        "resolutions",
    ]  # fmt: skip
    (path,) = document["paths"]
    assert path["rank"] == [2, 3]
    assert document["summary"]["unresolved: unknown value"] == 2
    hops = [document["edges"][index] for index in path["edges"]]
    assert [hop["callee"] for hop in hops] == [graphs.UPDATE, graphs.SAMPLER, graphs.WEIGHTS]


def test_files_get_the_format_of_their_extension(tmp_path: Path, capsys: Captured) -> None:
    files = [tmp_path / name for name in ("chain.dot", "chain.svg", "chain.json")]
    words = [word for file in files for word in ("-o", str(file))]
    assert run(["graph", "--to", "Runner.weights", *words]) == 0
    dot, svg, document = (file.read_text() for file in files)
    assert dot.startswith("digraph")
    assert "<svg" in svg
    assert json.loads(document)["schema"] == "chaintrace-graph/1"
    assert "(write) Runner.weights" in capsys.readouterr().out
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_the_format_goes_to_stdout_unless_a_file_has_it(tmp_path: Path, capsys: Captured) -> None:
    named = str(tmp_path / "chain.txt")
    assert run(["graph", "--to", "Runner.weights", "--json", "-o", named]) == 0
    assert json.loads(capsys.readouterr().out)["paths"]
    assert run(["graph", "--to", "Runner.weights", "-f", "json", "-o", str(tmp_path / "chain.data")]) == 0
    assert capsys.readouterr().out == ""
    assert json.loads((tmp_path / "chain.data").read_text())["paths"]


def test_entries_that_are_not_there_are_left_aside(capsys: Captured) -> None:
    assert run(["graph", "entries", "--to", "Runner.weights"]) == 0
    out, err = capsys.readouterr()
    assert "from app.cluster.Cluster.sync: 1 chain" in out
    assert "the entry point Cluster.gone is not in these sources" in err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ["callers", "--of", "Rollout.update"],
            [(graphs.DEBUG, graphs.UPDATE), (graphs.SYNC, graphs.UPDATE)],
        ),
        (["callees", "--of", "engine.loop.start"], [(graphs.START, graphs.RUN)]),
        (["readers"], [(graphs.STEP, graphs.WEIGHTS)]),
        (
            ["writers", "--to", "*.weights"],
            [(graphs.SAMPLER, graphs.WEIGHTS), (graphs.SLOW_SAMPLER, graphs.SLOW_WEIGHTS)],
        ),
    ],
)
def test_listings(words: list[str], expected: list[tuple[str, str]], capsys: Captured) -> None:
    assert run([*words, "--json", "-q"]) == 0
    edges = json.loads(capsys.readouterr().out)["edges"]
    assert [(edge["caller"], edge["callee"]) for edge in edges] == expected


def test_paths_uses_the_targets_of_the_trace_file_and_shows_several(capsys: Captured) -> None:
    assert run(["paths", "--from", "Cluster.sync", "--kind", "write"]) == 0
    assert "2 chains" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ["graph", "--to", "wieghts"],
            2,
            "no symbol matches 'wieghts'; did you mean engine.runner.Runner.weights",
        ),
        (["graph", "--to", "Runner.step", "--from", "Cluster.sync"], 1, "no chain was found"),
        (["callers", "--of", "engine.loop.start", "--depth", "0"], 2, "--depth"),
        (["writers", "--of", "Cluster.sync"], 1, "nothing was found for Cluster.sync"),
        (["graph", "nowhere"], 2, "nowhere: no such directory"),
        (["graph", "-f", "gif"], 2, "unknown format 'gif'; the formats are text, dot"),
        (["graph", "-o", "chain.xyz"], 2, "chain.xyz: the extension is no format"),
        (["graph", "-f", "dot", "--json"], 2, "contradict"),
        (
            ["graph", "--to", "weights", "--kind", "calls"],
            2,
            "'calls' is no kind; the kinds are call, spawn",
        ),
        (["graph", "--colour"], 2, "No such option: --colour"),
        (["grph"], 2, "Did you mean 'graph'? Try 'chaintrace --help'."),
        (["graph", "broken"], 3, "internal error: KeyError: 'lost'"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    words: list[str], code: int, said: str, capsys: Captured
) -> None:
    assert run(words) == code
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("chaintrace: ")
    assert said in last


def test_an_interrupted_run_says_so(
    fake_api: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fake_api, "open_project", interrupt)
    assert run(["graph", "--to", "weights"]) == 130
    assert capsys.readouterr().err.strip() == "chaintrace: interrupted"


def test_debug_shows_the_traceback(capsys: Captured) -> None:
    assert run(["graph", "nowhere", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_clone_lists_what_was_fetched(capsys: Captured) -> None:
    assert run(["clone", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["revision"] == "abc"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    code = (
        "import sys; from tests.unit.graphs import two_rollouts\n"
        "from chaintrace.cli import app, render\n"
        "app.app.command('flood')(lambda: [render.put(b'x' * 70000) for _ in range(50)])\n"
        "sys.exit(app.run(['flood']))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(["src", "."])}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize("name", ["text", "json", "dot", "graphml", "mermaid", "html", "pycg"])
def test_kind_restricts_the_graph_in_every_format(name: str, capsys: Captured) -> None:
    assert run(["graph", "--kind", "spawn", "-f", name]) == 0
    spawned = capsys.readouterr().out
    assert "loop" in spawned
    assert "sampler" not in spawned.lower()
    assert run(["graph", "--from", "Cluster.sync", "--kind", "write", "--kind", "call", "-f", name]) == 0
    assert "loop" not in capsys.readouterr().out


def test_the_command_starts_without_heavy_libraries() -> None:
    code = (
        "import sys, chaintrace.cli.app\n"
        "heavy = {'networkx', 'pydot', 'pygraphviz', 'libcst', 'git', 'unearth', 'IPython', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": "src"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.strip() == "[]"


def test_why_not_exits_with_1_where_there_is_a_chain(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why-not", "SlowRollout.update", "Runner.weights"]) == 0
    assert "no chain from app.rollout.Rollout.update" in capsys.readouterr().out
    assert run(["why-not", "Cluster.sync", "Runner.weights", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["path"]
