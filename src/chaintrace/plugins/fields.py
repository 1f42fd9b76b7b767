"""Fields: what the annotated names of a class say about its generated initialiser."""

from dataclasses import dataclass

from chaintrace.ir import operations as ops
from chaintrace.ir.facts import Field
from chaintrace.ir.operations import Annotation
from chaintrace.plugins.shapes import decorator_literals, keyword_literals, keyword_variable
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.models import Models
from chaintrace.pointsto.objects import Class, External
from chaintrace.pointsto.variables import Variable

FLAG = "dataclass"
_FACTORIES = ("default_factory", "factory")


@dataclass(frozen=True)
class FieldSpec:
    """Describe one field: how the initialiser takes it and where its default comes from.

    `body` is the class body that declares it. `default` holds the default values, `factory` what makes one.
    A pseudo-field (`stored` False) goes to `__post_init__` only.
    """

    name: str
    body: Activation
    site: int
    annotation: Annotation
    default: Variable | None
    factory: Variable | None
    converter: Variable | None
    validator: Variable | None
    taken: bool
    keyword_only: bool
    stored: bool


def fields_of(cls: Class, models: Models) -> list[FieldSpec]:
    """Return the fields of a class in the order of its initialiser's parameters, keyword-only ones last."""
    found: dict[str, FieldSpec] = {}
    whole_family = any(isinstance(a, External) and a.path in models.initialisers for a in cls.mro)
    for ancestor in reversed(cls.mro):
        if isinstance(ancestor, Class) and (whole_family or FLAG in ancestor.flags):
            for spec in _own_fields(ancestor):
                found[spec.name] = spec
    return sorted(found.values(), key=lambda spec: spec.keyword_only)


def _own_fields(cls: Class) -> list[FieldSpec]:
    body = cls.body
    if body is None:
        return []
    keyword_only = decorator_literals(cls.code).get("kw_only") == "True"
    specs = []
    for field in body.code.block.fields:
        word = _annotated_with(body, field.annotation)
        if word == "KW_ONLY":
            keyword_only = True
        elif word != "ClassVar":
            specs.append(_spec(body, field, word, keyword_only=keyword_only))
    annotated = {field.name for field in body.code.block.fields}
    for op in body.code.block.operations:
        if isinstance(op, ops.StoreMember) and op.name not in annotated and _is_attribute(body, op.source):
            field = Field(op.name, Annotation("unknown"), op.source, op.site)
            specs.append(_spec(body, field, "", keyword_only=keyword_only))
    return specs


def _is_attribute(body: Activation, register: int) -> bool:
    """Say whether a class-level value is `attr.ib(…)` or the like: fields without an annotation."""
    made_by = body.code.aliases.get(register, register)
    for op in body.code.block.operations:
        if isinstance(op, ops.Call) and op.target == made_by:
            functions = body.register(op.function).points_to
            return any(
                isinstance(f, External) and f.path in ("attr.ib", "attr.attrib", "attrs.field")
                for f in functions
            )
    return False


def _spec(body: Activation, field: Field, word: str, *, keyword_only: bool) -> FieldSpec:
    """Read the `field(…)` call, if any, that a class body assigns to an annotated name."""
    value = field.value
    options = keyword_literals(body.code, value) if value >= 0 else {}

    def given(*names: str) -> Variable | None:
        found = (keyword_variable(body, value, name) for name in names) if value >= 0 else iter(())
        return next((variable for variable in found if variable is not None), None)

    factory = given(*_FACTORIES)
    return FieldSpec(
        name=field.name,
        body=body,
        site=field.site,
        annotation=field.annotation,
        default=body.register(value) if value >= 0 and factory is None else None,
        factory=factory,
        converter=given("converter"),
        validator=given("validator"),
        taken=options.get("init") != "False",
        keyword_only=options.get("kw_only") == "True" or (keyword_only and options.get("kw_only") != "False"),
        stored=word != "InitVar",
    )


def _annotated_with(body: Activation, annotation: Annotation) -> str:
    """Return the last part of the name an annotation starts with (`ClassVar`, `InitVar`, `KW_ONLY`)."""
    op = body.code.definitions.get(annotation.register)
    return op.name if isinstance(op, ops.Load | ops.LoadGlobal | ops.LoadBuiltin) else ""
