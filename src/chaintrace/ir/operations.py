"""The operations of a block: the small vocabulary into which the front end turns all of Python.

Registers are integers (-1: none), `site` indexes `FileFacts.sites`. Operations stand in source order, but the
solver treats a block's list as a set: order is already expressed by register versions. Every implicit call
that Python may make is visible as an operation here (`Load` may run a property, `Binary` a dunder, `Iterate`
an `__iter__`).
"""

import msgspec


class Annotation(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Hold a declared annotation.

    `form` is `name` (the class or alias in `register`), `subscript` (`register[arguments]`), `union`
    (`A | B`, arguments only), `list` (a bracketed list of arguments, as in `Callable[[A], B]`), `literal`
    (string contents of `Literal[...]` are not annotations), `plain` (`None` or a number, which lead nowhere
    that a chain could go), or `unknown`. Strings are parsed; names are read unversioned, so forward
    references work. Registers belong to the block in which the annotation stands.
    """

    form: str
    register: int = -1
    arguments: tuple["Annotation", ...] = ()


class Argument(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Pass one argument. `kind` is `` (positional), `=` (keyword `name`), `*` or `**`."""

    kind: str
    name: str
    value: int


class _Op(msgspec.Struct, array_like=True, frozen=True, gc=False, tag_field="op"):
    """Share the options of all operations."""


class Constant(_Op, array_like=True, frozen=True, gc=False, tag="const"):
    """`target = literal`.

    `kind` is str, bytes, int, float, complex, bool, none or ellipsis; `value` the str's text, or the decimal
    text of an int.
    """

    target: int
    kind: str
    value: str


class Copy(_Op, array_like=True, frozen=True, gc=False, tag="copy"):
    """`target = source`: assignment, join of two versions, value of a ternary or of `and`/`or`.

    `guard` is an index into `FileFacts.guards` where the copy stands for a branch, else -1.
    """

    target: int
    source: int
    guard: int = -1


class Narrow(_Op, array_like=True, frozen=True, gc=False, tag="narrow"):
    """`target = source`, restricted to what passes (or, `negated`, fails) a test.

    `test` is `isinstance` or `issubclass` (operands: the class or tuple), `exact` (`type(x) is C`, operands:
    C), `none` (`x is None`), `identical` (`x is y`, operands: the other side), `truth`, `callable`, `equal`
    (operands: the other side), `member` (`x in c`, operands: c), `hasattr` (operands: the name), or `length`.
    """

    target: int
    source: int
    test: str
    negated: bool
    operands: tuple[int, ...]


class Build(_Op, array_like=True, frozen=True, gc=False, tag="build"):
    """`target = [a, b]`, a tuple, set, dict or generator expression.

    `kind` is list, tuple, set, dict, generator or slice. `items` are (key register, value register) with key
    -1 outside dicts; comprehensions and generator expressions have their element as the only item and
    `comprehension` set; a slice has its start, stop and step, -1 where one is left out. `spreads` are
    registers unpacked by `*` or `**`; `first_spread` counts the items that stand before the first of them.
    """

    target: int
    kind: str
    items: tuple[tuple[int, int], ...]
    spreads: tuple[int, ...]
    first_spread: int
    comprehension: bool
    site: int


class Format(_Op, array_like=True, frozen=True, gc=False, tag="format"):
    """`target = f"{prefix}{value}…"`: `values` run `__format__`; `prefix` is the constant beginning.

    `conversions` has a letter for each value: `r`, `s` and `a` as written (`{x!r}`), else `f`.
    """

    target: int
    values: tuple[int, ...]
    prefix: str
    suffix: str
    conversions: str
    site: int


class Load(_Op, array_like=True, frozen=True, gc=False, tag="load"):
    """`target = base.name`."""

    target: int
    base: int
    name: str
    site: int


class Store(_Op, array_like=True, frozen=True, gc=False, tag="store"):
    """`base.name = source`."""

    base: int
    name: str
    source: int
    site: int


class Delete(_Op, array_like=True, frozen=True, gc=False, tag="delete"):
    """`del base.name`."""

    base: int
    name: str
    site: int


class LoadItem(_Op, array_like=True, frozen=True, gc=False, tag="load-item"):
    """`target = base[key]`.

    A constant string or decimal int key also stands in `constant` (`'x` or `#3`, else ``).
    """

    target: int
    base: int
    key: int
    constant: str
    site: int


class StoreItem(_Op, array_like=True, frozen=True, gc=False, tag="store-item"):
    """`base[key] = source`."""

    base: int
    key: int
    constant: str
    source: int
    site: int


class DeleteItem(_Op, array_like=True, frozen=True, gc=False, tag="delete-item"):
    """`del base[key]`."""

    base: int
    key: int
    constant: str
    site: int


class Unpack(_Op, array_like=True, frozen=True, gc=False, tag="unpack"):
    """`a, *b, c = source`: `targets` in order, the starred one at index `star` (-1: none)."""

    source: int
    targets: tuple[int, ...]
    star: int
    site: int


class Iterate(_Op, array_like=True, frozen=True, gc=False, tag="iterate"):
    """`target` takes each element of `source` (`for`, comprehensions; `is_async` for `async for`)."""

    target: int
    source: int
    is_async: bool
    site: int


class Call(_Op, array_like=True, frozen=True, gc=False, tag="call"):
    """`target = function(arguments)`. `role` is `` for a written call, `decorator`, or `class-keyword`."""

    target: int
    function: int
    arguments: tuple[Argument, ...]
    role: str
    site: int


class Unary(_Op, array_like=True, frozen=True, gc=False, tag="unary"):
    """`target = -x` and the like: `name` is the dunder method (`__neg__`, `__invert__`, `__pos__`)."""

    target: int
    name: str
    operand: int
    site: int


class Binary(_Op, array_like=True, frozen=True, gc=False, tag="binary"):
    """`target = left + right`, comparisons and `in` included.

    `name` is the left operand's dunder (`__add__`, `__lt__`, `__contains__` with the container as left),
    `reflected` the right operand's (`__radd__`, `__gt__`, `` for none), `in_place` the in-place dunder tried
    first, or ``.
    """

    target: int
    name: str
    reflected: str
    in_place: str
    left: int
    right: int
    site: int


class Truth(_Op, array_like=True, frozen=True, gc=False, tag="truth"):
    """The truth of `source` is asked (`if x`, `not x`, `x and y`): `__bool__`, else `__len__`."""

    source: int
    site: int


class Enter(_Op, array_like=True, frozen=True, gc=False, tag="enter"):
    """`with source as target`: `__enter__`, or `__aenter__` when `is_async`."""

    target: int
    source: int
    is_async: bool
    site: int


class Exit(_Op, array_like=True, frozen=True, gc=False, tag="exit"):
    """The end of `with source`: `__exit__` or `__aexit__`."""

    source: int
    is_async: bool
    site: int


class Return(_Op, array_like=True, frozen=True, gc=False, tag="return"):
    """`return source` (a lambda's body too)."""

    source: int
    site: int


class Yield(_Op, array_like=True, frozen=True, gc=False, tag="yield"):
    """`target = yield source`."""

    target: int
    source: int
    site: int


class YieldFrom(_Op, array_like=True, frozen=True, gc=False, tag="yield-from"):
    """`target = yield from source`."""

    target: int
    source: int
    site: int


class Await(_Op, array_like=True, frozen=True, gc=False, tag="await"):
    """`target = await source`."""

    target: int
    source: int
    site: int


class Raise(_Op, array_like=True, frozen=True, gc=False, tag="raise"):
    """`raise source from cause`: a class is instantiated."""

    source: int
    cause: int
    site: int


class Catch(_Op, array_like=True, frozen=True, gc=False, tag="catch"):
    """`except source as target`: `target` holds what was caught; `source` is a class or a tuple of them."""

    target: int
    source: int
    site: int


class LoadGlobal(_Op, array_like=True, frozen=True, gc=False, tag="load-global"):
    """`target = name`, looked up at run time in the module, then the builtins: any version may be seen."""

    target: int
    name: str
    site: int


class StoreGlobal(_Op, array_like=True, frozen=True, gc=False, tag="store-global"):
    """The module's global `name` takes `source`: each module-level binding, and `global` in functions."""

    name: str
    source: int
    site: int


class LoadBuiltin(_Op, array_like=True, frozen=True, gc=False, tag="load-builtin"):
    """`target = name` where the file binds no such name and imports no star: a builtin."""

    target: int
    name: str
    site: int


class LoadCell(_Op, array_like=True, frozen=True, gc=False, tag="load-cell"):
    """`target = name` of the enclosing function block `owner`."""

    target: int
    owner: int
    name: str
    site: int


class StoreCell(_Op, array_like=True, frozen=True, gc=False, tag="store-cell"):
    """The variable `name` of function block `owner`, which inner blocks see, takes `source`."""

    owner: int
    name: str
    source: int
    site: int


class StoreMember(_Op, array_like=True, frozen=True, gc=False, tag="store-member"):
    """In a class body: the class attribute `name` takes `source`."""

    name: str
    source: int
    site: int


class LoadMember(_Op, array_like=True, frozen=True, gc=False, tag="load-member"):
    """In a class body: read the class attribute `name` bound by it, where the version is not known."""

    target: int
    name: str
    site: int


class Declare(_Op, array_like=True, frozen=True, gc=False, tag="declare"):
    """`x: annotation`: `target` is declared to hold instances of it."""

    target: int
    annotation: Annotation
    site: int


class DeclareMember(_Op, array_like=True, frozen=True, gc=False, tag="declare-member"):
    """`base.name: annotation`."""

    base: int
    name: str
    annotation: Annotation
    site: int


class MakeFunction(_Op, array_like=True, frozen=True, gc=False, tag="function"):
    """`target` = the function of `block`, before decorators (those are `Call`s with role `decorator`).

    `defaults` are (parameter name, register); `annotations` (parameter name or `return`, annotation),
    registers of the enclosing block.
    """

    target: int
    block: int
    defaults: tuple[tuple[str, int], ...]
    annotations: tuple[tuple[str, Annotation], ...]
    site: int


class MakeClass(_Op, array_like=True, frozen=True, gc=False, tag="class"):
    """`target` = the class of `block`, before decorators.

    Subscripted bases (`Base[T]`) are lowered to a `LoadItem` as any expression; `starred` bases are unpacked;
    `keywords` are (name, register), `metaclass` among them.
    """

    target: int
    block: int
    bases: tuple[int, ...]
    starred: tuple[int, ...]
    keywords: tuple[tuple[str, int], ...]
    site: int


class Import(_Op, array_like=True, frozen=True, gc=False, tag="import"):
    """`import module` binds the top package, `import module as x` (`whole`) the module itself."""

    target: int
    module: str
    whole: bool
    site: int


class ImportFrom(_Op, array_like=True, frozen=True, gc=False, tag="import-from"):
    """`from module import name`; `level` counts the leading dots."""

    target: int
    module: str
    level: int
    name: str
    site: int


class ImportStar(_Op, array_like=True, frozen=True, gc=False, tag="import-star"):
    """`from module import *`."""

    module: str
    level: int
    site: int


Operation = (
    Constant
    | Copy
    | Narrow
    | Build
    | Format
    | Load
    | Store
    | Delete
    | LoadItem
    | StoreItem
    | DeleteItem
    | Unpack
    | Iterate
    | Call
    | Unary
    | Binary
    | Truth
    | Enter
    | Exit
    | Return
    | Yield
    | YieldFrom
    | Await
    | Raise
    | Catch
    | LoadGlobal
    | StoreGlobal
    | LoadBuiltin
    | LoadCell
    | StoreCell
    | StoreMember
    | LoadMember
    | Declare
    | DeclareMember
    | MakeFunction
    | MakeClass
    | Import
    | ImportFrom
    | ImportStar
)
