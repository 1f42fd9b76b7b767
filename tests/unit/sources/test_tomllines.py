"""Every key of a TOML file is found, on its line."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaintrace.sources.tomllines import line_of, lines_of_keys

TEXT = '''a = 1
b.c = """x
[no]
""""
[t]
x = [1, "]", # c
 {y = 2, "z w" = [3]}]
[[s]]
n = 'q'
[[s.u]]
k = 1979-05-27T07:32:00Z
[[s]]
[s.v."a.b"]
f = """a\\\\"""  # no "quote"
'''


def paths(value: Any, before: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    inside = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return {before, *(path for key, each in inside for path in paths(each, (*before, key)))}


def test_each_key_table_and_element_has_its_line() -> None:
    lines = lines_of_keys(TEXT)
    assert set(lines) == paths(tomllib.loads(TEXT)) - {()}
    assert lines[("b", "c")] == 2
    assert lines[("t", "x", 2, "z w", 0)] == 7
    assert [lines[("s", 0)], lines[("s", 0, "u", 0, "k")], lines[("s", 1)]] == [8, 11, 12]
    assert lines[("s", 1, "v", "a.b", "f")] == 14


@pytest.mark.parametrize(
    ("keys", "line"), [(("t", "x", 7), 6), (("s", 1, "gone"), 12), (("gone",), 1), ((), 1)]
)
def test_what_is_not_there_has_the_line_of_what_is_around_it(keys: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, keys) == line


KEYS = st.sampled_from(["a", "b-1", '"c d"', "'e.f'", '"[g]"', "h.i", 'j."#"'])
SCALARS = st.sampled_from(
    ["1", "true", "1.5e3", "'#'", '"\\""', '"]"', '"""\n[x]\n"""', "'''\n}\n'''", '"""a""""', "07:32:00"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: f"[ # ]\n {', '.join(each)}{',' if each else ''}\n]"),
        st.dictionaries(KEYS, inner, max_size=2).map(
            lambda each: "{" + ", ".join(f"{key} = {value}" for key, value in each.items()) + "}"
        ),
    ),
    max_leaves=6,
)
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(" = ".join),
    KEYS.map(lambda key: f"[{key}] # ]"),
    KEYS.map(lambda key: f"[[ {key} ]]"),
    st.just("# = ["),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=8))
def test_the_keys_found_are_those_that_the_parser_knows(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(lines_of_keys(text)) == paths(value) - {()}
