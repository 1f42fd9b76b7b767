"""FileFacts: what one file says, as blocks of operations over registers.

A *register* is an integer local to its `Block`; every assignment to a local name makes a new one (static
single assignment: joins are `Copy` operations into a common register). -1 stands for no register. A *site* is
an index into `FileFacts.sites`. The operations themselves live in `chaintrace.ir.operations`.
"""

from enum import StrEnum

import msgspec

from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.ir.operations import Annotation, Operation


class Site(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Place an operation: lines from 1, columns in characters from 0, end exclusive.

    `guard` is an index into `FileFacts.guards`, -1 where the site runs whenever its block does.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    guard: int = -1


class Test(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """State a condition of a simple form.

    `form` is one of `equal` (`subject == value`, value a literal's source text), `none` (`subject is None`),
    `truth` (truth of `subject`), `isinstance` (`isinstance(subject, value)`), `contains`
    (`value in subject`), `member` (`subject in value`), `callable`, `main` (`__name__ == "__main__"`),
    `type-checking` or `other`. `subject` and `value` are normalised source text; negation is the guard's.
    """

    form: str
    subject: str = ""
    value: str = ""


class Learned(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Say what holds of a register where a guard does: `test` and `operands` as in `operations.Narrow`."""

    register: int
    test: str
    negated: bool
    operands: tuple[int, ...]


class Guard(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """State the condition under which a stretch of a block runs, below the condition `parent` (-1: none).

    Holds for the branches of `if`, `while`, `match`, `try`/`except`, ternaries, `and`/`or`, comprehension
    filters, and for what follows an `if` whose body always leaves (`return`, `raise`, `continue`, `break`).
    `changed` names the parameters in it that no longer hold what was passed for them.
    `learned` says the same of the register of a local name, where it is about one.
    """

    text: str
    negated: bool
    test: Test
    line: int
    parent: int = -1
    changed: tuple[str, ...] = ()
    learned: Learned | None = None


class BlockKind(StrEnum):
    """Say what a block is the body of."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    LAMBDA = "lambda"


class ParameterKind(StrEnum):
    """Say how a parameter is filled."""

    POSITIONAL_ONLY = "positional-only"
    POSITIONAL = "positional"
    VARIADIC = "variadic"  # *args
    KEYWORD_ONLY = "keyword-only"
    KEYWORDS = "keywords"  # **kwargs


class Parameter(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Declare one parameter; the n-th parameter arrives in register n of its block."""

    name: str
    kind: ParameterKind
    has_default: bool


class Field(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Declare an annotated name of a class body, in source order (the raw material of dataclasses).

    `value` is the register of the assigned value in the class block, -1 without one. The annotation's
    registers live in the class block.
    """

    name: str
    annotation: Annotation
    value: int
    site: int


class Region(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Mark operations (`start` included, `end` not) that do not run whenever the rest of their block does.

    A branch, the body of a `try`, `with`, loop or comprehension; `repeats` where they may run more than once
    or later. Regions nest.
    """

    start: int
    end: int
    repeats: bool


class Block(msgspec.Struct, array_like=True, gc=False):
    """Hold one code block: a module, class, function or lambda body.

    `name` is the qualified name inside the module as Python builds `__qualname__` (`C.m`, `f.<locals>.g`,
    `f.<locals>.<lambda>`), `<module>` for block 0. `parent` indexes the lexically enclosing block (-1 for
    block 0). Comprehensions have no block of their own: their operations belong to the enclosing one.
    `bindings` lists, in order of first binding, the names bound in a module or class body (globals, class
    attributes; also names that functions declare `global` and assign, in the module's list). `cells` lists a
    function's own names that inner blocks read or write.
    """

    name: str
    kind: BlockKind
    parent: int
    site: int
    parameters: list[Parameter]
    registers: int
    operations: list[Operation]
    bindings: list[str]
    cells: list[str]
    fields: list[Field]
    is_async: bool = False
    is_generator: bool = False
    regions: list[Region] = msgspec.field(default_factory=list)


class FileFacts(msgspec.Struct, array_like=True):
    """Hold the facts of one file.

    `blocks[0]` is the module body; a block precedes the blocks nested in it. `exports` is the literal value
    of `__all__`, None where there is none or it is not a literal (`__all__ += [...]` of literals is
    followed). Diagnostics carry an empty path.
    """

    blocks: list[Block]
    sites: list[Site]
    guards: list[Guard]
    exports: list[str] | None
    lines: int
    diagnostics: list[Diagnostic]
