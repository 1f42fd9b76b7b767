"""Named tuples: `collections.namedtuple` makes a class of its own, `typing.NamedTuple` is a base class."""

from chaintrace.plugins.generated import Initialiser
from chaintrace.plugins.shapes import literal
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Class, External, Instance, Object, String
from chaintrace.pointsto.variables import Variable

_BASE = "collections.namedtuple.Made"


class _Made:
    """Remember the field names of the classes that `namedtuple(…)` calls made."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self.names: dict[str, list[str]] = {}

    def make(self, call: Invocation) -> None:
        """Make the class of `namedtuple("P", "a b")`: an external one, told apart by its place."""
        site = call.activation.code.module.facts.sites[call.site]
        path = f"collections.namedtuple.{call.activation.code.module.name}.{_spelling(call)}:{site.line}"
        cls = call.analysis.external(path)
        self.models.classes.add(path)
        self.models.bases[path] = _BASE
        self.models.initialisers[path] = self._initialise
        call.analysis.sequences.add(cls)
        self.names.setdefault(path, [])
        fields = call.argument(1, "field_names")
        if fields is not None:
            self._read_names(call, fields, path)
        call.give(cls)

    def _read_names(self, call: Invocation, fields: Variable, path: str) -> None:
        for text in _texts(call, 1, "field_names"):
            self.names[path] = text.replace(",", " ").split()

        def on_list(obj: Object) -> None:
            if isinstance(obj, Instance) and obj.length >= 0 and not self.names[path]:
                names = [call.slot(obj, f"#{at}").points_to for at in range(obj.length)]
                self.names[path] = [next((o.value for o in n if isinstance(o, String)), "") for n in names]

        call.analysis.use(fields, on_list)

    def initialise(self, call: Invocation) -> None:
        """Fill a new tuple: `P(1, b=2)`."""
        if isinstance(call.receiver, Instance):
            self._fill(call, call.receiver)

    def _initialise(self, analysis: object, obj: Instance, call: Call, _evidence: Object) -> None:
        self._fill(Invocation(analysis, _BASE, obj, call), obj)  # type: ignore[arg-type]

    def _fill(self, call: Invocation, made: Instance) -> None:
        order = made.cls.mro if not isinstance(made.cls, External) else [made.cls]
        names = next(
            (self.names[a.path] for a in order if isinstance(a, External) and a.path in self.names), []
        )
        for at, name in enumerate(names):
            value = call.argument(at, name)
            call.store(made, f"#{at}", value)
            call.store(made, name, value)
        made.length = len(names)
        for mapping in call.call.arguments.mappings:
            call.analysis.use(mapping, lambda obj: self._spread(call, obj, made, names))

    def _spread(self, call: Invocation, obj: Object, made: Instance, names: list[str]) -> None:
        for at, name in enumerate(names):
            if isinstance(obj, Instance):
                call.analysis.items.load_key(obj, "'" + name, call.slot(made, name), call.reason)
                call.store(made, f"#{at}", call.slot(made, name))


def _texts(call: Invocation, index: int, name: str) -> list[str]:
    """Return the string constant written as an argument, spaces included."""
    constant = literal(call, index, name)
    return [constant.value] if constant is not None and constant.kind == "str" else []


def _spelling(call: Invocation) -> str:
    return next(iter(_texts(call, 0, "typename")), "Tuple")


def register(models: Models) -> None:
    """Register named tuples."""
    made = _Made(models)
    models.function("collections.namedtuple")(made.make)
    models.function(f"{_BASE}.__init__")(made.initialise)
    for path in (_BASE, "typing.NamedTuple"):
        models.function(f"{path}._replace")(_replace)
        models.function(f"{path}._asdict")(_asdict)
        models.function(f"{path}._make")(_make)
    models.bases[_BASE] = "builtins.tuple"
    models.initialisers["typing.NamedTuple"] = Initialiser(items=True)
    models.records.add("typing.NamedTuple")


def _replace(call: Invocation) -> None:
    """Give the receiver with the new values: one object stands for both."""
    if call.receiver is not None:
        for name, value in call.call.arguments.keywords:
            call.store(call.receiver, name, value)
        call.give(call.receiver)


def _make(call: Invocation) -> None:
    """`P._make(values)`: the class called with the elements."""
    values = call.argument(0)
    if values is not None and isinstance(call.receiver, Class):
        spread = call.call.passing(Arguments([(values, True)]))
        call.analysis.construction.construct(call.receiver, spread, call.receiver)


def _asdict(call: Invocation) -> None:
    if call.receiver is not None:
        made = call.new("builtins.dict")
        for name, value in list(call.receiver.fields.items()):
            if name.isidentifier():
                call.store(made, "'" + name, value)
        call.give(made)
