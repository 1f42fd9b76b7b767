"""Contexts: which calls of one function are analysed apart.

Selective sensitivity, decided from the function's own code so that no other file can change it:
- methods are analysed per receiver object (Milanova, Rountev and Ryder, "Parameterized object sensitivity",
  2005), long ones per receiver class;
- class methods per class;
- short functions that return something they were given or made (factories, decorators, pass-through helpers)
  per call site, those that make an object and set it up by the written call at least; decorators past the
  bound of call sites too;
- everything else once.

What a function allocates is told apart by the same context, at most two sites deep, which keeps the number
finite. Past a number of contexts of one function, further receivers share one context a class, further
classes and call sites one altogether. So do all receivers and call sites that come after `settled` is set:
the functions that nothing in the program calls are not worth the cost.
"""

from chaintrace.ir.facts import BlockKind
from chaintrace.ir.operations import Call, Constant, Return, Yield
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import Class, External, Function, Instance, Object
from chaintrace.project.modules import Code, once_per_code

OBJECT_LIMIT = 400  # operations of a method that is still analysed per receiver object
CLONE_LIMIT = 60  # operations of a function that is still analysed per call site
FACTORY_LIMIT = 120  # the same for one that makes something, sets it up by its methods and returns it
MOST_RECEIVERS = 12
MOST_CLASSES = 12
MOST_CALL_SITES = 24
MOST_DECORATED = 200  # definitions for which one decorator is analysed apart: what it gives is called by name

Context = tuple[object, tuple[object, ...]]


class Contexts:
    """Choose contexts, and count them by function."""

    def __init__(self) -> None:
        self._receivers: dict[Code, dict[object, None]] = {}
        self._classes: dict[Code, dict[object, None]] = {}
        self._places: dict[Code, dict[object, None]] = {}
        self._call_sites: dict[Code, dict[object, None]] = {}
        self._decorated: dict[Code, dict[object, None]] = {}
        self._descriptors: dict[Code, dict[object, None]] = {}
        self.settled = False

    def choose(
        self,
        function: Function,
        receiver: Object | None,
        caller: Activation,
        site: int,
        *,
        decorates: bool = False,
    ) -> Context:
        """Return the context and the heap context in which a call runs `function`."""
        code = function.code
        if isinstance(receiver, Instance):
            short = len(code.block.operations) <= OBJECT_LIMIT and receiver.site is not None
            if short and self._admit(self._receivers, code, receiver, MOST_RECEIVERS):
                return receiver, (receiver.origin,)
            tells = len(code.block.operations) <= CLONE_LIMIT and receiver.is_descriptor
            if tells and self._admit(self._descriptors, code, receiver, MOST_DECORATED, late=True):
                return receiver, (receiver.origin,)
            return self.by_class(function, receiver.cls)
        if isinstance(receiver, Class):
            return self.by_class(function, receiver)
        if is_clonable(code) and caller.code is not code:
            heap = ((caller.code, site), *caller.heap[:1])
            if decorates and self._admit(self._decorated, code, heap, MOST_DECORATED, late=True):
                return heap, heap
            if self._admit(self._call_sites, code, heap, MOST_CALL_SITES):
                return heap, heap
            place = heap[:1]
            if sets_up(code) and self._admit(self._places, code, place, MOST_CALL_SITES, late=True):
                return place, place
        return None, inherited_heap(function)

    def by_class(self, function: Function, cls: Class | External) -> Context:
        """Return the context of a receiver class, while few of them run the function."""
        if self._admit(self._classes, function.code, cls, MOST_CLASSES, late=True):
            return cls, (cls,)
        return None, inherited_heap(function)

    def _admit(
        self,
        counts: dict[Code, dict[object, None]],
        code: Code,
        context: object,
        most: int,
        *,
        late: bool = False,
    ) -> bool:
        known = counts.setdefault(code, {})
        if context in known:
            return True
        if (self.settled and not late) or len(known) >= most:
            return False
        known[context] = None
        return True


def inherited_heap(function: Function) -> tuple[object, ...]:
    """Return the heap context that a function without one of its own takes from the function around it."""
    return function.env.heap if function.env.code.block.kind in (BlockKind.FUNCTION, BlockKind.LAMBDA) else ()


@once_per_code
def is_clonable(code: Code) -> bool:
    """Say whether a function is short and hands something back."""
    block = code.block
    if len(block.operations) > (FACTORY_LIMIT if sets_up(code) else CLONE_LIMIT):
        return False
    literal = {op.target for op in block.operations if isinstance(op, Constant)}
    return any(
        isinstance(op, Return | Yield) and op.source >= 0 and op.source not in literal
        for op in block.operations
    )


@once_per_code
def sets_up(code: Code) -> bool:
    """Say whether a function returns what one of its calls made, after calling methods of that."""
    returned = {
        code.aliases.get(op.source, op.source) for op in code.block.operations if isinstance(op, Return)
    }
    made = {at for at in returned if isinstance(code.definitions.get(at), Call)}
    called = {op.function for op in code.block.operations if isinstance(op, Call)}
    return any(
        code.aliases.get(load.base, load.base) in made and target in called
        for target, load in code.loads.items()
    )
