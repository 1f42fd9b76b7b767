"""Simple statements and imports."""

import libcst as cst

from chaintrace.frontend.annotations import annotate
from chaintrace.frontend.builder import Builder
from chaintrace.frontend.conditions import decide
from chaintrace.frontend.expressions import BINARY_NAMES
from chaintrace.frontend.places import forget_path
from chaintrace.frontend.scopes import Kind
from chaintrace.frontend.subscripts import key_of
from chaintrace.frontend.survey.walk import dotted
from chaintrace.frontend.targets import assign, delete
from chaintrace.ir.facts import Field
from chaintrace.ir.operations import (
    Annotation,
    Binary,
    Copy,
    Declare,
    DeclareMember,
    Import,
    ImportFrom,
    ImportStar,
    Load,
    LoadItem,
    Raise,
    Return,
    Store,
    StoreItem,
)


def line(b: Builder, tree: cst.SimpleStatementLine) -> None:
    """Lower a line of simple statements."""
    b.suite(tree)  # type: ignore[arg-type]


def nothing(_b: Builder, _tree: cst.CSTNode) -> None:
    """Lower `pass`, `global` and `nonlocal`: scopes know all about them."""


def expression_statement(b: Builder, tree: cst.Expr) -> None:
    """Lower an expression for its effect; a docstring has none."""
    if not isinstance(tree.value, cst.SimpleString | cst.Ellipsis):
        b.expression(tree.value)


def assignment(b: Builder, tree: cst.Assign) -> None:
    """Lower `a = b = value`."""
    register = b.expression(tree.value)
    for target in tree.targets:
        assign(b, target.target, register)


def annotated(b: Builder, tree: cst.AnnAssign) -> None:
    """Lower `a: C = value`."""
    target = tree.target
    annotation = annotate(b, tree.annotation.annotation)
    if isinstance(target, cst.Name):
        _annotated_name(b, target, annotation, tree.value)
        return
    value = -1 if tree.value is None else b.expression(tree.value)
    if isinstance(target, cst.Attribute):
        base = b.expression(target.value)
        name = b.scope.mangle(target.attr.value)
        if value >= 0:
            b.operations.append(Store(base, name, value, b.site(target)))
            forget_path(b, target)
        if annotation.form != "unknown":
            b.operations.append(DeclareMember(base, name, annotation, b.site(target)))
    elif value >= 0:
        assign(b, target, value)


def _annotated_name(
    b: Builder, target: cst.Name, annotation: Annotation, value_tree: cst.BaseExpression | None
) -> None:
    """Lower the annotated assignment of a name; in a class body it is a field."""
    site = b.whole(target)
    value = -1 if value_tree is None else b.expression(value_tree)
    register = value
    if annotation.form not in ("unknown", "plain"):
        register = b.new()
        if value >= 0:
            b.operations.append(Copy(register, value))
        b.operations.append(Declare(register, annotation, site))
    in_class = b.block_scope.kind is Kind.CLASS
    if value >= 0 or (register >= 0 and not in_class):
        b.bind(target.value, register, site)
    if in_class:
        b.block.fields.append(Field(b.scope.mangle(target.value), annotation, value, site))


_IN_PLACE: dict[type[cst.CSTNode], type[cst.CSTNode]] = {
    cst.AddAssign: cst.Add,
    cst.SubtractAssign: cst.Subtract,
    cst.MultiplyAssign: cst.Multiply,
    cst.MatrixMultiplyAssign: cst.MatrixMultiply,
    cst.DivideAssign: cst.Divide,
    cst.ModuloAssign: cst.Modulo,
    cst.BitAndAssign: cst.BitAnd,
    cst.BitOrAssign: cst.BitOr,
    cst.BitXorAssign: cst.BitXor,
    cst.LeftShiftAssign: cst.LeftShift,
    cst.RightShiftAssign: cst.RightShift,
    cst.PowerAssign: cst.Power,
    cst.FloorDivideAssign: cst.FloorDivide,
}


def augmented(b: Builder, tree: cst.AugAssign) -> None:
    """Lower `a += value`."""
    target = tree.target
    if isinstance(target, cst.Attribute):
        base = b.expression(target.value)
        name = b.scope.mangle(target.attr.value)
        old = b.new()
        b.operations.append(Load(old, base, name, b.site(target)))
        new = _in_place(b, tree, old)
        b.operations.append(Store(base, name, new, b.site(target)))
        forget_path(b, target)
    elif isinstance(target, cst.Subscript):
        base = b.expression(target.value)
        key, constant = key_of(b, target)
        old = b.new()
        b.operations.append(LoadItem(old, base, key, constant, b.site(target)))
        new = _in_place(b, tree, old)
        b.operations.append(StoreItem(base, key, constant, new, b.site(target)))
    else:
        assign(b, target, _in_place(b, tree, b.expression(target)))


def _in_place(b: Builder, tree: cst.AugAssign, old: int) -> int:
    value = b.expression(tree.value)
    name, reflected = BINARY_NAMES[_IN_PLACE[tree.operator.__class__]]
    target = b.new()
    in_place = "__i" + name[2:]
    b.operations.append(Binary(target, name, reflected, in_place, old, value, b.whole(tree)))
    return target


def return_(b: Builder, tree: cst.Return) -> None:
    """Lower `return a`."""
    value = b.constant("none") if tree.value is None else b.expression(tree.value)
    b.operations.append(Return(value, b.whole(tree)))
    b.flow = None


def raise_(b: Builder, tree: cst.Raise) -> None:
    """Lower `raise a from b`."""
    if tree.exc is not None:
        source = b.expression(tree.exc)
        cause = -1 if tree.cause is None else b.expression(tree.cause.item)
        b.operations.append(Raise(source, cause, b.whole(tree)))
    b.flow = None


def delete_(b: Builder, tree: cst.Del) -> None:
    """Lower `del a`."""
    delete(b, tree.target)


def assert_(b: Builder, tree: cst.Assert) -> None:
    """Lower `assert test, message`: what follows knows that the test held."""
    decision = decide(b, tree.test)
    if tree.msg is not None and decision.false is not None:
        guard = b.guard
        b.flow, b.guard = decision.false.copy(), b.guards(tree.test, negated=True)
        start = len(b.operations)
        b.expression(tree.msg)
        b.region(start)
        b.guard = guard
    b.flow = decision.true


def break_(b: Builder, _tree: cst.Break) -> None:
    """Lower `break`: the loop ends with what is known here."""
    if b.loops and b.flow is not None:
        b.loops[-1].breaks.append(b.flow)
    b.flow = None


def continue_(b: Builder, _tree: cst.Continue) -> None:
    """Lower `continue`: the loop's registers take what is known here."""
    if b.loops:
        b.loops[-1].back(b)
    b.flow = None


def import_(b: Builder, tree: cst.Import) -> None:
    """Lower `import a.b, c as d`."""
    for alias in tree.names:
        module = dotted(alias.name)
        site = b.whole(alias)
        target = b.new()
        b.operations.append(Import(target, module, alias.asname is not None, site))
        name = module.partition(".")[0] if alias.asname is None else dotted(alias.asname.name)
        b.bind(name, target, site)


def import_from(b: Builder, tree: cst.ImportFrom) -> None:
    """Lower `from a import b as c`."""
    module = "" if tree.module is None else dotted(tree.module)
    level = len(tree.relative)
    if isinstance(tree.names, cst.ImportStar):
        b.operations.append(ImportStar(module, level, b.whole(tree)))
        return
    for alias in tree.names:
        site = b.whole(alias)
        target = b.new()
        b.operations.append(ImportFrom(target, module, level, dotted(alias.name), site))
        name = alias.asname.name if alias.asname is not None else alias.name
        b.bind(dotted(name), target, site)


def alias_statement(b: Builder, tree: cst.TypeAlias) -> None:
    """Lower `type X = value`: the name stands for the value."""
    b.bind(tree.name.value, b.expression(tree.value), b.whole(tree.name))
