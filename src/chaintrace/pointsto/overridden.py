"""Overridden methods: a parameter without an annotation has the one of the method that this one overrides.

Whoever calls through the base class passes what the base class declares.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chaintrace.ir.facts import ParameterKind
from chaintrace.ir.operations import Annotation
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import Class, Function
from chaintrace.pointsto.variables import Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_NAMED = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL, ParameterKind.KEYWORD_ONLY)

Declared = tuple[Variable, Annotation, Activation, int]


def annotations(analysis: "Analysis") -> Iterator[Declared]:
    """Yield what overridden methods declare of parameters, for the methods reached since the last time."""
    waiting, analysis.undeclared = analysis.undeclared, []
    for activation in waiting:
        function = activation.function
        assert function is not None
        own = {name for name, _annotation in function.annotations}
        for at, parameter in enumerate(function.code.block.parameters):
            if at and parameter.kind in _NAMED and parameter.name not in own:
                found = _declaration(analysis, function, at)
                if found is not None:
                    annotation, base = found
                    yield activation.register(at), annotation, base.env, base.code.block.site


def _declaration(analysis: "Analysis", function: Function, at: int) -> tuple[Annotation, Function] | None:
    """Return the annotation of the parameter in the nearest base that has one, and the method it is of."""
    name = function.code.name.rpartition(".")[2]
    cls = function.env.cls
    for ancestor in cls.mro[1:] if cls is not None else ():
        if isinstance(ancestor, Class) and name in ancestor.code.member_names:
            for base in analysis.field(ancestor, name).points_to:
                found = _of(base, function, at) if isinstance(base, Function) else None
                if found is not None:
                    return found
    return None


def _of(base: Function, function: Function, at: int) -> tuple[Annotation, Function] | None:
    parameter, theirs = function.code.block.parameters[at], base.code.block.parameters
    meant = parameter.name
    if parameter.kind is not ParameterKind.KEYWORD_ONLY and at < len(theirs) and theirs[at].kind in _NAMED:
        meant = theirs[at].name
    return next(((given, base) for name, given in base.annotations if name == meant), None)
