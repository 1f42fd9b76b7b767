"""Parsing: bytes to text to a tree, or to a diagnostic that says why not."""

import codecs
import re

import libcst as cst

from chaintrace.frontend.depth import too_deep
from chaintrace.ir.diagnostics import Diagnostic

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$", re.ASCII)
_PLACE = re.compile(r"error at (\d+):(\d+)")
_LINE_BREAK = re.compile(rb"\r\n?|\n")


def parse(data: bytes) -> tuple[str, cst.Module | None, Diagnostic | None]:
    """Return the text of a file and its tree, or a diagnostic where there is none."""
    try:
        text = decode(data)
    except (UnicodeDecodeError, LookupError) as error:
        return "", None, Diagnostic("", _bad_line(data, error), "not-utf8", f"cannot be decoded: {error}")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return text, None, Diagnostic("", line, "syntax-error", "the source contains a null byte")
    if too_deep(text):
        return text, None, Diagnostic("", 0, "too-deep", "nested too deeply to be parsed")
    return parse_text(text)


def parse_text(text: str) -> tuple[str, cst.Module | None, Diagnostic | None]:
    """Return the tree of a decoded file."""
    try:
        return text, cst.parse_module(text), None
    except cst.ParserSyntaxError as error:
        found = _PLACE.search(error.message)
        near = f" near column {found[2]}" if found and int(found[1]) == error.raw_line else ""
        return text, None, Diagnostic("", error.raw_line, "syntax-error", f"invalid syntax{near}")
    except (cst.CSTValidationError, RecursionError, ValueError) as error:
        return text, None, Diagnostic("", 0, "syntax-error", str(error).partition("\n")[0])
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how the native parser reports its own defects
            raise
        return text, None, Diagnostic("", 0, "syntax-error", f"the parser gave up: {error}")


def decode(data: bytes) -> str:
    """Decode source bytes as Python does: by byte order mark, PEP 263 cookie, else UTF-8."""
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8")
    for line in _LINE_BREAK.split(data[:4000], maxsplit=2)[:2]:
        found = _COOKIE.match(line)
        if found:
            name = found[1].decode("ascii")
            if codecs.lookup(name)._is_text_encoding:  # noqa: SLF001 - `rot13` is none
                return data.decode(name)
            raise LookupError(f"{name} is no text encoding")
        if not _BLANK.match(line):
            break
    return data.decode("utf-8")


def _bad_line(data: bytes, error: Exception) -> int:
    if isinstance(error, UnicodeDecodeError):
        return data.count(b"\n", 0, error.start) + 1
    return 1
