"""Failing conditions: the guards of a function that fail where some of its parameters hold a literal.

What is bound to a parameter anew, in the function or in one inside it, is not what was passed: such a
condition decides nothing. A function inside another knows the parameters of that one too.
"""

import ast
import re
from collections.abc import Iterable
from typing import cast

from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation, Fixed
from chaintrace.pointsto.closures import stores_of
from chaintrace.project.beliefs import parsed
from chaintrace.project.modules import Code, once_per_code
from chaintrace.project.verdicts import Value, holds

_LONGEST = 199  # characters of a condition that is written down whole
_WORD = re.compile(r"\w+")
_NO_NAMES: frozenset[str] = frozenset()
Tests = dict[int, tuple[ast.expr, frozenset[str]]]


@once_per_code
def tested_by(code: Code) -> tuple[int, ...]:
    """Return the parameters that a function tests as they were passed."""
    asked = {name for _, names in tests_of(code).values() for name in names}
    return tuple(at for at, parameter in enumerate(code.block.parameters) if parameter.name in asked)


@once_per_code
def handed_by(code: Code) -> tuple[int, ...]:
    """Return the parameters that a function tests, hands to what may, or uses as a text."""
    used = {
        code.aliases.get(register, register)
        for op in code.block.operations
        for register in _texts_used_by(op)
    }
    inside = _asked_inside(code.module.codes[0]).get(code, {}) if code.block.cells else {}
    tested = tested_by(code)
    return tuple(
        at
        for at, parameter in enumerate(code.block.parameters)
        if at in used or at in tested or parameter.name in inside
    )


def _texts_used_by(op: ops.Operation) -> Iterable[int]:
    """Return the registers whose text may tell what an operation calls or reads."""
    match op:
        case ops.Call():
            return [argument.value for argument in op.arguments if argument.kind in ("", "=")]
        case ops.LoadItem():
            return (op.key,)
        case ops.Format():
            return op.values
        case ops.Binary(name="__add__" | "__mod__"):
            return (op.left, op.right)
        case _:
            return ()


@once_per_code
def _asked_inside(module: Code) -> dict[Code, dict[str, None]]:
    """Return, by function of a module, its parameters that functions inside it test."""
    found: dict[Code, dict[str, None]] = {}
    for inner in module.module.codes:
        captured = _captured(inner)
        for _, names in tests_of(inner).values() if captured else ():
            for name in sorted(names):
                if name in captured:
                    found.setdefault(captured[name], {})[name] = None
    return found


@once_per_code
def _captured(code: Code) -> dict[str, Code]:
    """Return the names under which a function reads parameters of functions around it, with these.

    Nothing but the call binds such a parameter.
    """
    found: dict[str, Code] = {}
    for op in code.block.operations:
        if isinstance(op, ops.LoadCell) and op.owner != code.index and op.name not in found:
            owner = code.module.codes[op.owner]
            stores = stores_of(owner, op.name)
            register = owner.aliases.get(stores[0][1].source, stores[0][1].source) if len(stores) == 1 else -1
            parameters = owner.block.parameters
            if 0 <= register < len(parameters) and parameters[register].name == op.name:
                found[op.name] = owner
    return found


@once_per_code
def tests_of(code: Code) -> Tests:
    """Return the conditions of a function that test parameters, with these, by the number of the guard."""
    parameters = {parameter.name for parameter in code.block.parameters}.union(_captured(code))
    guards = code.module.facts.guards
    found: Tests = {}
    for at in _guards(code) if parameters else ():
        guard = guards[at]
        names = parameters.intersection(_WORD.findall(guard.text)).difference(guard.changed)
        tree = parsed(guard.text) if names and len(guard.text) < _LONGEST else None
        if tree is not None:
            found[at] = tree, frozenset(names)
    return found


@once_per_code
def _guards(code: Code) -> tuple[int, ...]:
    """Return the guards of the operations of a block, those around them included."""
    guards = code.module.facts.guards
    found: dict[int, None] = {}
    for op in code.block.operations:
        at = guard_of(code, op)
        while at >= 0 and at not in found:
            found[at] = None
            at = guards[at].parent
    return tuple(sorted(found))


def guard_of(code: Code, op: ops.Operation) -> int:
    """Return the guard under which an operation runs, -1 for none."""
    if isinstance(op, ops.Copy):
        return op.guard
    site: int = getattr(op, "site", -1)
    return code.module.facts.sites[site].guard if site >= 0 else -1


def never_run(activation: Activation) -> frozenset[int]:
    """Return the guards that fail in an activation, by fixed parameters of its own or around it."""
    code, fixed = activation.code, activation.fixed
    around = []
    if activation.env is not None and tests_of(code):
        for name, owner in _captured(code).items():
            outer = activation.owner(owner.index)
            around += [
                (name, kind, value)
                for at, kind, value in outer.fixed
                if owner.block.parameters[at].name == name
            ]
    return left_out(code, fixed, tuple(around)) if fixed or around else frozenset()


def left_out(code: Code, fixed: Fixed, around: tuple[tuple[str, str, str], ...] = ()) -> frozenset[int]:
    """Return the guards that fail where parameters are fixed, themselves or by one further out."""
    key = left_out, fixed, around
    found = code.kept.get(key)
    if found is None:
        parameters = code.block.parameters
        own = [(parameters[at].name, kind, value) for at, kind, value in fixed]
        known = {name: _value(kind, value) for name, kind, value in [*around, *own]}
        found = code.kept[key] = _failing(code, known)
    return cast("frozenset[int]", found)


def _failing(code: Code, known: dict[str, Value]) -> frozenset[int]:
    tests, guards = tests_of(code), code.module.facts.guards
    failing: set[int] = set()
    for at in _guards(code):
        tree, names = tests.get(at, (None, _NO_NAMES))
        asked = {name: known[name] for name in sorted(names) if name in known}
        fails = tree is not None and asked and holds(tree, asked) is guards[at].negated
        if fails or guards[at].parent in failing:
            failing.add(at)
    return frozenset(failing)


def _value(kind: str, value: str) -> Value:
    match kind:
        case "str":
            return value
        case "int":
            return int(value)
        case "bool":
            return value == "True"
        case _:
            return None
