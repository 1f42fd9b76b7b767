"""Tested inputs: what a parameter must hold for the conditions of a site to be met.

    def handle(message):
        if isinstance(message, Ping):
            self.answer()  # not for handle(Load())

Only parameters that still hold what was passed count. What is not told apart (None, numbers, what comes out
of a field or a call) may meet a condition unless its form excludes that for certain.
"""

import ast
from functools import partial
from typing import TYPE_CHECKING

from chaintrace.graph.replay import LITERAL, MORE, UNTOLD
from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.failing import tests_of
from chaintrace.pointsto.fixed import literal_of
from chaintrace.pointsto.narrowing import REGISTERED, passes_test
from chaintrace.pointsto.objects import BoundMethod, Class, External, Function, Instance, Object, String
from chaintrace.pointsto.origins import is_input
from chaintrace.pointsto.receivers import writers
from chaintrace.pointsto.truths import truth_of
from chaintrace.pointsto.variables import Variable
from chaintrace.project.modules import Code, once_per_code
from chaintrace.project.verdicts import holds

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

Wanted = tuple[Variable, tuple[Object | int, ...]]
"""An input with the objects that meet a condition, `LITERAL` and `UNTOLD` among them."""

_NAMES = (ops.LoadGlobal, ops.LoadBuiltin, ops.LoadCell)
_DEEPEST = 8
_NONE: frozenset[int] = frozenset()
_LITERAL = frozenset((LITERAL,))
_ASKED = ("__bool__", "__len__")
_PLAIN = ("builtins.", "typing.", "abc.")  # modules whose classes make instances of their subclasses


class Tested:
    """Tell what inputs must hold, each condition once."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._known: dict[tuple[int, int], tuple[Wanted, ...]] = {}

    def of(self, activation: Activation, site: int) -> tuple[Wanted, ...]:
        """Return what the inputs of an activation must hold where a site runs."""
        code = activation.code
        if site < 0 or not code.block.parameters:
            return ()
        found: list[Wanted] = []
        guards = code.module.facts.guards
        at = code.module.facts.sites[site].guard
        tests = tests_of(code) if at >= 0 else {}
        while at >= 0:
            if at in tests:
                found += self._at(activation, at)
            at = guards[at].parent
        return tuple(found)

    def _at(self, activation: Activation, guard: int) -> tuple[Wanted, ...]:
        key = activation.number, guard
        if key not in self._known:
            self._known[key] = tuple(self._wanted(activation, guard))
        return self._known[key]

    def _wanted(self, activation: Activation, guard: int) -> list[Wanted]:
        """Return, for each input that a condition tests, what it must hold, where that excludes something."""
        code = activation.code
        tree, names = tests_of(code)[guard]
        fails = code.module.facts.guards[guard].negated
        found: list[Wanted] = []
        for register, parameter in enumerate(code.block.parameters):
            source = activation.register(register)
            is_own = register == 0 and code.owner_class is not None
            if parameter.name not in names or is_own or not _is_passed(activation, register, source):
                continue
            meets = partial(self._holds, tree, activation, parameter.name)
            wanted: list[Object | int] = [obj for obj in source.points_to if meets(obj) is not fails]
            more = [one for one in (LITERAL, UNTOLD) if meets(one) is not fails]
            if len(wanted) < len(source.points_to) or not (source.points_to or more):
                found.append((source, (*wanted, *more)))
        return found

    def _holds(self, tree: ast.expr, activation: Activation, name: str, obj: Object | int) -> bool | None:
        """Say whether a condition holds where a name holds an object, `LITERAL` or `UNTOLD`."""
        is_known = isinstance(obj, String) and not obj.open_end and not obj.ending
        known = {name: obj.value} if is_known and isinstance(obj, String) else {}
        return holds(tree, known, partial(self._ask, activation, name, obj))

    def _ask(self, activation: Activation, name: str, obj: Object | int, tree: ast.expr) -> bool | None:
        match tree:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=tested), cls], keywords=[]):
                return self._is_instance(activation, obj, cls) if tested == name else None
            case ast.Name(id=tested) if tested == name and isinstance(obj, Object):
                return self._truth(obj)
            case ast.Compare(left=ast.Name(id=tested), ops=[op], comparators=[value]) if tested == name:
                if isinstance(obj, int):
                    return _of_strings(op, value) if obj == LITERAL else None
                if isinstance(value, ast.Constant) and value.value is None and _is_told(obj):
                    return isinstance(op, ast.IsNot) if isinstance(op, ast.Is | ast.IsNot) else None
        return None

    def _truth(self, obj: Object) -> bool | None:
        """Return the truth of an object, None where a method that is put into its class later may tell."""
        cls = obj.cls if isinstance(obj, Instance) else None
        if isinstance(cls, Class) and (not _is_told(obj) or any(_is_put_into(cls, name) for name in _ASKED)):
            return None
        return truth_of(self.analysis, obj)

    def _is_instance(self, activation: Activation, obj: Object | int, tree: ast.expr) -> bool | None:
        """Answer `isinstance` for the classes that a name, or one of a tuple of names, may mean."""
        if isinstance(tree, ast.Tuple):
            each = [self._is_instance(activation, obj, element) for element in tree.elts]
            return True if True in each else (None if None in each else False)
        if "isinstance" in _loaded(activation.code):
            return None
        classes = _classes(activation, tree)
        if not classes:
            return None
        if any(isinstance(cls, Class) and REGISTERED in cls.fields for cls in classes):
            return None
        if isinstance(obj, int):
            return False if all(isinstance(cls, Class) and not cls.metaclasses for cls in classes) else None
        if not _is_told(obj) and not isinstance(obj, String):
            return None
        answers = {passes_test(self.analysis, obj, cls, "isinstance") for cls in classes}
        return answers.pop() if len(answers) == 1 else None


def _classes(activation: Activation, tree: ast.expr) -> list[Object]:
    """Return what a name, or any attribute of that name, holds in a function; none if not only classes."""
    name = tree.id if isinstance(tree, ast.Name) else tree.attr if isinstance(tree, ast.Attribute) else ""
    loaded = _loaded(activation.code) if isinstance(tree, ast.Name) else _attributes(activation.code)
    found: dict[Object, None] = {}
    for register in loaded.get(name, ()):
        held = activation.register(register).points_to
        if not held or not all(isinstance(one, Class | External) for one in held):
            return []
        found.update(dict.fromkeys(held))
    return list(found)


def _is_passed(activation: Activation, register: int, source: Variable) -> bool:
    """Say whether callers fill a parameter with objects, or the one literal that is known."""
    return is_input(activation, source) or any(at == register for at, _, _ in activation.fixed)


def _of_strings(op: ast.cmpop, tree: ast.expr) -> bool | None:
    """Answer the comparison of a literal that is no string with one, or a tuple of nothing but strings."""
    is_tuple = isinstance(tree, ast.Tuple) and isinstance(op, ast.In | ast.NotIn)
    parts = tree.elts if isinstance(tree, ast.Tuple) else [tree]
    if not (is_tuple or isinstance(op, ast.Eq | ast.NotEq)):
        return None
    if not all(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in parts):
        return None
    return isinstance(op, ast.NotEq | ast.NotIn)


def _is_told(obj: Object) -> bool:
    """Say whether an object is what it seems to be: made in the program, and not declared only."""
    if isinstance(obj, Instance):
        return isinstance(obj.cls, Class) and not obj.declared
    return isinstance(obj, Function | BoundMethod | Class)


def more_in(activation: Activation, variable: Variable, depth: int = 0) -> frozenset[int]:
    """Return which of `LITERAL` and `UNTOLD` a variable may hold besides its objects.

    What else an input of the activation may hold is asked of those who call it.
    """
    owner, register = variable.what
    if owner is not activation or not isinstance(register, int) or depth > _DEEPEST:
        return MORE
    if is_input(activation, variable):
        return _NONE
    if literal_of(variable) is not None:
        return _NONE if variable.points_to else _LITERAL
    written = writers(activation.code).get(register, [])
    return _NONE.union(*(_given(activation, op, depth + 1) for op in written)) if written else MORE


def _given(activation: Activation, op: ops.Operation, depth: int) -> frozenset[int]:
    match op:
        case ops.Copy() | ops.Narrow() if op.source >= 0:
            return more_in(activation, activation.register(op.source), depth)
        case ops.Constant():
            return _NONE if op.kind == "str" else _LITERAL
        case ops.MakeFunction() | ops.MakeClass() | ops.Build():
            return _NONE
        case ops.Call():
            called = activation.register(op.function).points_to
            is_made = bool(called) and all(isinstance(one, Class) and _makes(one) for one in called)
            return _NONE if is_made else MORE
        case _:
            return MORE


def _is_put_into(cls: Class, name: str) -> bool:
    """Say whether a class or an ancestor gets a member by other ways than its body."""
    own = [ancestor for ancestor in cls.mro if isinstance(ancestor, Class)]
    return any(name in ancestor.fields and name not in ancestor.code.member_names for ancestor in own)


def _makes(cls: Class) -> bool:
    """Say whether calling a class makes an instance of it, whatever is passed."""
    return not cls.metaclasses and all(
        "__new__" not in ancestor.code.member_names
        if isinstance(ancestor, Class)
        else ancestor.path.startswith(_PLAIN)
        for ancestor in cls.mro
    )


@once_per_code
def _loaded(code: Code) -> dict[str, list[int]]:
    """Return the registers that names of a block are read into, but for its own locals."""
    found: dict[str, list[int]] = {}
    for op in code.block.operations:
        if isinstance(op, _NAMES) and (not isinstance(op, ops.LoadBuiltin) or op.name != "isinstance"):
            found.setdefault(op.name, []).append(op.target)
    return found


@once_per_code
def _attributes(code: Code) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for op in code.block.operations:
        if isinstance(op, ops.Load):
            found.setdefault(op.name, []).append(op.target)
    return found
