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


def derived(flag: str) -> list[tuple[str, str, str, int]]:
    answer = chaintrace.Project([chaintrace.Memory({"main.py": PROGRAM})], cache=False).analyze()
    edges = [edge for edge in answer.graph.edges if flag in edge.flags]
    return [(edge.source, edge.target, edge.kind, edge.site.line) for edge in edges]


def test_a_call_of_a_wrapper_reaches_what_it_wraps() -> None:
    assert derived("wrapped") == [("main.<module>", "main.area", "call", 20)]


def test_the_place_that_hands_a_function_over_reaches_it() -> None:
    assert derived("handed") == [("main.<module>", "main.double", "callback", 21)]
