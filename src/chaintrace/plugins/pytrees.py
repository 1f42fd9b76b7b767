"""Trees of jax: what a transformed function is given is taken apart, and what it gives is put together again.

Classes of the program take part once they are registered, with their methods or with two functions.
"""

from chaintrace.graph.edges import EdgeKind
from chaintrace.plugins.shapes import is_container
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import BoundMethod, Class, Function, Instance, Object
from chaintrace.pointsto.variables import Variable

_BY_METHODS, _FLATTEN, _UNFLATTEN = "[tree]", "[flatten]", "[unflatten]"


def register(models: Models) -> None:
    """Register the ways to register a class."""
    for name in ("register_pytree_node_class", "register_pytree_with_keys_class"):
        models.function(f"jax.tree_util.{name}")(_register_class)
    for name in ("register_pytree_node", "register_pytree_with_keys"):
        models.function(f"jax.tree_util.{name}")(_register_functions)


def _register_class(call: Invocation) -> None:
    classes = call.argument(0, "cls")
    if classes is not None:
        mark = call.analysis.external(call.path)
        call.analysis.use(
            classes, lambda cls: call.analysis.add(call.analysis.field(cls, _BY_METHODS), mark, call.reason)
        )
        call.give_all(classes)


def _register_functions(call: Invocation) -> None:
    classes = call.argument(0, "nodetype")
    for at, name, field in ((1, "flatten_func", _FLATTEN), (2, "unflatten_func", _UNFLATTEN)):
        function = call.argument(at, name)
        call.run(function, Arguments(), kind=EdgeKind.CALLBACK, flags=())
        if classes is not None:
            call.analysis.use(classes, lambda cls, f=field, v=function: call.store(cls, f, v))  # type: ignore[misc]


def dressed(call: Invocation, functions: Variable) -> Variable:
    """Return a variable of the same functions, dressed so that calling them takes their arguments apart.

    A dressed function is an object of its own: who calls the function it was made from is not concerned.
    """
    found = call.temporary("dressed")

    def on_function(obj: Object) -> None:
        call.analysis.add(found, _dress(call, obj), functions)

    call.analysis.use(functions, on_function)
    return found


def _dress(call: Invocation, obj: Object) -> Object:
    if isinstance(obj, BoundMethod) and isinstance(obj.function, Function):
        return call.analysis.bound(_dress(call, obj.function), obj.receiver)
    if not isinstance(obj, Function) or obj.entered is not None:
        return obj
    analysis, path = call.analysis, call.path
    made = Function(obj.code, obj.env)
    made.defaults, made.annotations = obj.defaults, obj.annotations
    made.fields = obj.fields
    made.entered = lambda inner: take_apart(Invocation(analysis, path, None, inner))
    return made


def take_apart(call: Invocation) -> None:
    """Flatten what a call is given and what it gives, and put both together again."""
    walk = _Walk(call)
    for value in [*call.values(), *((call.call.result,) if call.call.result is not None else ())]:
        call.analysis.use(value, walk.on_object)


class _Walk:
    """Follow the trees of one call down to their leaves."""

    def __init__(self, call: Invocation) -> None:
        self.call = call
        self.seen: set[Object] = set()

    def on_object(self, obj: Object) -> None:
        """Flatten one object: go into a container, run the functions of a registered class."""
        analysis = self.call.analysis
        if obj in self.seen or not isinstance(obj, Instance):
            return
        self.seen.add(obj)
        if is_container(self.call, obj):
            analysis.use(analysis.field(obj, "[*]"), self.on_object)
        elif isinstance(obj.cls, Class):
            analysis.use(analysis.field(obj.cls, _BY_METHODS), lambda _mark: self._by_methods(obj))
            analysis.use(analysis.field(obj.cls, _FLATTEN), lambda function: self._by_function(obj, function))

    def _by_methods(self, obj: Instance) -> None:
        call, parts, unflatten = self.call, *self._places(obj)
        call.run_method(obj, "tree_flatten", Arguments(), parts)
        reading = Call(call.activation, call.site, Arguments(), unflatten)
        call.analysis.attributes.read(obj.cls, "tree_unflatten", reading)
        self._put_together(obj, parts, unflatten)

    def _by_function(self, obj: Instance, function: Object) -> None:
        call, parts, unflatten = self.call, *self._places(obj)
        flatten, holder = call.temporary(("flatten", function)), call.temporary(("tree", obj))
        call.analysis.add(flatten, function, call.reason)
        call.analysis.add(holder, obj, call.reason)
        call.run(flatten, Arguments.of(holder), parts)
        call.analysis.flow(call.analysis.field(obj.cls, _UNFLATTEN), unflatten, call.reason)
        self._put_together(obj, parts, unflatten)

    def _places(self, obj: Instance) -> tuple[Variable, Variable]:
        return self.call.temporary(("parts", obj)), self.call.temporary(("unflatten", obj))

    def _put_together(self, obj: Instance, parts: Variable, unflatten: Variable) -> None:
        """Go on with the children that flattening gave, and hand them and the rest back."""
        call = self.call
        children, rest = call.temporary(("children", obj)), call.temporary(("rest", obj))

        def on_pair(pair: Object) -> None:
            if isinstance(pair, Instance):
                call.analysis.items.load_key(pair, "#0", children, call.reason)
                call.analysis.items.load_key(pair, "#1", rest, call.reason)

        call.analysis.use(parts, on_pair)
        call.analysis.use(children, self.on_object)
        call.run(unflatten, Arguments.of(rest, children))
