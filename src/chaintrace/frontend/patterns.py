"""`match`: patterns as narrowing, attribute and element loads."""

from collections.abc import Callable
from typing import Any

import libcst as cst

from chaintrace.frontend.builder import Builder
from chaintrace.frontend.cases import Cases, takes_all
from chaintrace.frontend.conditions import decide
from chaintrace.frontend.flow import Fact, Flow
from chaintrace.frontend.joins import join
from chaintrace.frontend.places import place_of
from chaintrace.frontend.subscripts import constant_key
from chaintrace.ir.operations import Binary, Build, Load, LoadItem, Unpack


def match(b: Builder, tree: cst.Match) -> None:
    """Lower `match`: each case runs where the earlier ones failed."""
    guard = b.guard
    subject = b.expression(tree.subject)
    place = place_of(b, tree.subject)
    tests = Cases(b, tree, place)
    result: Flow | None = None
    for case in tree.cases:
        if b.flow is None:
            break
        rest, start = b.flow.copy(), len(b.operations)
        b.guard = tests.guard(case)
        at = b.guard
        _case(b, case, place, subject)
        taught = _class_fact(b, case.pattern)
        if taught is not None and at >= 0:
            tests.learn(at, taught)
        b.region(start)
        result = join(b, b.flow, result) if result is not None else b.flow
        b.guard = guard
        fact = _whole_fact(b, case.pattern) if case.guard is None else None
        if case.guard is None and takes_all(case.pattern):
            b.flow = None
            break
        if fact is not None and place:
            rest.learn(place, fact.opposite())
        b.flow = rest
    b.flow = join(b, result, b.flow)


def _case(b: Builder, case: cst.MatchCase, place: str, subject: int) -> None:
    """Lower one case from pattern to body."""
    if place:
        subject = _current(b, place, subject)
    fact = _class_fact(b, case.pattern)
    if place and fact is not None:
        b.live.learn(place, fact)
    bind_pattern(b, case.pattern, subject)
    if case.guard is not None:
        decision = decide(b, case.guard)
        b.guard = b.guards(case.guard, negated=False)
        b.flow = decision.true
    b.suite(case.body)


def _current(b: Builder, place: str, subject: int) -> int:
    """Return the subject as the failure of earlier cases leaves it."""
    register = b.live.names.get(place, subject)
    return b.narrow(subject if register < 0 else register, b.live.facts.get(place, ()))


def _class_fact(b: Builder, tree: cst.MatchPattern) -> Fact | None:
    """Return what a matched pattern says about the subject's class."""
    if isinstance(tree, cst.MatchAs) and tree.pattern is not None:
        return _class_fact(b, tree.pattern)
    if isinstance(tree, cst.MatchClass):
        return Fact("isinstance", False, (_class_register(b, tree.cls),))
    if isinstance(tree, cst.MatchSingleton) and tree.value.value == "None":
        return Fact("none", False, ())
    if isinstance(tree, cst.MatchOr):
        classes = [element.pattern for element in tree.patterns]
        if all(isinstance(pattern, cst.MatchClass) for pattern in classes):
            return Fact("isinstance", False, (_class_tuple(b, tree, classes),))
    return None


def _class_tuple(b: Builder, tree: cst.MatchOr, patterns: list[cst.MatchPattern]) -> int:
    """Lower the classes of `A() | B()` to one tuple, as `isinstance` takes it."""
    target = b.classes.get(id(tree))
    if target is None:
        classes = [pattern.cls for pattern in patterns if isinstance(pattern, cst.MatchClass)]
        items = tuple((-1, _class_register(b, cls)) for cls in classes)
        target = b.classes[id(tree)] = b.new()
        b.operations.append(Build(target, "tuple", items, (), len(items), False, b.whole(tree)))
    return target


def _class_register(b: Builder, tree: cst.BaseExpression) -> int:
    """Lower the class of a pattern once, however often the pattern is looked at."""
    register = b.classes.get(id(tree))
    if register is None:
        register = b.classes[id(tree)] = b.expression(tree)
    return register


def _whole_fact(b: Builder, tree: cst.MatchPattern) -> Fact | None:
    """Return the fact whose failure is the failure of the whole pattern: a class or None, nothing inside."""
    if isinstance(tree, cst.MatchAs) and tree.pattern is not None:
        return _whole_fact(b, tree.pattern)
    if isinstance(tree, cst.MatchClass | cst.MatchOr) and not _is_class_test(tree):
        return None
    return _class_fact(b, tree)


def _is_class_test(tree: cst.MatchPattern) -> bool:
    """Say whether a pattern asks for a class and nothing else."""
    if isinstance(tree, cst.MatchOr):
        return all(_is_class_test(element.pattern) for element in tree.patterns)
    return isinstance(tree, cst.MatchClass) and not tree.patterns and not tree.kwds


def bind_pattern(b: Builder, tree: cst.MatchPattern, subject: int) -> int:
    """Lower what a pattern asks of `subject`, bind what it captures; return `subject` as it narrows it."""
    if isinstance(tree, cst.MatchAs):
        if tree.pattern is not None:
            subject = bind_pattern(b, tree.pattern, subject)
        if tree.name is not None:
            b.bind(tree.name.value, subject, b.whole(tree.name))
        return subject
    fact = _class_fact(b, tree)
    if fact is not None and b.origin.get(subject, (-1, None))[1] != fact:
        subject = b.narrow(subject, (fact,))
    bind = _BINDERS.get(tree.__class__)
    if bind is not None:
        bind(b, tree, subject)
    return subject


def _bind_value(b: Builder, tree: cst.MatchValue, subject: int) -> None:
    """Compare the subject with a value."""
    value = b.expression(tree.value)
    b.operations.append(Binary(b.new(), "__eq__", "__eq__", "", subject, value, b.whole(tree)))


def _bind_class(b: Builder, tree: cst.MatchClass, subject: int) -> None:
    """Bind the parts of `C(a, key=b)`; a positional part is loaded as `__match_args__:i`."""
    parts = [(f"__match_args__:{i}", item.value) for i, item in enumerate(tree.patterns)]
    parts += [(b.scope.mangle(item.key.value), item.pattern) for item in tree.kwds]
    for name, pattern in parts:
        target = b.new()
        b.operations.append(Load(target, subject, name, b.whole(pattern)))
        bind_pattern(b, pattern, target)


def _bind_or(b: Builder, tree: cst.MatchOr, subject: int) -> None:
    """Bind the alternatives of `a | b` and join what they capture."""
    if _is_class_test(tree):
        return
    before = b.flow
    result: Flow | None = None
    for element in tree.patterns:
        b.flow = before.copy() if before is not None else None
        bind_pattern(b, element.pattern, subject)
        result = b.flow if result is None else join(b, result, b.flow)
    b.flow = result


def _bind_sequence(b: Builder, tree: cst.MatchList | cst.MatchTuple, subject: int) -> None:
    """Bind the elements of `[a, *rest]`."""
    targets = [b.new() for _ in tree.patterns]
    star = next((i for i, item in enumerate(tree.patterns) if isinstance(item, cst.MatchStar)), -1)
    b.operations.append(Unpack(subject, tuple(targets), star, b.whole(tree)))
    for item, target in zip(tree.patterns, targets, strict=True):
        if isinstance(item, cst.MatchStar):
            if item.name is not None:
                b.bind(item.name.value, target, b.whole(item.name))
        else:
            bind_pattern(b, item.value, target)


def _bind_mapping(b: Builder, tree: cst.MatchMapping, subject: int) -> None:
    """Bind the values of `{key: a, **rest}`; the rest is taken for the mapping itself."""
    for element in tree.elements:
        key = b.expression(element.key)
        target = b.new()
        site = b.whole(element.key)
        b.operations.append(LoadItem(target, subject, key, constant_key(element.key), site))
        bind_pattern(b, element.pattern, target)
    if tree.rest is not None:
        b.bind(tree.rest.value, subject, b.whole(tree.rest))


_BINDERS: dict[type[cst.CSTNode], Callable[[Builder, Any, int], None]] = {
    cst.MatchClass: _bind_class,
    cst.MatchOr: _bind_or,
    cst.MatchList: _bind_sequence,
    cst.MatchTuple: _bind_sequence,
    cst.MatchMapping: _bind_mapping,
    cst.MatchValue: _bind_value,
}
