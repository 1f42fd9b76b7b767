"""What a file is made of, in the order in which it is written."""

from enum import StrEnum
from typing import NamedTuple


class ItemKind(StrEnum):
    """Say what an item of an outline is."""

    CLASS = "class"
    FUNCTION = "function"
    LOOP = "loop"
    MAIN = "main"  # what runs only where the file is run as a script


class Item(NamedTuple):
    """Name one part of a file: where it starts and ends, how deep it is nested, and how it begins.

    `name` is the qualified name inside the module as Python builds `__qualname__`; that of a loop is the name
    of the definition it stands in, "" at the top of the file. `text` is its head without the colon, on one
    line.
    """

    kind: ItemKind
    name: str
    line: int
    end_line: int
    depth: int
    text: str
