"""Letters: what a message may be, literals included, and which conditions of its receiver that meets.

Points-to sets have no None and no numbers, so these stand beside what they hold: `queue.put(None)` puts a
literal, and its receiver does not go on past `if job is None: break` with it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chaintrace.graph.doubts import BEFORE
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.narrowing import REGISTERED, accepts
from chaintrace.pointsto.objects import Class, External, Function, Instance, Object, Opaque, String
from chaintrace.pointsto.truths import is_single, may_be_same, truth_of
from chaintrace.project.modules import Code, Module, once_per_code

if TYPE_CHECKING:
    from chaintrace.ir.facts import Learned
    from chaintrace.pointsto.analysis import Analysis

_FALSE = ("None", "False", "0")
_MOST = 40  # literals of one program that are told apart
_DEEPEST = 4  # imports through which a name is followed


class Literal(Object):
    """Be a literal that is no object of the analysis otherwise: None, a number, a boolean."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def describe(self) -> str:
        """Return its source text."""
        return self.text


class Sentinel(Literal):
    """Be what `STOP = object()` makes in the body of a module."""

    __slots__ = ()


SOME = Literal("some literal")
"""What may be any literal."""
UNKNOWN = Literal("an unknown value")
"""What may be anything."""
EARLIER = Literal(BEFORE)
"""What no message is: needed where code runs before a message is received."""


class Letters:
    """Number the literals of a program, and say which conditions objects and literals meet."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._literals: dict[object, Literal] = {}
        self._is_closed = False
        for text in ("None", "True", "False"):
            self._literals[text] = Literal(text)

    @property
    def literals(self) -> tuple[Literal, ...]:
        """Return the literals known so far, and what stands for all others."""
        return (*self._literals.values(), SOME, UNKNOWN)

    def close(self) -> None:
        """Let all literals that are not known yet be the same."""
        self._is_closed = True

    def literal(self, op: ops.Constant) -> Literal:
        """Return the literal that an operation makes; past a number of them all are the same."""
        text = "None" if op.kind == "none" else op.value or op.kind
        return self._known(text, Literal, text)

    def _known(self, key: object, kind: type[Literal], text: str) -> Literal:
        found = self._literals.get(key)
        if found is None:
            if self._is_closed or len(self._literals) >= _MOST:
                return SOME
            found = self._literals[key] = kind(text)
        return found

    def of_global(self, module: Module, name: str, depth: int = 0) -> Literal | None:
        """Return the literal or sentinel that a name of a module is bound to, once, by its body."""
        code = module.codes[0]
        register = _bound(code, name) if name not in self.analysis.updates.stored else -1
        made = code.definitions.get(code.aliases.get(register, register))
        if isinstance(made, ops.ImportFrom):
            program = self.analysis.program
            other = program.modules.get(program.absolute(module, made.module, made.level))
            is_known = other is not None and other is not module and depth < _DEEPEST
            return self.of_global(other, made.name, depth + 1) if other is not None and is_known else None
        if isinstance(made, ops.Constant) and made.kind != "str":
            return self.literal(made)
        if isinstance(made, ops.Call):
            named = code.definitions.get(made.function)
            if isinstance(named, ops.LoadBuiltin) and named.name == "object":
                return self._known((module, made.site), Sentinel, name)
        return None

    # Conditions

    def passes(self, obj: Object, learned: "Learned", activation: Activation) -> bool:
        """Say whether an object or literal may meet a condition."""
        if obj is UNKNOWN or isinstance(obj, Opaque):
            return True
        match learned.test:
            case "none":
                known = obj is self._literals["None"] if obj is not SOME else None
            case "truth":
                known = _truth(obj) if isinstance(obj, Literal) else truth_of(self.analysis, obj)
            case "isinstance" | "exact":
                known = self._is_instance(obj, activation, learned)
            case "equal":
                known = self._is_equal(obj, activation, learned.operands[0])
            case "identical":
                known = self._is_identical(obj, activation, learned.operands[0])
            case _:
                known = None
        return known is None or known is not learned.negated

    def _is_identical(self, obj: Object, activation: Activation, operand: int) -> bool | None:
        code = activation.code
        made = code.definitions.get(code.aliases.get(operand, operand))
        other: Object | None = None
        if isinstance(made, ops.LoadGlobal):
            other = self.of_global(code.module, made.name)
        elif isinstance(made, ops.Constant) and made.kind != "str":
            other = self.literal(made)
        if obj is SOME:
            return None if other is not None or not activation.register(operand).points_to else False
        if other is not None:
            return obj is other
        held = list(activation.register(operand).points_to)
        if len(held) != 1 or not is_single(held[0]):
            return None
        if obj is held[0]:
            return True
        return None if may_be_same(obj, held[0]) else False

    def _is_instance(self, obj: Object, activation: Activation, learned: "Learned") -> bool | None:
        tested = list(self._flat(activation, learned.operands[0]))
        if not tested or None in tested:
            return None
        if isinstance(obj, Literal):
            own = [cls for cls in tested if isinstance(cls, Class)]
            if any(accepts(self.analysis, obj, cls) is None for cls in own):
                return None
            return False if len(own) == len(tested) or obj is self._literals["None"] else None
        answers = [accepts(self.analysis, obj, cls) for cls in tested if cls is not None]
        if learned.test == "exact":
            answers = [isinstance(obj, Instance) and obj.cls is cls for cls in tested]
        if True in answers:
            return True
        registered = [cls.fields.get(REGISTERED) for cls in tested if cls is not None]
        return (
            None if None in answers or any(one is not None and one.points_to for one in registered) else False
        )

    def _flat(self, activation: Activation, register: int) -> Iterator[Object | None]:
        """Yield the classes that a test names, in a tuple or not; None where there may be others."""
        held = activation.register(register).points_to
        if not held:
            yield None
        for obj in held:
            elements = obj.fields.get("[*]") if isinstance(obj, Instance) else None
            if isinstance(obj, Class) or (isinstance(obj, External) and not isinstance(obj, Opaque)):
                yield obj
            elif elements is not None and all(
                isinstance(one, Class | External) for one in elements.points_to
            ):
                yield from elements.points_to
            else:
                yield None

    def _is_equal(self, obj: Object, activation: Activation, operand: int) -> bool | None:
        constant = activation.code.constants.get(operand)
        if constant is None or obj is SOME:
            return None
        if constant.startswith("'") and isinstance(obj, String):
            return None if obj.open_end else obj.value == constant[1:]
        if isinstance(obj, Literal):
            return False if obj is self._literals["None"] or isinstance(obj, Sentinel) else None
        return False if self._is_own_kind(obj) else None

    def _is_own_kind(self, obj: Object) -> bool:
        """Say whether an object equals nothing but itself."""
        if isinstance(obj, Instance) and isinstance(obj.cls, Class):
            foreign = [
                one for one in obj.cls.mro if isinstance(one, External) and one.path != "builtins.object"
            ]
            return not foreign and not self.analysis.lookups.defines(obj.cls, "__eq__")
        return isinstance(obj, Function) or (isinstance(obj, Class) and not obj.metaclasses)


def _truth(literal: Literal) -> bool | None:
    """Return the truth of a literal, None where its value is not kept."""
    is_plain = literal.text in ("None", "True", "False") or literal.text.isdigit()
    return literal.text not in _FALSE if is_plain or isinstance(literal, Sentinel) else None


def _bound(code: Code, name: str) -> int:
    """Return the register that a global name is bound to by the body of a module alone, once; -1 for none."""
    return _all_bound(code).get(name, -1)


@once_per_code
def _all_bound(code: Code) -> dict[str, int]:
    stores: dict[str, list[tuple[Code, int]]] = {}
    for inner in code.module.codes:
        for op in inner.block.operations:
            if isinstance(op, ops.StoreGlobal):
                stores.setdefault(op.name, []).append((inner, op.source))
    return {name: found[0][1] for name, found in stores.items() if len(found) == 1 and found[0][0] is code}
