"""The schema for editors is up to date, and accepts and refuses what the loader does."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from chaintrace.errors import SourceError
from chaintrace.sources.config import profile_names, profile_text, read_trace_file
from chaintrace.sources.schema import made_schema, schema_text

VALIDATOR = Draft202012Validator(made_schema())
ROOT = Path(__file__).parents[3]


def test_the_schema_that_is_shipped_is_the_one_of_the_loader() -> None:
    message = "stale: run `python -m chaintrace.sources.schema`"
    assert json.loads(schema_text()) == made_schema(), message
    Draft202012Validator.check_schema(made_schema())
    keys = {**made_schema()["properties"], **made_schema()["$defs"]["SourceSpec"]["properties"]}
    assert [key for key, value in keys.items() if not value.get("description")] == []


def test_the_trace_files_that_come_with_chaintrace_follow_it() -> None:
    texts = [profile_text(name) for name in profile_names()]
    page = (ROOT / "docs/trace-file.md").read_text("utf-8")
    texts += re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    texts += [file.read_text("utf-8") for file in sorted((ROOT / "examples").rglob("chaintrace.toml"))]
    for text in texts:
        table = tomllib.loads(text)
        table.pop("default", None)
        assert list(VALIDATOR.iter_errors(table)) == []


TEXTS = st.sampled_from(["a", "v1", "../x", ".a", "a==1", "https://h/r", "a b", "-x", "tests/**", "a:b"])
LISTS = st.lists(TEXTS, max_size=2)
SOURCES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["a", "b", "b-1", ".c", "d/e", 3]),
        **dict.fromkeys(
            ["git", "revision", "branch", "tag", "pypi", "directory", "subfolder", "fallback"], TEXTS
        ),
        "include": LISTS,
        "exclude": st.one_of(LISTS, TEXTS),
        "extra": TEXTS,
    },
)
TRACES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.one_of(TEXTS, st.integers()),
        "sources": st.lists(SOURCES, max_size=2),
        **dict.fromkeys(["entries", "targets", "waypoints", "assumptions", "models"], LISTS),
        "entrys": LISTS,
        "default": st.just(True),
    },
)
# What a schema cannot say, or not in words that a reader of it understands.
BEYOND = ("must be unique", "not a revision", "inside of the source", "not a git URL")


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
    return f"[{', '.join(map(toml, value))}]" if isinstance(value, list) else json.dumps(value)


@settings(max_examples=300, deadline=None)
@given(TRACES)
def test_loader_and_schema_agree(table: dict[str, Any]) -> None:
    text = "\n".join(f"{key} = {toml(value)}" for key, value in table.items())
    accepted = not list(VALIDATOR.iter_errors(table))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_text", lambda *_, **__: text)
        try:
            read_trace_file(Path("/x/chaintrace.toml"))
            complaint = ""
        except SourceError as error:
            complaint = str(error)
    assert accepted is (not complaint) or any(words in complaint for words in BEYOND), complaint
