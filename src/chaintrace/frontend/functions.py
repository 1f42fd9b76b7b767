"""Definitions: functions, lambdas and classes, each a block of its own."""

from collections.abc import Iterator, Sequence

import libcst as cst

from chaintrace.frontend.annotations import annotate
from chaintrace.frontend.builder import Builder
from chaintrace.frontend.scopes import Kind, Scope
from chaintrace.ir.facts import Block, BlockKind, Parameter, ParameterKind
from chaintrace.ir.operations import (
    Annotation,
    Argument,
    Call,
    MakeClass,
    MakeFunction,
    Return,
    StoreCell,
)


def parameters(tree: cst.Parameters) -> Iterator[tuple[cst.Param, ParameterKind]]:
    """Yield the parameters in source order."""
    for param in tree.posonly_params:
        yield param, ParameterKind.POSITIONAL_ONLY
    for param in tree.params:
        yield param, ParameterKind.POSITIONAL
    if isinstance(tree.star_arg, cst.Param):
        yield tree.star_arg, ParameterKind.VARIADIC
    for param in tree.kwonly_params:
        yield param, ParameterKind.KEYWORD_ONLY
    if tree.star_kwarg is not None:
        yield tree.star_kwarg, ParameterKind.KEYWORDS


def function(b: Builder, tree: cst.FunctionDef) -> None:
    """Lower `def`: defaults and annotations here, the body in a block of its own, decorators, the binding."""
    decorators = [b.expression(decorator.decorator) for decorator in tree.decorators]
    defaults, annotations = _signature(b, tree.params, b.source.scope_of[id(tree)])
    if tree.returns is not None:
        _add_annotation(b, "return", tree.returns.annotation, annotations)
    site = b.whole(tree.name)
    scope = b.source.scope_of[id(tree)]
    block = _open_block(b, tree, scope, BlockKind.FUNCTION, qualified(b, tree.name.value))
    block.is_async = tree.asynchronous is not None
    inner = _function_builder(b, scope, block, tree.params)
    target = b.new()
    b.operations.append(MakeFunction(target, inner.index, tuple(defaults), tuple(annotations), site))
    inner.suite(tree.body)
    _close(inner)
    b.bind(tree.name.value, _decorate(b, target, tree.decorators, decorators), site)


def lambda_(b: Builder, tree: cst.Lambda) -> int:
    """Lower a lambda."""
    defaults, annotations = _signature(b, tree.params, b.source.scope_of[id(tree)])
    scope = b.source.scope_of[id(tree)]
    block = _open_block(b, tree, scope, BlockKind.LAMBDA, qualified(b, "<lambda>"))
    inner = _function_builder(b, scope, block, tree.params)
    target = b.new()
    site = b.whole(tree)
    b.operations.append(MakeFunction(target, inner.index, tuple(defaults), tuple(annotations), site))
    value = inner.expression(tree.body)
    inner.operations.append(Return(value, inner.whole(tree.body)))
    _close(inner)
    return target


def class_(b: Builder, tree: cst.ClassDef) -> None:
    """Lower `class`: bases and keywords here, the body in its own block, then decorators and the binding."""
    decorators = [b.expression(decorator.decorator) for decorator in tree.decorators]
    bases: list[int] = []
    starred: list[int] = []
    for arg in tree.bases:
        (starred if arg.star else bases).append(b.expression(arg.value))
    keywords = []
    for arg in tree.keywords:
        value = b.expression(arg.value)
        keywords.append((arg.keyword.value if arg.keyword is not None else "**", value))
    site = b.whole(tree.name)
    scope = b.source.scope_of[id(tree)]
    block = _open_block(b, tree, scope, BlockKind.CLASS, qualified(b, tree.name.value))
    inner = Builder(b.source, scope, block, block.name)
    target = b.new()
    b.operations.append(MakeClass(target, inner.index, tuple(bases), tuple(starred), tuple(keywords), site))
    inner.suite(tree.body)
    _close(inner)
    b.bind(tree.name.value, _decorate(b, target, tree.decorators, decorators), site)


def qualified(b: Builder, name: str) -> str:
    """Return the qualified name of a definition called `name` in the block of `b`."""
    if name in b.block_scope.global_names or b.block_scope.kind is Kind.MODULE:
        return name
    separator = "." if b.block_scope.kind is Kind.CLASS else ".<locals>."
    return b.prefix + separator + name


def _open_block(b: Builder, tree: cst.CSTNode, scope: Scope, kind: BlockKind, name: str) -> Block:
    start, end = b.spans[id(tree)]
    block = Block(name, kind, b.index, b.source.add_site(start, end, b.guard), [], 0, [], [], [], [])
    block.is_generator = scope.is_generator
    return block


def _function_builder(b: Builder, scope: Scope, block: Block, params: cst.Parameters) -> Builder:
    """Return the builder of a function's block with its parameters in the first registers."""
    inner = Builder(b.source, scope, block, block.name)
    for param, kind in parameters(params):
        name = scope.mangle(param.name.value)
        block.parameters.append(Parameter(name, kind, param.default is not None))
        register = inner.new()
        inner.live.names[name] = register
    for register, parameter in enumerate(block.parameters):
        if parameter.name in scope.cells:
            site = b.whole(list(parameters(params))[register][0].name)
            inner.operations.append(StoreCell(inner.index, parameter.name, register, site))
    return inner


def _signature(
    b: Builder, params: cst.Parameters, scope: Scope
) -> tuple[list[tuple[str, int]], list[tuple[str, Annotation]]]:
    """Lower defaults and annotations of parameters in the enclosing block."""
    defaults: list[tuple[str, int]] = []
    annotations: list[tuple[str, Annotation]] = []
    for param, _kind in parameters(params):
        name = scope.mangle(param.name.value)
        if param.default is not None:
            defaults.append((name, b.expression(param.default)))
        if param.annotation is not None:
            _add_annotation(b, name, param.annotation.annotation, annotations)
    return defaults, annotations


def _add_annotation(
    b: Builder, name: str, tree: cst.BaseExpression, annotations: list[tuple[str, Annotation]]
) -> None:
    annotation = annotate(b, tree)
    if annotation.form != "unknown" and (annotation.form, name) != ("plain", "return"):
        annotations.append((name, annotation))


def _decorate(b: Builder, target: int, trees: Sequence[cst.Decorator], registers: list[int]) -> int:
    """Apply decorators, the innermost first."""
    for tree, register in zip(reversed(trees), reversed(registers), strict=True):
        result = b.new()
        site = b.site(tree.decorator)
        b.operations.append(Call(result, register, (Argument("", "", target),), "decorator", site))
        target = result
    return target


def _close(b: Builder) -> None:
    close_block(b)


def close_block(b: Builder) -> None:
    """Fill in what is known of a block once its body is lowered."""
    scope = b.block_scope
    b.block.registers = b.registers
    if scope.kind <= Kind.CLASS:
        b.block.bindings.extend(name for name in scope.bound)
    b.block.cells.extend(sorted(scope.cells))
