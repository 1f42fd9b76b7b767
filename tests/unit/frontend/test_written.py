"""Quotations: what is written at a place of a file."""

import pytest

from chaintrace.frontend.written import Quotations
from chaintrace.ir.written import Value

TEXT = b"""\
def f(a, /, b, *rest, c=1, **more):
    x = make(a, *rest, key=b.c.d(), **more)
    d["k"] = g(h.i)[j] + self.m(n)
    return {"one": 1, two: 2, 'three': (3)}
"""


def test_arguments_are_quoted_with_what_they_read() -> None:
    told = Quotations(TEXT).arguments((2, 43))
    assert [(one.kind, one.name, one.value.text, one.value.reads) for one in told] == [
        ("", "", "a", ("a",)),
        ("*", "", "rest", ("rest",)),
        ("=", "key", "b.c.d()", ("b.c",)),
        ("**", "", "more", ("more",)),
    ]
    assert (told[2].value.arguments, told[2].value.end) == ((), (2, 34))


def test_stored_values_are_found_by_target_display_and_keyword() -> None:
    written = Quotations(TEXT)
    assert written.stored((3, 10), "k") == Value("g(h.i)[j] + self.m(n)", 3, ("h.i", "j", "n"))
    assert written.stored((4, 43), "three") == Value("3", 4)
    assert written.stored((4, 43), "two") is None
    assert written.stored((2, 43), "key") is not None
    assert written.stored((9, 9), "k") is None


def test_parameters_are_named_in_order() -> None:
    assert Quotations(TEXT).parameters(1) == ("a", "b", "c")
    assert Quotations(TEXT).parameters(2) == ()


@pytest.mark.parametrize("data", [b"def f(:", b"\xff", b"", b"(" * 5000])
def test_what_cannot_be_parsed_has_no_quotations(data: bytes) -> None:
    assert Quotations(data).arguments((1, 1)) == ()


def test_long_values_are_cut() -> None:
    value = Quotations(b"f(" + b" + ".join([b"xxxxxxxxx"] * 100) + b")").arguments((1, 1200 + 1))
    assert all(len(one.value.text) <= 121 for one in value)
