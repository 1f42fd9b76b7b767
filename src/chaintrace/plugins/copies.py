"""`copy` and `pickle`: the hooks that a class defines for its copies; a copy stands for what was copied.

Text and bytes into which something was packed (`json.dumps(x).encode()`) keep it until it is unpacked.
"""

from chaintrace.plugins.shapes import RESULT, future, packed
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Class, Instance, Object
from chaintrace.pointsto.variables import Variable

_REDUCERS = ("__reduce_ex__", "__reduce__")


def register(models: Models) -> None:
    """Register copies."""
    models.function("copy.copy")(_copy)
    models.function("pickle.dump", "pickle.dumps")(_save)
    models.function("pickle.loads")(_restore)
    models.function("builtins.str.encode", "builtins.bytes.decode")(_recode)


def _copy(call: Invocation) -> None:
    value = call.argument(0, "x")
    if value is not None:
        call.analysis.use(value, lambda obj: _copy_one(call, obj))


def _copy_one(call: Invocation, obj: Object) -> None:
    if _run(call, obj, ("__copy__",), call.call.result):
        return
    if not _reduce(call, obj):
        call.give(obj)


def _save(call: Invocation) -> None:
    value = call.argument(0, "obj")
    if value is not None:
        call.analysis.use(value, lambda obj: _save_one(call, obj))
        if call.path == "pickle.dumps":
            call.give(future(call, value, "builtins.bytes"))


def _recode(call: Invocation) -> None:
    """Give bytes for text or text for bytes, with what was packed into them."""
    is_text = call.path == "builtins.bytes.decode"
    receiver = call.receiver
    if isinstance(receiver, Instance) and RESULT in receiver.fields:
        call.give(future(call, call.slot(receiver, RESULT), "builtins.str" if is_text else "builtins.bytes"))
    elif is_text:
        call.give(call.analysis.text)


def _restore(call: Invocation) -> None:
    """Give what was packed into the bytes."""
    packed_in = call.argument(0, "data")
    if packed_in is not None:
        call.analysis.use(packed_in, lambda obj: _restore_from(call, obj))


def _restore_from(call: Invocation, obj: Object) -> None:
    if isinstance(obj, Instance):
        call.analysis.use(call.slot(obj, RESULT), lambda kept: _restore_one(call, kept))


def _restore_one(call: Invocation, kept: Object) -> None:
    _run(call, kept, ("__setstate__",), None)
    call.give(kept)


def _save_one(call: Invocation, obj: Object) -> None:
    _reduce(call, obj)


def _reduce(call: Invocation, obj: Object) -> bool:
    """Ask an object for (function, arguments), or its state; say whether the former makes the copy."""
    made = call.temporary(("reduced", obj))
    if _run(call, obj, _REDUCERS, made):
        if call.path == "copy.copy":
            function, arguments = call.temporary(("function", obj)), call.temporary(("arguments", obj))
            call.analysis.use(made, lambda pair: _take_apart(call, pair, function, arguments))
            call.run(function, packed(arguments, None), call.call.result)
        return True
    state = call.temporary(("state", obj))
    _run(call, obj, ("__getstate__",), state)
    if call.path == "copy.copy":
        _run(call, obj, ("__setstate__",), None, state)
    return False


def _take_apart(call: Invocation, pair: Object, function: Variable, arguments: Variable) -> None:
    if isinstance(pair, Instance):
        call.analysis.items.load_key(pair, "#0", function, call.reason)
        call.analysis.items.load_key(pair, "#1", arguments, call.reason)


def _run(
    call: Invocation, obj: Object, names: tuple[str, ...], result: Variable | None, *arguments: Variable
) -> bool:
    """Call the first of some methods that the object's class defines; say whether there is one."""
    if isinstance(obj, Instance) and isinstance(obj.cls, Class):
        for name in names:
            if call.analysis.lookups.defines(obj.cls, name):
                call.run_method(obj, name, Arguments.of(*arguments), result)
                return True
    return False
