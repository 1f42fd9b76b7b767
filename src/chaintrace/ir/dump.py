"""Dump: facts as text, one line an operation, for eyes and for golden tests.

    %3 = load %1 .name  @12:4  if x is None

`%n` is a register, `@line:column` the site, what follows `if` its guards from the outermost to the innermost.
"""

import json
from collections.abc import Callable
from typing import Any

from chaintrace.ir import operations as ops
from chaintrace.ir.facts import Block, FileFacts, Parameter, ParameterKind


def dump(facts: FileFacts) -> str:
    """Return all blocks, diagnostics and exports of a file as text."""
    lines = [str(diagnostic) for diagnostic in facts.diagnostics]
    if facts.exports is not None:
        lines.append(f"__all__ = {', '.join(facts.exports)}")
    for index, block in enumerate(facts.blocks):
        if lines:
            lines.append("")
        lines.extend(dump_block(facts, index, block))
    return "\n".join(lines) + "\n"


def dump_block(facts: FileFacts, index: int, block: Block) -> list[str]:
    """Return one block as lines: a head, its name lists, its operations."""
    words = ["async"] if block.is_async else []
    words += ["generator"] if block.is_generator else []
    parameters = ", ".join(f"%{i} {_parameter(p)}" for i, p in enumerate(block.parameters))
    head = " ".join([*words, block.kind.value, block.name])
    lines = [f"#{index} {head}({parameters})" if block.kind in ("function", "lambda") else f"#{index} {head}"]
    lines[0] += f" in #{block.parent}" if block.parent >= 0 else ""
    if block.bindings:
        lines.append("  binds " + ", ".join(block.bindings))
    if block.cells:
        lines.append("  cells " + ", ".join(block.cells))
    for field in block.fields:
        value = f" = %{field.value}" if field.value >= 0 else ""
        lines.append(f"  field {field.name}: {dump_annotation(field.annotation)}{value}")
    lines.extend("  " + dump_operation(facts, operation) for operation in block.operations)
    return lines


def dump_operation(facts: FileFacts, operation: ops.Operation) -> str:
    """Return one operation with its place and guards."""
    text = _WRITERS[operation.__class__](operation)
    index = getattr(operation, "site", -1)
    if index < 0:
        return text
    site = facts.sites[index]
    conditions = []
    guard = site.guard
    while guard >= 0:
        said = facts.guards[guard]
        conditions.append(f"not ({said.text})" if said.negated else said.text)
        guard = said.parent
    tail = f"  if {' and '.join(reversed(conditions))}" if conditions else ""
    return f"{text}  @{site.line}:{site.column}{tail}"


def dump_annotation(annotation: ops.Annotation) -> str:
    """Return an annotation with registers in place of names."""
    arguments = [dump_annotation(argument) for argument in annotation.arguments]
    if annotation.form == "name":
        return f"%{annotation.register}"
    if annotation.form == "subscript":
        return f"%{annotation.register}[{', '.join(arguments)}]"
    if annotation.form == "union":
        return " | ".join(arguments)
    if annotation.form == "list":
        return f"[{', '.join(arguments)}]"
    return annotation.form


def _parameter(parameter: Parameter) -> str:
    marks = {ParameterKind.VARIADIC: "*", ParameterKind.KEYWORDS: "**"}
    return marks.get(parameter.kind, "") + parameter.name + ("=" if parameter.has_default else "")


def _argument(argument: ops.Argument) -> str:
    if argument.kind == "=":
        return f"{argument.name}=%{argument.value}"
    return f"{argument.kind}%{argument.value}"


def _registers(registers: tuple[int, ...]) -> str:
    return ", ".join(f"%{register}" for register in registers)


def _constant(op: ops.Constant) -> str:
    value = json.dumps(op.value, ensure_ascii=False) if op.kind == "str" else op.value
    return f"%{op.target} = {op.kind} {value}".rstrip()


def _narrow(op: ops.Narrow) -> str:
    sign = "not " if op.negated else ""
    return f"%{op.target} = narrow %{op.source} {sign}{op.test} {_registers(op.operands)}".rstrip()


def _build(op: ops.Build) -> str:
    items = [f"%{key}: %{value}" if key >= 0 else f"%{value}" for key, value in op.items]
    items[op.first_spread : op.first_spread] = [f"*%{spread}" for spread in op.spreads]
    word = f"{op.kind} comprehension" if op.comprehension else op.kind
    return f"%{op.target} = {word} [{', '.join(items)}]"


def _format(op: ops.Format) -> str:
    prefix, suffix = (json.dumps(text, ensure_ascii=False) for text in (op.prefix, op.suffix))
    values = [
        f"%{value}" if how == "f" else f"%{value}!{how}"
        for value, how in zip(op.values, op.conversions, strict=True)
    ]
    return f"%{op.target} = format {prefix} ({', '.join(values)}) {suffix}"


def _unpack(op: ops.Unpack) -> str:
    targets = [f"*%{t}" if i == op.star else f"%{t}" for i, t in enumerate(op.targets)]
    return f"{', '.join(targets)} = unpack %{op.source}"


def _call(op: ops.Call) -> str:
    role = f" {op.role}" if op.role else ""
    return f"%{op.target} = call{role} %{op.function}({', '.join(map(_argument, op.arguments))})"


def _binary(op: ops.Binary) -> str:
    name = op.in_place or op.name
    return f"%{op.target} = %{op.left} {name} %{op.right}"


def _function(op: ops.MakeFunction) -> str:
    defaults = "".join(f" {name}=%{value}" for name, value in op.defaults)
    declared = "".join(f" {name}: {dump_annotation(value)}" for name, value in op.annotations)
    return f"%{op.target} = function #{op.block}{defaults}{declared}"


def _class(op: ops.MakeClass) -> str:
    bases = [f"%{base}" for base in op.bases] + [f"*%{base}" for base in op.starred]
    bases += [f"{name}=%{value}" for name, value in op.keywords]
    return f"%{op.target} = class #{op.block}({', '.join(bases)})"


def _key(key: int, constant: str) -> str:
    return constant[1:] if constant.startswith("#") else json.dumps(constant[1:]) if constant else f"%{key}"


def _mode(is_async: bool) -> str:
    return "async " if is_async else ""


_WRITERS: dict[type, Callable[[Any], str]] = {
    ops.Constant: _constant,
    ops.Copy: lambda op: f"%{op.target} = %{op.source}",
    ops.Narrow: _narrow,
    ops.Build: _build,
    ops.Format: _format,
    ops.Load: lambda op: f"%{op.target} = load %{op.base} .{op.name}",
    ops.Store: lambda op: f"store %{op.base} .{op.name} = %{op.source}",
    ops.Delete: lambda op: f"delete %{op.base} .{op.name}",
    ops.LoadItem: lambda op: f"%{op.target} = load %{op.base} [{_key(op.key, op.constant)}]",
    ops.StoreItem: lambda op: f"store %{op.base} [{_key(op.key, op.constant)}] = %{op.source}",
    ops.DeleteItem: lambda op: f"delete %{op.base} [{_key(op.key, op.constant)}]",
    ops.Unpack: _unpack,
    ops.Iterate: lambda op: f"%{op.target} = {_mode(op.is_async)}iterate %{op.source}",
    ops.Call: _call,
    ops.Unary: lambda op: f"%{op.target} = {op.name} %{op.operand}",
    ops.Binary: _binary,
    ops.Truth: lambda op: f"truth %{op.source}",
    ops.Enter: lambda op: f"%{op.target} = {_mode(op.is_async)}enter %{op.source}",
    ops.Exit: lambda op: f"{_mode(op.is_async)}exit %{op.source}",
    ops.Return: lambda op: f"return %{op.source}",
    ops.Yield: lambda op: f"%{op.target} = yield %{op.source}",
    ops.YieldFrom: lambda op: f"%{op.target} = yield from %{op.source}",
    ops.Await: lambda op: f"%{op.target} = await %{op.source}",
    ops.Raise: lambda op: f"raise %{op.source}" + (f" from %{op.cause}" if op.cause >= 0 else ""),
    ops.Catch: lambda op: f"%{op.target} = catch %{op.source}",
    ops.LoadGlobal: lambda op: f"%{op.target} = global {op.name}",
    ops.StoreGlobal: lambda op: f"global {op.name} = %{op.source}",
    ops.LoadBuiltin: lambda op: f"%{op.target} = builtin {op.name}",
    ops.LoadCell: lambda op: f"%{op.target} = cell #{op.owner} {op.name}",
    ops.StoreCell: lambda op: f"cell #{op.owner} {op.name} = %{op.source}",
    ops.StoreMember: lambda op: f"member {op.name} = %{op.source}",
    ops.LoadMember: lambda op: f"%{op.target} = member {op.name}",
    ops.Declare: lambda op: f"declare %{op.target}: {dump_annotation(op.annotation)}",
    ops.DeclareMember: lambda op: f"declare %{op.base} .{op.name}: {dump_annotation(op.annotation)}",
    ops.MakeFunction: _function,
    ops.MakeClass: _class,
    ops.Import: lambda op: f"%{op.target} = import {op.module}" + (" whole" if op.whole else ""),
    ops.ImportFrom: lambda op: f"%{op.target} = from {'.' * op.level}{op.module} import {op.name}",
    ops.ImportStar: lambda op: f"from {'.' * op.level}{op.module} import *",
}
