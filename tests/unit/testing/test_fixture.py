import pytest

from chaintrace.errors import ChaintraceError
from chaintrace.testing.fixture import Note, Place, parse_comment, parse_fixture


def names(*words: str) -> frozenset[str]:
    return frozenset(words)


@pytest.mark.parametrize(
    ("comment", "notes"),
    [
        ("calls: f, C.m", {"calls": Note(names("f", "C.m"))}),
        ("calls: f; missing: g; spurious: h", {"calls": Note(names("f"), names("g"), names("h"))}),
        ("missing: g", {"calls": Note(missing=names("g"))}),
        (
            "spawns: f; missing: g; writes: C.a",
            {"spawns": Note(names("f"), names("g")), "writes": Note(names("C.a"))},
        ),
        ("calls: f; not-run", {"calls": Note(names("f")), "not-run": Note()}),
    ],
)
def test_comment(comment: str, notes: dict[str, Note]) -> None:
    assert parse_comment(comment) == notes


def test_an_unknown_tag_names_the_fixture_and_the_line() -> None:
    with pytest.raises(ChaintraceError, match=r"fixture odd, line 3: unknown tag 'cals'"):
        parse_fixture("odd", "#-- b.py --#\n\nf()  #! cals: f\n")


def test_a_comment_alone_belongs_to_the_next_line_of_code() -> None:
    fixture = parse_fixture("above", "#! calls: f\n\n# about f\nf()\n")
    assert fixture.notes == {Place("main.py", 4, "calls"): Note(names("f"))}


def test_functions_are_named_as_the_interpreter_names_them() -> None:
    text = (
        "class C:\n    def m(self):\n        def g(): return lambda: 0\n"
        "#-- pkg/__init__.py --#\ndef f(): ...\n"
    )
    assert parse_fixture("names", text).functions == {
        "C.m",
        "C.m.<locals>.g",
        "C.m.<locals>.g.<locals>.<lambda>",
        "pkg.f",
    }
