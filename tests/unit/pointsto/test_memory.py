"""An analysis leaves nothing behind."""

import gc
import weakref

import chaintrace as ct
from chaintrace.pointsto import graphing

SOURCE = """
from dataclasses import dataclass, field

@dataclass(order=True)
class Point:
    x: int = field(default=0, kw_only=True)
    def __bool__(self): return True

def outer(p):
    def inner(): return p
    if p: return inner

outer(Point())()
"""


def test_a_program_is_freed_with_its_answer() -> None:
    programs = []
    build = graphing.build

    def seen(analysis: object, *rest: object, **words: object) -> object:
        programs.append(weakref.ref(analysis.program))  # type: ignore[attr-defined]
        return build(analysis, *rest, **words)  # type: ignore[arg-type]

    graphing.build = seen  # type: ignore[assignment]
    try:
        answer = ct.Project([ct.Memory({"m.py": SOURCE})], cache=False).analyze()
    finally:
        graphing.build = build
    assert answer.edges
    gc.collect()
    assert [program() for program in programs] == [None]
