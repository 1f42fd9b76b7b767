"""Contexts: which calls of one function are analysed apart.

Selective sensitivity, decided from the function's own code so that no other file can change it:
- methods are analysed per receiver object (Milanova, Rountev and Ryder, "Parameterized object sensitivity", 2005), long
  ones per receiver class;
- class methods per class;
- short functions that return something they were given or made (factories, decorators, pass-through helpers) per
  call site;
- everything else once.
What a function allocates is told apart by the same context, at most two sites deep, which keeps the number finite.
"""

from functools import lru_cache

from chaintrace.ir.facts import BlockKind
from chaintrace.ir.operations import Constant, Return, Yield
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import Class, Function, Instance, Object
from chaintrace.project.modules import Code

OBJECT_LIMIT = 400
CLONE_LIMIT = 60


def choose(
    function: Function, receiver: Object | None, caller: Activation, site: int
) -> tuple[object, tuple[object, ...]]:
    """Return the context and the heap context in which a call runs `function`."""
    if isinstance(receiver, Instance):
        if len(function.code.block.operations) <= OBJECT_LIMIT and receiver.site is not None:
            return receiver, (receiver.origin,)
        return receiver.cls, (receiver.cls,)
    if isinstance(receiver, Class):
        return receiver, (receiver,)
    if is_clonable(function.code) and caller.code is not function.code:
        heap = ((caller.code, site), *caller.heap[:1])
        return heap, heap
    return None, inherited_heap(function)


def inherited_heap(function: Function) -> tuple[object, ...]:
    """Return the heap context that a function without one of its own takes from the function around it."""
    return function.env.heap if function.env.code.block.kind in (BlockKind.FUNCTION, BlockKind.LAMBDA) else ()


@lru_cache(maxsize=None)
def is_clonable(code: Code) -> bool:
    """Say whether a function is short and hands something back."""
    block = code.block
    if len(block.operations) > CLONE_LIMIT:
        return False
    literal = {op.target for op in block.operations if isinstance(op, Constant)}
    return any(
        isinstance(op, Return | Yield) and op.source >= 0 and op.source not in literal for op in block.operations
    )
