"""Maps over nested containers, `jax.tree.map` and the like: callbacks see leaves, results keep the shape."""

from chaintrace.plugins.pytrees import take_apart
from chaintrace.plugins.shapes import is_container, leaves
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.heap import MOST_COPIES
from chaintrace.pointsto.models import Invocation, Models
from chaintrace.pointsto.objects import Instance, Object
from chaintrace.pointsto.variables import Variable

_MAPS = ("jax.tree.map", "optree.tree_map", "torch.utils._pytree.tree_map")
_MAPS_WITH_PATH = ("jax.tree.map_with_path", "optree.tree_map_with_path")


def register(models: Models) -> None:
    """Register maps over trees."""
    models.function(*_MAPS)(lambda call: _map(call, with_path=False))
    models.function(*_MAPS_WITH_PATH)(lambda call: _map(call, with_path=True))
    models.function("jax.tree.flatten")(_flatten)
    models.function("jax.tree.flatten_with_path")(_flatten)


def _map(call: Invocation, *, with_path: bool) -> None:
    tree = call.argument(1, "tree")
    if tree is None:
        return
    if call.path.startswith("jax."):
        take_apart(call)
    columns = []
    for at, (value, starred) in enumerate(call.call.arguments.positional[1:]):
        column = call.temporary(("leaves", at))
        leaves(call, call.elements(value, at) if starred else value, column)
        columns.append(column)
    if not columns:
        columns.append(call.temporary("leaves"))
        leaves(call, tree, columns[0])
    result = call.temporary("result")
    path = [call.temporary("path")] if with_path else []
    call.run(call.argument(0, "f"), Arguments.of(*path, *columns), result)
    if call.call.result is not None:
        _reshape(call, tree, result, call.call.result)


def _reshape(call: Invocation, tree: Variable, leaf: Variable, target: Variable) -> None:
    """`target` takes, for each container in `tree`, one of its class with `leaf` at its leaves."""
    seen: set[Object] = set()
    filled: set[Variable] = set()

    def fill(into: Variable) -> None:
        if into not in filled:
            filled.add(into)
            call.analysis.flow(leaf, into, call.reason)

    def on_object(obj: Object, into: Variable) -> None:
        if not (isinstance(obj, Instance) and is_container(call, obj)):
            fill(into)
            return
        made = call.analysis.allocate(obj.cls, call.activation, call.site, "mapped")
        call.analysis.add(into, made, call.reason)
        if obj not in seen and obj is not made:
            made.length = obj.length if made.length in (-1, obj.length) and "[*]" not in made.fields else -1
            seen.add(obj)
            if len(seen) <= MOST_COPIES:
                call.analysis.on_items(obj, lambda key, value: on_item(value, call.slot(made, key)))
            else:
                on_item(call.slot(obj, "[*]"), call.slot(made, "[?]"))

    def on_item(value: Variable, into: Variable) -> None:
        call.analysis.use(value, lambda obj: on_object(obj, into))
        # A leaf that no abstract object stands for (a number, an array) is mapped too.
        if not value.points_to:
            fill(into)

    call.analysis.use(tree, lambda obj: on_object(obj, target))
    fill(target)


def _flatten(call: Invocation) -> None:
    """Give a pair: the list of leaves, and the structure, which keeps the tree for unflattening."""
    tree = call.argument(0, "tree")
    if tree is None:
        return
    take_apart(call)
    found = call.new("builtins.list", "leaves")
    element = call.slot(found, "[?]")
    if call.path.endswith("with_path"):
        keyed = call.new("builtins.tuple", "keyed")
        leaves(call, tree, call.slot(keyed, "#1"))
        keyed.length = 2
        call.analysis.add(element, keyed, call.reason)
    else:
        leaves(call, tree, element)
    structure = call.new("jax.tree_util.PyTreeDef")
    call.store(structure, "[tree]", tree)
    pair = call.new("builtins.tuple", "pair")
    pair.length = 2
    call.analysis.add(call.slot(pair, "#0"), found, call.reason)
    call.analysis.add(call.slot(pair, "#1"), structure, call.reason)
    call.give(pair)
