"""A real run, recorded and laid over the graph."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import chaintrace as ct
from chaintrace.cli.app import run
from chaintrace.errors import QueryError
from chaintrace.recorder.run import record

STARTS = """
import asyncio
import concurrent.futures
import multiprocessing
import threading


async def worker(): await inner()
async def inner(): await asyncio.sleep(0)
async def grouped(): ...
def soon(): ...
def done(task): ...
def job(number): return number
def timed(): ...
def handed(future): future.cancel()
def lazy(item): return item
def drain(items): list(items)
def idle(): ...


class Plain: ...


async def main():
    task = asyncio.create_task(worker())
    task.add_done_callback(done)
    asyncio.get_running_loop().call_soon(soon)
    await asyncio.gather(grouped(), task)
    await asyncio.get_running_loop().run_in_executor(None, job, 1)


def threads():
    timer = threading.Timer(0.001, timed)
    timer.start()
    timer.join()
    threading.Thread(target=handed, args=(concurrent.futures.Future(),)).start()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(job, 2).result()


def processes():
    process = multiprocessing.get_context("spawn").Process(target=job, args=(3,))
    process.start()
    process.join()
    with multiprocessing.Pool(1) as pool:
        pool.map(job, [4])
    drain(map(lazy, [Plain()]))


def never(): threading.Thread(target=idle).start()


if __name__ == "__main__":
    asyncio.run(main())
    threads()
    processes()
"""
WAITING = """
import sys
import time


def before(): ...
def wait():
    before()
    print("ready", flush=True)
    time.sleep(60)


wait()
"""
PROGRAM = """
import threading
import sys


class Tool:
    def __init__(self, action):
        self.action = action

    @property
    def ready(self):
        return check()

    def run(self):
        return self.action()


def check(): return True
def act(): return eval("hid" + "den")()
def hidden(): return 1
def other(): return 2
def work(): check()
def key(item): return item


def main(flag):
    tool = Tool(act if flag else other)
    if tool.ready:
        tool.run()
    sorted([2, 1], key=key)
    [check() for _ in range(2)]
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


if __name__ == "__main__":
    main(len(sys.argv) < 2)
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("program")
    (folder / "prog.py").write_text(PROGRAM, encoding="utf-8")
    return folder


def test_a_run_is_recorded_with_its_lines(program: Path) -> None:
    recorded = record([sys.executable, str(program / "prog.py")])
    edges = {(row["caller"], row["callee"], row["line"], row["kind"]) for row in recorded.edges}
    assert (recorded.status, recorded.processes) == (0, 1)
    assert edges >= {
        ("prog.<module>", "prog.main", 38, "call"),
        ("prog.main", "prog.Tool.__init__", 27, "call"),
        ("prog.main", "prog.Tool.ready", 28, "call"),
        ("prog.main", "prog.Tool.run", 29, "call"),
        ("prog.Tool.run", "prog.act", 15, "call"),
        ("prog.act", "prog.hidden", 19, "call"),
        ("prog.main", "prog.check", 31, "call"),
        ("prog.main", "prog.key", 30, "call"),
        ("prog.main", "prog.work", 32, "spawn"),
        ("prog.work", "prog.check", 22, "call"),
    }
    assert {row["file"] for row in recorded.edges} == {"prog.py"}


def test_processes_that_the_program_starts_are_recorded_too(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text("def f(): pass\nf()\n", encoding="utf-8")
    (tmp_path / "top.py").write_text(
        "import multiprocessing, subprocess, sys\n"
        "def forked(): inner()\n"
        "def inner(): pass\n"
        "if __name__ == '__main__':\n"
        f"    subprocess.run([sys.executable, {str(tmp_path / 'job.py')!r}], check=True)\n"
        "    child = multiprocessing.get_context('fork').Process(target=forked)\n"
        "    child.start()\n"
        "    child.join()\n",
        encoding="utf-8",
    )
    recorded = record([sys.executable, str(tmp_path / "top.py")])
    edges = {(row["caller"], row["callee"]) for row in recorded.edges}
    assert {("job.<module>", "job.f"), ("top.forked", "top.inner")} <= edges


def test_a_program_that_fails_is_recorded_and_its_status_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.py").write_text("def f(): raise SystemExit(7)\nf()\n", encoding="utf-8")
    file = tmp_path / "run.json"
    assert run(["observe", "-o", str(file), "--", sys.executable, str(tmp_path / "bad.py")]) == 7
    assert json.loads(file.read_text())["edges"][0]["callee"] == "bad.f"
    assert "ended with 7" in capsys.readouterr().err


def test_what_cannot_be_started_is_misuse(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["observe", "-o", str(tmp_path / "run.json"), "--", "no-such-program-anywhere"]) == 2
    assert "no-such-program-anywhere" in capsys.readouterr().err


def test_only_what_is_below_the_roots_is_recorded(program: Path, tmp_path: Path) -> None:
    assert record([sys.executable, str(program / "prog.py")], [str(tmp_path)]).edges == ()


@pytest.fixture(scope="module")
def overlaid(program: Path) -> ct.Answer:
    recorded = record([sys.executable, str(program / "prog.py")])
    (program / "run.json").write_text(recorded.to_json(), encoding="utf-8")
    answer = ct.Project([ct.Directory(str(program))], cache=False, jobs=1).analyze()
    return answer.with_run(program / "run.json")


def test_hops_of_a_chain_are_marked(overlaid: ct.Answer) -> None:
    seen = str(overlaid.path("prog.main", "prog.act"))
    assert "prog.main -> prog.Tool.run  prog.py:29  [points-to] (seen)" in seen
    assert "prog.Tool.run -> prog.act  prog.py:15  [points-to] (seen)" in seen
    assert "-> prog.other  prog.py:15  [points-to] (not seen)" in str(overlaid.path("Tool.run", "prog.other"))
    observed = overlaid.graph.observed
    assert observed is not None
    spawn = next(edge for edge in overlaid.edges if edge.target == "prog.work")
    assert observed.words(spawn) == "seen"


def test_edges_that_the_graph_lacks_are_listed(overlaid: ct.Answer) -> None:
    observed = overlaid.graph.observed
    assert observed is not None
    assert [(call.caller, call.callee, call.line) for call in observed.lacking] == [
        ("prog.act", "prog.hidden", 19)
    ]


def test_the_marks_are_in_every_output(overlaid: ct.Answer) -> None:
    document = json.loads(overlaid.to_json())
    assert document["observed"]["lacking"][0]["callee"] == "prog.hidden"
    by_callee = {edge["callee"]: edge.get("seen") for edge in document["edges"] if edge["line"] == 15}
    assert by_callee["prog.act"] is True
    assert by_callee["prog.other"] is False
    chain = overlaid.path("Tool.run", "prog.act")
    from chaintrace.export.html import to_html

    page = to_html(overlaid.graph, chain.paths)
    assert "points-to (seen)" in page
    assert "prog.act -&gt; prog.hidden" in page


def test_the_command_lays_a_run_over_its_chains(
    program: Path, overlaid: ct.Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert overlaid.graph.observed is not None
    run_file = str(program / "run.json")
    arguments = ["graph", str(program), "--from", "prog.main", "--to", "prog.act", "-q"]
    assert run([*arguments, "--observed", run_file]) == 0
    out = capsys.readouterr().out
    assert "(seen)" in out
    assert "prog.act -> prog.hidden  prog.py:19" in out


def test_a_file_that_is_no_run_is_refused(overlaid: ct.Answer, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("[]")
    with pytest.raises(QueryError, match="holds no recorded run"):
        overlaid.with_run(tmp_path / "no.json")
    with pytest.raises(QueryError, match="No such file"):
        overlaid.with_run(tmp_path / "none.json")


def test_a_site_customization_of_the_user_still_runs(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins\nbuiltins.customized = 1\n")
    (tmp_path / "p.py").write_text("def f(): print(customized)\nf()\n")
    code = (
        "import sys; from chaintrace.recorder.run import record;"
        f"print(len(record([sys.executable, {str(tmp_path / 'p.py')!r}]).edges))"
    )
    source = str(Path(ct.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{tmp_path}:{source}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1", "1"]


def other_pythons() -> list[str]:
    """Return this interpreter, and others that are installed: from 3.12 on they are observed another way."""
    found = (shutil.which(f"python3.{minor}") for minor in (11, 12, 13))
    usable = [path for path in found if path and "pyenv/shims" not in path]
    return [sys.executable, *usable]


@pytest.mark.parametrize("python", other_pythons())
def test_who_starts_tasks_threads_and_processes_is_recorded(tmp_path: Path, python: str) -> None:
    (tmp_path / "starts.py").write_text(STARTS, encoding="utf-8")
    recorded = record([python, str(tmp_path / "starts.py")])
    edges = {(row["caller"], row["callee"], row["kind"]) for row in recorded.edges}
    assert edges >= {
        ("starts.<module>", "starts.main", "spawn"),
        ("starts.main", "starts.worker", "spawn"),
        ("starts.main", "starts.grouped", "spawn"),
        ("starts.main", "starts.soon", "spawn"),
        ("starts.main", "starts.job", "spawn"),
        ("starts.threads", "starts.timed", "spawn"),
        ("starts.threads", "starts.handed", "spawn"),
        ("starts.threads", "starts.job", "spawn"),
        ("starts.processes", "starts.job", "spawn"),
        ("starts.worker", "starts.inner", "call"),
    }
    assert {"starts.<module>", "starts.done", "starts.job"} <= set(recorded.started)
    assert "starts.done" not in {callee for _, callee, _ in edges}


def test_what_a_run_cannot_show_is_not_said_to_be_unseen(tmp_path: Path) -> None:
    (tmp_path / "starts.py").write_text(STARTS, encoding="utf-8")
    (tmp_path / "run.json").write_text(record([sys.executable, str(tmp_path / "starts.py")]).to_json())
    answer = ct.Project([ct.Directory(str(tmp_path))], cache=False, jobs=1).analyze()
    answer = answer.with_run(tmp_path / "run.json")
    observed = answer.graph.observed
    assert observed is not None
    words = {(edge.source, edge.target, edge.text): observed.words(edge) for edge in answer.edges}
    said = {
        (source[7:], target[7:]): word
        for (source, target, text), word in words.items()
        if "pool.map" not in text and text != "task = asyncio.create_task(worker())"
    }
    assert said["main", "grouped"] == said["threads", "job"] == said["processes", "job"] == "seen"
    assert said["threads", "timed"] == said["main", "soon"] == "seen"
    assert words["starts.main", "starts.worker", "task = asyncio.create_task(worker())"] == "seen"
    assert words["starts.processes", "starts.job", "pool.map(job, [4])"] == "not observable"
    assert said["main", "done"] == said["processes", "lazy"] == said["processes", "Plain"] == "not observable"
    assert said["never", "idle"] == "not run"
    assert not [word for (_, target, _), word in words.items() if not target.startswith("starts.") and word]


@pytest.mark.parametrize(
    ("number", "to_the_program", "status"),
    [(signal.SIGINT, True, 130), (signal.SIGTERM, True, 143), (signal.SIGTERM, False, 143)],
)
def test_a_run_that_is_ended_by_a_signal_is_recorded(
    tmp_path: Path, number: int, to_the_program: bool, status: int
) -> None:
    (tmp_path / "waiting.py").write_text(WAITING, encoding="utf-8")
    command = [sys.executable, "-m", "chaintrace", "observe", "-o", str(tmp_path / "run.json"), "--"]
    with subprocess.Popen(
        [*command, sys.executable, str(tmp_path / "waiting.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        (os.killpg if to_the_program else os.kill)(process.pid, number)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == status
    assert f"ended by signal {int(number)}" in stderr
    edges = json.loads((tmp_path / "run.json").read_text())["edges"]
    assert ("waiting.wait", "waiting.before") in {(row["caller"], row["callee"]) for row in edges}


def test_what_a_process_did_not_write_to_its_end_is_left_aside(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text(
        "import os, pathlib\n"
        "def f(): pathlib.Path(os.environ['CHAINTRACE_OBSERVE'], '1-2.json').write_text('{\"edges\": [')\n"
        "f()\n"
    )
    recorded = record([sys.executable, str(tmp_path / "p.py")])
    assert (len(recorded.edges), recorded.processes) == (1, 1)


def test_a_program_that_is_killed_leaves_what_it_did_some_seconds_before(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text(
        "import os, time\n"
        "def early(): ...\n"
        "def late(): os.kill(os.getpid(), 9)\n"
        "early()\n"
        "time.sleep(2.1)\n"
        "late()\n"
    )
    recorded = record([sys.executable, str(tmp_path / "p.py")])
    assert recorded.status == -9
    assert "p.early" in {row["callee"] for row in recorded.edges}
