"""Any bytes in, facts or a diagnostic out."""

import sysconfig
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaintrace.frontend import extract
from chaintrace.ir.facts import Block, FileFacts
from chaintrace.ir.operations import Annotation, Argument, Constant

STDLIB = Path(sysconfig.get_paths()["stdlib"])
PIECES = (
    b"def f(a, *b, c=1, **d): return a",
    b"class C(B): x: int = 1",
    b"for x in y:\n    if x: continue\n    break\nelse: z()",
    b"try: a()\nexcept E as e: raise e from b\nfinally: c",
    b"with a as (b, *c): pass",
    b"match a:\n    case [b, C(d=1)]: e",
    b"x = [a for b in c if (d := b)]",
    b"f'{a!r:{b}}'",
    b"lambda: (yield)",
    b"while a and not b or c: del d",
    b"global a",
    b"\\",
    b"\t",
    b"\x00",
    b"\xff",
    b"\r",
    b"(",
    b"    ",
    b"\n",
)


def registers(value: object) -> list[int]:
    """Return all registers in an argument or annotation."""
    if isinstance(value, Annotation):
        return [value.register, *(found for argument in value.arguments for found in registers(argument))]
    return [value.value] if isinstance(value, Argument) else []


def check_block(facts: FileFacts, index: int, block: Block) -> None:
    assert block.parent < index
    assert (block.parent == -1) == (index == 0)
    assert block.registers >= len(block.parameters)
    assert len(set(block.bindings)) == len(block.bindings)
    for operation in block.operations:
        for name, value in msgspec.structs.asdict(operation).items():
            if name == "site":
                assert -1 <= value < len(facts.sites), operation
            elif name in {"block", "owner"}:
                assert 0 <= value < len(facts.blocks), operation
            elif isinstance(value, int) and name not in {"star", "level", "first_spread", "guard"}:
                assert -1 <= value < block.registers or isinstance(value, bool), operation
            for register in registers(value):
                assert -1 <= register < block.registers, operation


def check(facts: FileFacts) -> None:
    """Check what later stages rely on, and that facts survive storage."""
    for index, block in enumerate(facts.blocks):
        check_block(facts, index, block)
    for site in facts.sites:
        assert (site.line, site.column) <= (site.end_line, site.end_column)
        assert 1 <= site.line <= max(facts.lines, 1)
        assert -1 <= site.guard < len(facts.guards)
    for index, guard in enumerate(facts.guards):
        assert guard.parent < index
        assert len(guard.text) <= 200
        assert "\n" not in guard.text
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts


def stdlib_files() -> list[Path]:
    """Return about sixty files, spread over the standard library."""
    files = sorted(path for path in STDLIB.glob("*.py") if path.stat().st_size < 60_000)
    return files[:: max(1, len(files) // 60)]


@pytest.mark.parametrize("path", stdlib_files(), ids=lambda path: path.name)
def test_standard_library(path: Path) -> None:
    facts = extract(path.read_bytes())
    assert facts.diagnostics == []
    check(facts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=6), st.sampled_from((b"\n", b"\r\n", b"\n    ", b" ")))
def test_pieces_of_code_in_any_order(pieces: list[bytes], glue: bytes) -> None:
    check(extract(glue.join(pieces)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damaged_files(data: st.DataObject) -> None:
    original = bytearray((STDLIB / "queue.py").read_bytes()[:3000])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(original) - 1))
        original[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    check(extract(bytes(original)))


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"x = 1\ndef f(:\n", "syntax-error", 2),
        (b"x = 1\ny = '\xff'\n", "not-utf8", 2),
        (b"# coding: no-such-charset\n", "not-utf8", 1),
        (b"# coding: rot13\n", "not-utf8", 1),
        (b"x = 1\n\x00\n", "syntax-error", 2),
        (b"(" * 5000 + b")" * 5000, "too-deep", 0),
        (b"f'{" * 3000, "too-deep", 0),
        (b"x = " + b"not " * 50_000 + b"y", "too-deep", 0),
        (b"print 'x'\n", "syntax-error", 1),
    ],
)
def test_unreadable_files_become_a_diagnostic(data: bytes, code: str, line: int) -> None:
    facts = extract(data)
    assert [(found.code, found.line) for found in facts.diagnostics] == [(code, line)]
    assert [(block.name, block.operations) for block in facts.blocks] == [("<module>", [])]
    check(facts)


@pytest.mark.parametrize(
    "data",
    [
        "x = 'é'\n".encode(),
        b"\xef\xbb\xbf" + "x = 'é'\n".encode(),
        "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
        "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = 'é'\n".encode("cp1252"),
        "# coding: utf-8\r\nx = 'é'\r\n".encode(),
    ],
)
def test_encodings(data: bytes) -> None:
    operations = extract(data).blocks[0].operations
    assert [op.value for op in operations if isinstance(op, Constant)] == ["é"]


def test_strings_full_of_brackets_are_no_nesting() -> None:
    facts = extract(b"x = '" + b"(" * 1000 + b"'  # " + b"[" * 1000 + b"\n")
    assert facts.diagnostics == []


def test_long_sums_are_read() -> None:
    facts = extract(b"x = " + b" + ".join([b"f()"] * 1000) + b"\n")
    assert facts.diagnostics == []
    assert len(facts.blocks[0].operations) > 2000


def test_exports() -> None:
    assert extract(b"x = 1\n").exports is None
    assert extract(b"__all__ = ['a', 'b']\n__all__ += ('c',)\n__all__.append('d')\n").exports == [*"abcd"]
    assert extract(b"__all__: list[str] = ['a'] + ['b']\n").exports == ["a", "b"]
    assert extract(b"__all__ = ['a'] + other.__all__\n").exports is None
