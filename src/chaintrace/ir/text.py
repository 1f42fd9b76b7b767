"""Source text: decoding and lines, without a parser."""

import io
import re
import tokenize

_LINE_BREAK = re.compile(r"\r\n?|\n")


def lines_of(data: bytes) -> list[str]:
    """Return the lines of a source file, broken where Python breaks them; undecodable bytes are replaced."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding, errors="replace")
    except (SyntaxError, LookupError):
        text = data.decode("utf-8", errors="replace")
    return _LINE_BREAK.split(text)
