"""Members: the attributes that instances of the builtin classes have.

A fixed table, not a look at the running interpreter: results do not depend on which one runs the analysis.
Dunder methods are left out; operators reach those by other ways.
"""

_TABLE = {
    "object": "",
    "list": "append clear copy count extend index insert pop remove reverse sort",
    "tuple": "count index",
    "set": (
        "add clear copy difference difference_update discard intersection intersection_update isdisjoint "
        "issubset issuperset pop remove symmetric_difference symmetric_difference_update union update"
    ),
    "frozenset": "copy difference intersection isdisjoint issubset issuperset symmetric_difference union",
    "dict": "clear copy fromkeys get items keys pop popitem setdefault update values",
    "str": (
        "capitalize casefold center count encode endswith expandtabs find format format_map index "
        "isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace "
        "istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind "
        "rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate "
        "upper zfill"
    ),
    "bytes": (
        "capitalize center count decode endswith expandtabs find fromhex hex index isalnum isalpha isascii "
        "isdigit islower isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix "
        "removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip "
        "swapcase title translate upper zfill"
    ),
    "bytearray": (
        "append capitalize center clear copy count decode endswith expandtabs extend find fromhex hex index "
        "insert isalnum isalpha isascii isdigit islower isspace istitle isupper join ljust lower lstrip "
        "maketrans partition pop remove removeprefix removesuffix replace reverse rfind rindex rjust "
        "rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill"
    ),
    "int": (
        "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real to_bytes"
    ),
    "float": "as_integer_ratio conjugate fromhex hex imag is_integer real",
    "complex": "conjugate imag real",
    "bool": (
        "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real to_bytes"
    ),
    "slice": "indices start step stop",
    "range": "count index start step stop",
    "memoryview": (
        "c_contiguous cast contiguous f_contiguous format hex itemsize nbytes ndim obj readonly release "
        "shape strides suboffsets tobytes tolist toreadonly"
    ),
    "type": "mro",
    "property": "deleter fdel fget fset getter setter",
    "generator": "close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw",
    "coroutine": "close cr_await cr_code cr_frame cr_origin cr_running cr_suspended send throw",
    "async_generator": "aclose ag_await ag_code ag_frame ag_running asend athrow",
}

MEMBERS = {f"builtins.{name}": frozenset(members.split()) for name, members in _TABLE.items()}


def has_member(cls: str, name: str) -> bool:
    """Say whether instances of the builtin class of a path may have an attribute; unknown classes may."""
    known = MEMBERS.get(cls)
    return known is None or name in known or name.startswith("__")
