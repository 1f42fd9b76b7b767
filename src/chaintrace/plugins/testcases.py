"""Tests as entry points: pytest and unittest call what is named `test…`, with fixtures and parameters.

A test file drives a library with real objects, which is stronger evidence than any annotation. Test
functions, the methods of test classes on one instance each, and fixtures are started as if the framework
called them. Parameters take what the fixtures of their names give, by class, file and the `conftest.py` of
the directories above, or the values of `parametrize`.
"""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from chaintrace.ir.facts import BlockKind
from chaintrace.plugins.fixtures import FIXTURE, PARAM, PARAMETRIZE, name_of
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Binder
from chaintrace.pointsto.models import Models
from chaintrace.pointsto.objects import Class, External, Function, Instance, Object, String
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.modules import Module

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis

_AROUND = (
    *("setUpClass", "setUp", "asyncSetUp", "asyncTearDown", "tearDown", "tearDownClass"),
    *("setup_class", "setup_method", "teardown_method", "teardown_class"),
)
_AROUND_MODULE = ("setUpModule", "tearDownModule", "setup_module", "teardown_module", "setup_function")


def register(models: Models) -> None:
    """Register the start of the tests."""
    models.starters.append(start)


def start(analysis: "Analysis") -> None:
    """Start every test of the program."""
    run = _Run(analysis)
    for name in sorted(analysis.program.modules):
        module = analysis.program.modules[name]
        if is_test_file(module.path):
            run.module(module)
    for cls in list(analysis.classes):
        if cls.code.parent is not None and cls.code.parent.block.kind in (BlockKind.MODULE, BlockKind.CLASS):
            run.test_class(cls)


def is_test_file(path: str) -> bool:
    """Say whether pytest would look into a file."""
    name = PurePosixPath(path).name
    return name == "conftest.py" or (
        name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))
    )


class _Run:
    """Start tests, each fixture once."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._given: dict[tuple[Function, object], Variable] = {}
        self._fixtures: dict[str, dict[str, Function]] = {}
        self._conftests = {
            PurePosixPath(module.path).parent: module
            for module in analysis.program.modules.values()
            if PurePosixPath(module.path).name == "conftest.py"
        }

    # Functions

    def module(self, module: Module) -> None:
        """Start the test functions and fixtures of a test file."""
        for function in self._of_module(module).values():
            self._fixture(function, None, module)
        owner = self.analysis.module(module.name)
        for name in module.names:
            if name.startswith("test") or name in _AROUND_MODULE:
                for found in list(self.analysis.field(owner, name).points_to):
                    if isinstance(found, Function):
                        self._test(found, None, module)

    def _test(self, function: Function, receiver: Instance | Class | None, module: Module) -> None:
        callee = self._enter(function, receiver)
        self._fill(callee, function, receiver, module, self._parameters(function, receiver))

    def _enter(self, function: Function, receiver: Instance | Class | None) -> Activation:
        """Start a function as a framework would."""
        origin = receiver.origin if isinstance(receiver, Instance) else receiver
        heap = (origin,) if receiver is not None else ()
        callee = self.analysis.activate(function, receiver, heap)
        if receiver is not None:
            reason = Reason("entry", callee, function.code.block.site)
            Binder(self.analysis, callee, reason).receiver(receiver)
        return callee

    def _fill(
        self,
        callee: Activation,
        function: Function,
        receiver: Instance | Class | None,
        module: Module,
        known: dict[str, Variable],
    ) -> None:
        """Give each parameter the values of `parametrize`, or what the fixture of its name gives."""
        reason = Reason("fixture", callee, function.code.block.site)
        for at, parameter in enumerate(function.code.block.parameters):
            if at == 0 and receiver is not None:
                continue
            given = known.get(parameter.name)
            if given is None:
                fixture = self._find(parameter.name, function, receiver, module)
                given = self._fixture(fixture, receiver, module) if fixture is not None else None
            if given is not None:
                self.analysis.flow(given, callee.register(at), reason)

    # Fixtures

    def _fixture(self, function: Function, receiver: Instance | Class | None, module: Module) -> Variable:
        """Return what a fixture gives, started on first use."""
        own = receiver if function.code.owner_class is not None else None
        found = self._given.get((function, own))
        if found is None:
            callee = self._enter(function, own)
            found = callee.yielded() if function.code.block.is_generator else callee.result
            self._given[function, own] = found
            place = function.code.module
            self._fill(callee, function, own, module if own is not None else place, self._request(function))
        return found

    def _request(self, function: Function) -> dict[str, Variable]:
        """Return the `request` of a fixture, whose `param` is each of its params."""
        analysis = self.analysis
        request = Instance(analysis.external("pytest.FixtureRequest"), ("request", function), None, None)
        reason = Reason("fixture", function.env, function.code.block.site)
        for options in self._marks(function, FIXTURE):
            for row in list(analysis.field(options, "params").points_to):
                self._give_value(row, analysis.field(request, "param"), reason)
        held = Variable((request, "request"))
        analysis.add(held, request, reason)
        return {"request": held}

    def _marks(self, marked: Object, field: str) -> list[Instance]:
        held = marked.fields.get(field)
        return [obj for obj in held.points_to if isinstance(obj, Instance)] if held is not None else []

    def _find(
        self, name: str, function: Function, receiver: Instance | Class | None, module: Module
    ) -> Function | None:
        """Return the fixture of a name: of the class, the file, or a conftest.py above; never itself."""
        cls = receiver.cls if isinstance(receiver, Instance) else receiver
        if isinstance(cls, Class):
            for member in self.analysis.lookups.of_class(cls, name).points_to:
                if isinstance(member, Function) and self._marks(member, FIXTURE) and member is not function:
                    return member
        conftests = (self._conftests.get(parent) for parent in PurePosixPath(module.path).parents)
        for place in (module, *conftests):
            found = self._of_module(place).get(name) if place is not None else None
            if found is not None and found is not function:
                return found
        return None

    def _of_module(self, module: Module) -> dict[str, Function]:
        found = self._fixtures.get(module.name)
        if found is None:
            found = self._fixtures[module.name] = {}
            owner = self.analysis.module(module.name)
            for name in module.names:
                for obj in list(self.analysis.field(owner, name).points_to):
                    if isinstance(obj, Function):
                        for options in self._marks(obj, FIXTURE)[:1]:
                            found[name_of(options) or name] = obj
        return found

    # Parameters

    def _parameters(self, function: Function, receiver: Instance | Class | None) -> dict[str, Variable]:
        """Return what `parametrize` gives to the parameters of a test, by name."""
        marks = self._marks(function, PARAMETRIZE)
        cls = receiver.cls if isinstance(receiver, Instance) else None
        if isinstance(cls, Class):
            marks += [mark for c in cls.mro if isinstance(c, Class) for mark in self._marks(c, PARAMETRIZE)]
        found: dict[str, Variable] = {}
        for options in marks:
            names = self._names(options)
            rows = list(self.analysis.field(options, "values").points_to)
            for at, name in enumerate(names):
                held = found.setdefault(name, Variable((function, name)))
                reason = Reason("parametrized", function.env, function.code.block.site)
                for row in rows:
                    if len(names) == 1:
                        self._give_value(row, held, reason)
                    elif isinstance(row, Instance):
                        self.analysis.items.load_key(row, f"#{at}", held, reason)
        return found

    def _give_value(self, row: Object, held: Variable, reason: Reason) -> None:
        if isinstance(row, Instance) and isinstance(row.cls, External) and row.cls.path == PARAM:
            self.analysis.items.load_key(row, "#0", held, reason)
        else:
            self.analysis.add(held, row, reason)

    def _names(self, options: Instance) -> list[str]:
        names: list[str] = []
        while f"#{len(names)}" in options.fields:
            held = options.fields[f"#{len(names)}"].points_to
            names.append(next((obj.value for obj in held if isinstance(obj, String)), ""))
        return names

    # Classes

    def test_class(self, cls: Class) -> None:
        """Start the test methods of a class on one instance, if it is a test class."""
        members = {name: None for c in cls.mro if isinstance(c, Class) for name in c.code.block.bindings}
        tests = [name for name in members if name.startswith("test")]
        if not tests or cls.body is None or not _is_collected(cls):
            return
        analysis = self.analysis
        site = cls.code.block.site
        obj = Instance(cls, ("test", cls), (cls.body, site), ())
        analysis.add(analysis.known_instances(cls), obj, Reason("allocated", cls.body, site))
        for name in ("__init__", *_AROUND, *tests):
            for found in list(analysis.lookups.of_class(cls, name).points_to):
                function = analysis.unwrap(found)
                if isinstance(function, Function):
                    self._test(function, obj if function is found else cls, cls.code.module)


def _is_collected(cls: Class) -> bool:
    """Say whether pytest or unittest takes a class for tests."""
    named = cls.code.name.rpartition(".")[2].startswith("Test") and is_test_file(cls.code.module.path)
    return named or any(isinstance(a, External) and a.path.endswith("TestCase") for a in cls.mro)
