import pytest

from chaintrace.errors import ChaintraceError
from chaintrace.testing.fixture import parse_fixture
from chaintrace.testing.observe import observe


def observed(text: str) -> dict[tuple[str, int, str], set[str]]:
    record = observe(parse_fixture("program", text))
    return {(place.path, place.line, place.tag): set(names) for place, names in record.items()}


def test_a_call_through_the_library_is_charged_to_the_line_that_set_it_going() -> None:
    text = "import functools\ndef f(*a): ...\nfunctools.reduce(f, [1, 2])\nfunctools.partial(f)()\n"
    assert observed(text) == {("main.py", 3, "calls"): {"f"}, ("main.py", 4, "calls"): {"f"}}


def test_class_bodies_are_defined_and_comprehensions_are_no_callees_but_both_call() -> None:
    text = "def f(): return 1\nclass C:\n    a = f()\n[f() for _ in 'ab']\n"
    assert observed(text) == {
        ("main.py", 2, "defines"): {"C"},
        ("main.py", 3, "calls"): {"f"},
        ("main.py", 4, "calls"): {"f"},
    }


def test_a_coroutine_counts_once_however_often_it_resumes() -> None:
    text = (
        "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    await asyncio.sleep(0)\n"
        "async def main():\n    await f()\nasyncio.run(main())\n"
    )
    assert observed(text) == {("main.py", 6, "calls"): {"f"}, ("main.py", 7, "calls"): {"main"}}


def test_a_thread_is_a_spawn_of_the_line_that_names_its_target() -> None:
    text = "import threading\ndef g(): ...\ndef f():\n    g()\nt = threading.Thread(target=f)\nt.start()\n"
    assert observed(text) == {("main.py", 5, "spawns"): {"f"}, ("main.py", 4, "calls"): {"g"}}


def test_a_thread_with_a_run_of_its_own_is_a_spawn_of_the_line_that_starts_it() -> None:
    text = "import threading\nclass T(threading.Thread):\n    def run(self): ...\nt = T()\nt.start()\n"
    assert observed(text) == {("main.py", 2, "defines"): {"T"}, ("main.py", 5, "spawns"): {"T.run"}}


def test_a_program_that_fails_says_why() -> None:
    with pytest.raises(ChaintraceError, match=r"(?s)fixture program failed.*ZeroDivisionError"):
        observe(parse_fixture("program", "1 / 0\n"))


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(ChaintraceError, match="did not end within"):
        observe(parse_fixture("program", "while True: pass\n"), seconds=0.5)
