"""Print what the analysis is known to miss and to add, as the annotated fixtures say it: `docs/limits.md`.

Run as `python -m chaintrace.testing.limits tests/fixtures > docs/limits.md`.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from chaintrace.testing.expect import in_order
from chaintrace.testing.fixture import Fixture, read_fixture, without_comment

_TITLE = """# Known limits

Written by `make docs` from the fixtures whose annotations say `missing` (what really happens and the analysis
does not find) or `spurious` (what it finds and never happens). The tests fail when one of these closes, so
the list is current.
"""


def limits_page(directory: Path) -> str:
    """Return the page as Markdown, one section for each fixture below `directory` that has a limit."""
    sections = [_TITLE]
    for path in sorted(directory.rglob("*.py")):
        fixture = read_fixture(path)
        if lines := list(_limits(fixture)):
            about = ast.get_docstring(ast.parse(fixture.files["main.py"])) or path.stem
            name = path.relative_to(directory).as_posix()
            sections.append("\n".join([f"## {about.splitlines()[0]}", "", f"`{name}`", "", *lines, ""]))
    return "\n".join(sections)


def _limits(fixture: Fixture) -> Iterator[str]:
    for place in in_order(fixture, fixture.notes):
        note = fixture.notes[place]
        code = without_comment(fixture.files[place.path].splitlines()[place.line - 1]).strip()
        if note.missing:
            yield f"- `{code}` misses {', '.join(f'`{name}`' for name in sorted(note.missing))}"
        if note.spurious:
            yield f"- `{code}` adds {', '.join(f'`{name}`' for name in sorted(note.spurious))}"


if __name__ == "__main__":
    sys.stdout.write(limits_page(Path(sys.argv[1])))
