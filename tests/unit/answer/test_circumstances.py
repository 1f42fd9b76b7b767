"""What a witness tells beside the derivation of what a hop uses."""

import chaintrace as ct

STORED = """\
class Box:
    def __init__(self):
        self.leaf = None


class Leaf: ...


def fill(box):
    leaf = Leaf()
    box.leaf = leaf


def read(box):
    return box.leaf


box = Box()
fill(box)
read(box)
"""

GUARDED = """\
def compare():
    return 1


class Learner:
    def __init__(self):
        self.shares = compare()

    def train(self):
        if self.shares:
            self.sync()

    def sync(self): ...


Learner().train()
"""

PROPERTY = """\
class Part: ...


class Whole:
    def __init__(self):
        self._part = Part()

    @property
    def part(self):
        return self._part


def use(whole):
    return whole.part


use(Whole())
"""

DRIVEN = """\
import asyncio


async def work():
    return 1


async def numbers():
    yield 1


async def main():
    pending = work()
    stream = numbers()
    await pending
    await stream.__anext__()


asyncio.run(main())
"""

STARTED = """\
import threading


class Server: ...


def serve(server): ...


def launch():
    server = Server()
    thread = threading.Thread(
        target=serve,
        args=(server,),
    )
    thread.start()


def closing(server):
    def late():
        return server
    return threading.Timer(1, late)


launch()
closing(Server())
"""

HANDED = """\
def outer(function):
    return function()


def chosen(): ...


outer(chosen)
"""

TABLE = """\
def on_start(): ...
def on_stop(): ...


TABLE = {
    "start": on_start,
    "stop": on_stop,
}


def handle(word):
    TABLE[word]()


handle(input())
"""

DOUBLE = """\
import sys


def pick():
    if sys.argv:
        def inner(): ...
        chosen = inner
    else:
        def inner(): ...
        chosen = inner
    return chosen


pick()()
"""

SUPER = """\
class Base:
    def run(self): ...


class Own(Base):
    def run(self):
        super().run()


Own().run()
"""

SENT = """\
import queue


def put(q):
    q.put(1)


def take(q):
    return print(q.get())


q = queue.Queue()
put(q)
take(q)
"""


def lines_of(source: str, start: str, target: str) -> list[tuple[str, int]]:
    """Return the words and lines of the witness of the one hop between two functions of a module."""
    answer = ct.Project([ct.Memory({"m.py": source})], cache=False, jobs=1).analyze()
    (hop,) = (hop for hop in answer.why(f"m.{start}", target) if hop.edge.source == f"m.{start}")
    assert hop.witness[-1].word == "used"
    return [(step.word, step.line) for step in hop.witness]


def test_a_write_tells_what_is_stored_and_where_the_attribute_is_introduced() -> None:
    lines = lines_of(STORED, "fill", "m.Box.leaf")
    assert ("constructed", 10) in lines
    assert ("stored", 11) in lines
    assert ("introduced", 3) in lines


def test_a_write_of_which_nothing_is_known_tells_where_the_value_was_made() -> None:
    source = "class Box: ...\n\ndef fill(box):\n    leaf, _ = 1 + 2, 3\n    box.leaf = leaf\n\nfill(Box())\n"
    assert ("stored", 4) in lines_of(source, "fill", "m.Box.leaf")


def test_a_read_tells_what_the_attribute_holds() -> None:
    assert ("assigned", 11) in lines_of(STORED, "read", "m.Box.leaf")


def test_a_condition_tells_where_the_tested_attribute_is_set() -> None:
    lines = lines_of(GUARDED, "Learner.train", "m.Learner.sync")
    assert lines.index(("set", 7)) < lines.index(("when", 10)) < lines.index(("used", 11))


def test_a_property_tells_what_its_body_returns() -> None:
    lines = lines_of(PROPERTY, "use", "m.Whole.part")
    assert ("constructed", 6) in lines
    assert ("returns", 10) in lines


def test_a_coroutine_tells_what_drives_it() -> None:
    assert ("driven", 15) in lines_of(DRIVEN, "main", "m.work")
    assert ("driven", 16) in lines_of(DRIVEN, "main", "m.numbers")
    assert ("driven", 19) in lines_of(DRIVEN, "<module>", "m.main")


def test_a_thread_tells_what_it_is_given_and_where_it_starts() -> None:
    lines = lines_of(STARTED, "launch", "m.serve")
    assert ("item", 14) in lines
    assert ("handed to", 12) in lines
    assert ("used for", 16) in lines


KEPT = """
import threading


class Worker:
    def __init__(self):
        self.thread = threading.Thread(target=self.loop)

    def start(self):
        self.thread.start()

    def loop(self): ...


Worker().start()
"""


def test_a_thread_that_is_kept_tells_where_another_function_starts_it() -> None:
    assert ("used for", 10) in lines_of(KEPT, "Worker.__init__", "m.Worker.loop")


def test_a_closure_that_a_library_runs_tells_what_it_captures() -> None:
    assert ("captured", 21) in lines_of(STARTED, "closing", "m.closing.<locals>.late")


def test_a_function_handed_over_tells_where_it_is_called() -> None:
    assert ("called", 2) in lines_of(HANDED, "<module>", "m.chosen")


def test_a_dispatch_tells_the_row() -> None:
    assert ("row", 7) in lines_of(TABLE, "handle", "m.on_stop")


def test_functions_of_one_name_are_all_told() -> None:
    lines = lines_of(DOUBLE, "<module>", "m.pick.<locals>.inner")
    assert {("defined", 6), ("defined", 9)} <= {*lines}


def test_super_goes_on_with_its_receiver() -> None:
    lines = lines_of(SUPER, "Own.run", "m.Base.run")
    assert ("constructed", 10) in lines
    assert lines[0][0] == "defined"


def test_a_message_tells_where_it_is_received() -> None:
    assert ("received", 9) in lines_of(SENT, "put", "m.take")


def test_no_step_says_a_word_twice() -> None:
    answer = ct.Project([ct.Memory({"m.py": SUPER})], cache=False, jobs=1).analyze()
    text = answer.why("m.Own.run", "m.Base.run").to_text(whole=True)
    assert "defined class m.Own" in text
    assert "class class" not in text
    assert "function function" not in text
