"""Generated initialisers: the `__init__` that a library writes from a class's annotated fields.

Dataclasses, attrs classes, named tuples and models of validation libraries share it: arguments reach the
fields in the order of the linearisation, factories are called, and `__post_init__` runs at the end. The
generated function gets an activation of its own, named like the class, so that its calls have a caller.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chaintrace.graph.edges import EdgeKind, Resolution
from chaintrace.ir.facts import Block, BlockKind, Parameter, ParameterKind
from chaintrace.plugins.fields import FieldSpec, fields_of
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments, Binder
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.objects import Class, Instance, Object
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.modules import Code, Module

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_AFTERWARDS = ("__post_init__", "__attrs_post_init__", "model_post_init")


class Initialiser:
    """Run generated initialisers; `items` says that the fields are items of a tuple too."""

    def __init__(self, *, items: bool = False) -> None:
        self.items = items
        self._codes: dict[tuple[Code, Module, str], Code] = {}
        self._activations: dict[tuple[Code, Instance], Activation] = {}

    def __call__(self, analysis: "Analysis", obj: Instance, call: Call, evidence: Object) -> None:
        """Initialise an instance by the initialiser of its own class."""
        if isinstance(obj.cls, Class):
            self.of_class(analysis, obj, obj.cls, call, evidence)

    def of_class(self, analysis: "Analysis", obj: Instance, cls: Class, call: Call, evidence: Object) -> None:
        """Run the initialiser of `cls` (the class of `obj` or an ancestor), once its bases are known."""
        analysis.class_rules.when_settled(cls, lambda: _Run(self, analysis, obj, cls, call).run(evidence))

    def activation(self, run: "_Run", tag: str, parameters: list[Parameter]) -> Activation:
        """Return the activation of the generated function, or by `tag` of a part, for one instance."""
        cls, module = run.cls, run.call.activation.code.module
        code = self._codes.get((cls.code, module, tag))
        if code is None:
            name, site = cls.code.block.name, cls.code.block.site
            block = Block(name, BlockKind.FUNCTION, 0, site, parameters, len(parameters), [], [], [], [])
            code = Code(module, 0, block, cls.code.name, None, cls.code.order)
            self._codes[cls.code, module, tag] = code
        found = self._activations.get((code, run.obj))
        if found is None:
            found = Activation(len(run.analysis.activations), code, None, None, run.obj, (run.obj.origin,))
            run.analysis.activations.append(found)
            self._activations[code, run.obj] = found
        return found


@dataclass(frozen=True)
class _Run:
    """Be one call of a generated initialiser."""

    initialiser: Initialiser
    analysis: "Analysis"
    obj: Instance
    cls: Class
    call: Call

    def run(self, evidence: Object) -> None:
        """Bind the arguments, fill the fields, and do what comes after."""
        specs = fields_of(self.cls, self.analysis.models)
        taken = [spec for spec in specs if spec.taken]
        callee = self.initialiser.activation(self, "", _parameters(taken))
        self.analysis.record_call(self.call, callee, evidence)
        reason = Reason("argument", self.call.activation, self.call.site, self.call.via, evidence)
        binder = Binder(self.analysis, callee, reason)
        binder.receiver(self.obj)
        binder.bind(self.call.arguments, 1)
        values = {spec.name: callee.register(at) for at, spec in enumerate(taken, start=1)}
        passed = _passed(taken, self.call.arguments)
        for at, spec in enumerate(specs):
            value = values.get(spec.name) or callee.temporary(spec.name)
            if spec.converter is None:
                self.analysis.expectations.expect(value, spec.annotation, spec.body)
            if spec.name not in passed:
                self._default(spec, value)
            stored = self._converted(callee, spec, value)
            if spec.stored:
                self._store(callee, at, spec, stored)
        if self.initialiser.items:
            self.obj.length = len(specs)
        self._note_writes(callee, values)
        self._afterwards(callee, [values[spec.name] for spec in taken if not spec.stored])

    def _calling(self, caller: Activation, arguments: Arguments, result: Variable | None = None) -> Call:
        return Call(caller, self.call.site, arguments, result, flags=("implicit",), floor=Resolution.MODELLED)

    def _default(self, spec: FieldSpec, value: Variable) -> None:
        """Give a field its default: the value in the class body, or what its factory makes."""
        if spec.factory is not None:
            # An activation for each field keeps apart what two factories make at one site.
            maker = self.initialiser.activation(self, spec.name, [])
            self.analysis.calls.through(spec.factory, self._calling(maker, Arguments(), value))
        elif spec.default is not None:
            self.analysis.flow(spec.default, value, Reason("default", spec.body, spec.site))

    def _converted(self, callee: Activation, spec: FieldSpec, value: Variable) -> Variable:
        """Run a field's validator and converter; return the variable of what is stored."""
        nothing, through = self.analysis.nothing, self.analysis.calls.through
        if spec.validator is not None:
            through(spec.validator, self._calling(callee, Arguments.of(nothing, nothing, value)))
        if spec.converter is None:
            return value
        found = callee.temporary(("converted", spec.name))
        through(spec.converter, self._calling(callee, Arguments.of(value), found))
        return found

    def _store(self, callee: Activation, at: int, spec: FieldSpec, value: Variable) -> None:
        obj, analysis, name = self.obj, self.analysis, spec.name
        reason = Reason("modelled", None, -1, None, obj)
        if not self.initialiser.items and analysis.lookups.defines(obj.cls, "__setattr__"):
            named = callee.temporary(("name", name))
            analysis.add(named, analysis.string(name), reason)
            analysis.calls.method(obj, "__setattr__", self._calling(callee, Arguments.of(named, value)), obj)
        if self.initialiser.items:
            analysis.flow(value, analysis.item(obj, f"#{at}"), reason)
        field = analysis.field(obj, name)
        analysis.expectations.expect(field, spec.annotation, spec.body)
        analysis.flow(value, field, reason)
        if name not in obj.slots:
            # The field always hides the default that the class body leaves in the class.
            obj.slots[name] = field

    def _note_writes(self, callee: Activation, values: dict[str, Variable]) -> None:
        """Record that the generated function writes the fields the call names."""
        writing = Call(callee, self.call.site, Arguments())
        for name, _value in self.call.arguments.keywords:
            if name in values:
                self.analysis.record_attribute(writing, EdgeKind.WRITE, self.cls, name, self.obj)

    def _afterwards(self, callee: Activation, values: list[Variable]) -> None:
        for name in _AFTERWARDS:
            if self.analysis.lookups.defines(self.obj.cls, name):
                call = self._calling(callee, Arguments.of(*values))
                self.analysis.calls.method(self.obj, name, call, self.obj)


def _parameters(specs: list[FieldSpec]) -> list[Parameter]:
    keyword, positional = ParameterKind.KEYWORD_ONLY, ParameterKind.POSITIONAL
    fields = [Parameter(spec.name, keyword if spec.keyword_only else positional, True) for spec in specs]
    return [Parameter("self", ParameterKind.POSITIONAL_ONLY, False), *fields]


def _passed(specs: list[FieldSpec], arguments: Arguments) -> set[str]:
    """Return the fields that a call certainly passes, whose defaults do not matter."""
    starred = [at for at, (_value, starred) in enumerate(arguments.positional) if starred]
    certain = starred[0] if starred else len(arguments.positional)
    return {spec.name for spec in specs[:certain]} | {name for name, _value in arguments.keywords}
