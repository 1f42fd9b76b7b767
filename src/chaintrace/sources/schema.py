"""The JSON Schema of trace files, by which editors complete and check them.

`python -m chaintrace.sources.schema` writes the file that comes with chaintrace anew.
"""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

SCHEMA_NAME = "chaintrace.schema.json"
_KINDS = ("git", "pypi", "directory")
_OF_GIT = ("revision", "branch", "tag", "fallback")


def schema_text() -> str:
    """Return the schema that comes with chaintrace."""
    return files("chaintrace").joinpath("sources", SCHEMA_NAME).read_text(encoding="utf-8")


def made_schema() -> dict[str, Any]:
    """Make the schema from the classes that the loader converts trace files to."""
    import msgspec

    from chaintrace.sources.spec import TraceTable

    (made,), components = msgspec.json.schema_components([TraceTable], ref_template="#/$defs/{name}")
    trace, source, link = (components[name] for name in ("TraceTable", "SourceSpec", "LinkSpec"))
    del trace["properties"]["default"]
    for table in (trace, source, link):
        for key in ("title", "default"):
            table.pop(key, None)
        for value in table["properties"].values():
            value.pop("default", None)  # an editor would write it
    _constrain(source)
    trace["properties"]["models"]["items"]["minLength"] = 1
    del made
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A trace file of chaintrace",
        **trace,
        "$defs": {"LinkSpec": link, "SourceSpec": source},
    }


def _constrain(source: dict[str, Any]) -> None:
    """Add what the classes do not say: which keys go together, and the form of some values."""
    properties = source["properties"]
    properties["name"]["pattern"] = r"^[^./\\:\u0000][^/\\:\u0000]*$"
    release = (
        r"^\s*(?:pypi:)?[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*==\s*[A-Za-z0-9][A-Za-z0-9.+!_-]*\s*$"
    )
    for key in ("pypi", "fallback"):
        properties[key]["pattern"] = release
    for key in (*_KINDS, *_OF_GIT, "subfolder"):
        properties[key]["minLength"] = 1
    for key in ("include", "exclude"):
        properties[key]["items"]["minLength"] = 1
    source["oneOf"] = [{"required": [kind]} for kind in _KINDS]
    source["dependentRequired"] = {key: ["git"] for key in _OF_GIT}
    pairs = [("revision", "branch"), ("revision", "tag"), ("branch", "tag")]
    source["not"] = {"anyOf": [{"required": list(pair)} for pair in pairs]}


def main() -> None:
    """Write the schema to the file that comes with chaintrace."""
    text = json.dumps(made_schema(), indent=2) + "\n"
    (Path(__file__).parent / SCHEMA_NAME).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
