"""pytest's marks: what is a fixture, and which values `parametrize` gives to parameters.

Marked functions carry what was said of them in fields of their own; `chaintrace.plugins.testcases` reads
these when it starts the tests.
"""

from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Class, Function, Instance, Object, String
from chaintrace.pointsto.variables import Variable

FIXTURE, PARAMETRIZE = "[fixture]", "[parametrize]"
PARAM = "pytest.param"
_FIXTURES = ("pytest.fixture", "pytest_asyncio.fixture", "pytest.yield_fixture")


def register(models: Models) -> None:
    """Register the marks."""
    for path in _FIXTURES:
        models.function(path)(_fixture)
    models.function("pytest.fixture.[marker]")(lambda call: _mark(call, FIXTURE))
    models.function("pytest.mark.parametrize")(_parametrize)
    models.function("pytest.mark.parametrize.[marker]")(lambda call: _mark(call, PARAMETRIZE))
    models.function(PARAM)(_param)


def _fixture(call: Invocation) -> None:
    """`@pytest.fixture` marks; `@pytest.fixture(name=…, params=…)` gives the marker."""
    function = call.argument(0, "fixture_function")
    options = call.new("pytest.fixture", "options")
    if function is not None and "decorator" in call.call.flags:
        _put(call, function, FIXTURE, options)
        call.give_all(function)
        return
    call.store(options, "name", call.argument(9, "name"))
    call.store(options, "params", call.elements(call.argument(1, "params"), "params"))
    call.give(call.analysis.bound(call.analysis.external("pytest.fixture.[marker]"), options))


def _parametrize(call: Invocation) -> None:
    names, values = call.argument(0, "argnames"), call.argument(1, "argvalues")
    options = call.new("pytest.mark.parametrize", "options")
    for at, name in enumerate(_literal_names(names)):
        call.analysis.add(call.slot(options, f"#{at}"), call.analysis.string(name), call.reason)
    if names is not None:
        call.analysis.use(names, lambda obj: _copy_names(call, obj, options))
    call.store(options, "values", call.elements(values, "values"))
    call.give(call.analysis.bound(call.analysis.external("pytest.mark.parametrize.[marker]"), options))


def _literal_names(names: Variable | None) -> list[str]:
    """Return the names in a literal such as `"left, right"`."""
    owner, register = names.what if names is not None else (None, None)
    if not isinstance(owner, Activation) or not isinstance(register, int):
        return []
    text = owner.code.constants.get(register, "")
    return [name.strip() for name in text[1:].split(",")] if text.startswith("'") else []


def _copy_names(call: Invocation, obj: Object, options: Instance) -> None:
    if isinstance(obj, Instance) and obj.cls in call.analysis.sequences:
        call.analysis.copy_items(obj, options, call.reason)


def _mark(call: Invocation, field: str) -> None:
    marked, options = call.argument(0), call.receiver
    if marked is not None and isinstance(options, Instance):
        _put(call, marked, field, options)
        call.give_all(marked)


def _put(call: Invocation, marked: Variable, field: str, options: Instance) -> None:
    def on_object(obj: Object) -> None:
        if isinstance(obj, Function | Class):
            call.analysis.add(call.analysis.field(obj, field), options, call.reason)

    call.analysis.use(marked, on_object)


def _param(call: Invocation) -> None:
    """`pytest.param(a, b, id=…)`: one row of values."""
    made = call.new(PARAM)
    for at, (value, starred) in enumerate(call.call.arguments.positional):
        call.store(made, "[?]" if starred else f"#{at}", value)
    call.give(made)


def name_of(options: Instance) -> str:
    """Return the name that a fixture was given, or the empty string."""
    held = options.fields.get("name")
    named = [obj.value for obj in held.points_to if isinstance(obj, String)] if held is not None else []
    return named[0] if named else ""
