"""The edges that stand beside the calls: wrapped functions and functions handed over by name."""

import chaintrace

PROGRAM = """
import functools

def logged(function):
    @functools.wraps(function)
    def inner(*arguments):
        return function(*arguments)
    return inner

@logged
def area(side):
    return side * side

def apply(function):
    return function(2)

def double(number):
    return number * 2

area(3)
apply(double)
"""
MADE = """
from dataclasses import dataclass

@dataclass
class Point:
    x: int

    def __post_init__(self): ...

    @classmethod
    def origin(cls):
        return cls(0)

def make():
    return Point(1)

Point.origin()
"""


def derived(flag: str, program: str = PROGRAM) -> list[tuple[str, str, str, int]]:
    answer = chaintrace.Project([chaintrace.Memory({"main.py": program})], cache=False).analyze()
    edges = [edge for edge in answer.graph.edges if flag in edge.flags]
    return [(edge.source, edge.target, edge.kind, edge.site.line) for edge in edges]


def test_a_call_of_a_wrapper_reaches_what_it_wraps() -> None:
    assert derived("wrapped") == [("main.<module>", "main.area", "call", 20)]


def test_the_place_that_hands_a_function_over_reaches_it() -> None:
    assert derived("handed") == [("main.<module>", "main.double", "callback", 21)]


def test_who_makes_a_dataclass_reaches_what_its_initialiser_calls() -> None:
    assert derived("wrapped", MADE) == [
        ("main.Point.origin", "main.Point.__post_init__", "call", 12),
        ("main.make", "main.Point.__post_init__", "call", 15),
    ]
