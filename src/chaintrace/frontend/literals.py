"""Literals: constants, the text that a string denotes, f-strings."""

import ast
from collections.abc import Sequence

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.ir.operations import Constant, Format

_Text = cst.FormattedStringText | cst.TemplatedStringText
_Part = cst.BaseFormattedStringContent | cst.BaseTemplatedStringContent
_String = cst.SimpleString | cst.FormattedString | cst.TemplatedString | cst.ConcatenatedString


def decode(body: str, quote: str, *, raw: bool) -> str:
    """Return the text that the inside of a string literal denotes."""
    if raw or "\\" not in body:
        return body
    try:
        value = ast.literal_eval(f"{quote}{body}{quote}")
    except (SyntaxError, ValueError):
        return body
    # A lone surrogate cannot be written to UTF-8, so it cannot be part of the facts.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else body


def simple_text(tree: cst.SimpleString) -> str | None:
    """Return the text of a string literal, None for bytes."""
    prefix = tree.prefix
    if "b" in prefix:
        return None
    quote = tree.quote
    body = tree.value[len(prefix) + len(quote) : -len(quote)]
    return decode(body, quote, raw="r" in prefix)


def constant_text(tree: cst.CSTNode) -> str | None:
    """Return the text of a string expression without replacement fields, else None."""
    if isinstance(tree, cst.SimpleString):
        return simple_text(tree)
    if isinstance(tree, cst.ConcatenatedString):
        left, right = constant_text(tree.left), constant_text(tree.right)
        return None if left is None or right is None else left + right
    return None


def simple_string(b: Builder, tree: cst.SimpleString) -> int:
    """Lower a string literal."""
    text = simple_text(tree)
    return b.constant("bytes") if text is None else b.constant("str", text)


def concatenated(b: Builder, tree: cst.ConcatenatedString) -> int:
    """Lower adjacent literals to one string."""
    text = constant_text(tree)
    if text is not None:
        return b.constant("str", text)
    if isinstance(tree.left, cst.SimpleString) and "b" in tree.left.prefix:
        return b.constant("bytes")
    return formatted(b, tree)


def formatted(b: Builder, tree: _String) -> int:
    """Lower an f-string: its values, and the constant text before the first and after the last of them."""
    pieces = _pieces(tree)
    fields = [i for i, piece in enumerate(pieces) if not isinstance(piece, str)]
    if not fields:
        return b.constant("str", "".join(piece for piece in pieces if isinstance(piece, str)))
    prefix = "".join(piece for piece in pieces[: fields[0]] if isinstance(piece, str))
    suffix = "".join(piece for piece in pieces[fields[-1] + 1 :] if isinstance(piece, str))
    values: list[tuple[int, str]] = []
    _values(b, [piece for piece in pieces if not isinstance(piece, str)], values)
    target = b.new()
    registers, conversions = zip(*values, strict=True)
    operation = Format(target, registers, prefix, suffix, "".join(conversions), b.whole(tree))
    b.operations.append(operation)
    return target


def _values(b: Builder, parts: Sequence[_Part], values: list[tuple[int, str]]) -> None:
    """Lower the values of replacement fields, those inside their format specifications too."""
    for part in parts:
        if isinstance(part, cst.FormattedStringExpression | cst.TemplatedStringExpression):
            shown = part.equal is not None and part.format_spec is None
            values.append((b.expression(part.expression), part.conversion or ("r" if shown else "f")))
            _values(b, part.format_spec or (), values)


def _pieces(
    tree: cst.CSTNode,
) -> list[str | cst.FormattedStringExpression | cst.TemplatedStringExpression]:
    """Return constant texts and replacement fields in order."""
    if isinstance(tree, cst.ConcatenatedString):
        return _pieces(tree.left) + _pieces(tree.right)
    if isinstance(tree, cst.SimpleString):
        return [simple_text(tree) or ""]
    pieces: list[str | cst.FormattedStringExpression | cst.TemplatedStringExpression] = []
    if not isinstance(tree, cst.FormattedString | cst.TemplatedString):
        return pieces
    raw = "r" in tree.start.lower()
    for part in tree.parts:
        if isinstance(part, _Text):
            text = part.value.replace("{{", "{").replace("}}", "}")
            pieces.append(decode(text, tree.end, raw=raw))
        elif isinstance(part, cst.FormattedStringExpression | cst.TemplatedStringExpression):
            pieces.append(part)
    return pieces


def integer_text(text: str) -> str:
    """Return the decimal text of an integer literal."""
    if text.isdecimal() and (text == "0" or text[0] != "0"):
        return text
    try:
        return str(int(text, 0))
    except ValueError:  # too many digits, or an old octal
        return text


def integer(b: Builder, tree: cst.Integer) -> int:
    """Lower an integer literal."""
    return b.constant("int", integer_text(tree.value))


def floating(b: Builder, _tree: cst.Float) -> int:
    """Lower a float literal."""
    return b.constant("float")


def imaginary(b: Builder, _tree: cst.Imaginary) -> int:
    """Lower an imaginary literal."""
    return b.constant("complex")


def ellipsis(b: Builder, _tree: cst.Ellipsis) -> int:
    """Lower `...`."""
    return b.constant("ellipsis")


_SINGLETONS = {"None": ("none", ""), "True": ("bool", "True"), "False": ("bool", "False")}


def name(b: Builder, tree: cst.Name) -> int:
    """Lower a name, or one of the constants spelled like names."""
    singleton = _SINGLETONS.get(tree.value)
    if singleton is None:
        return b.read(tree)
    target = b.new()
    b.operations.append(Constant(target, *singleton))
    return target
