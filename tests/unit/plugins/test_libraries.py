"""Libraries that the tests do not install: programs annotated like fixtures, and not run."""

import pytest

import chaintrace
from chaintrace.testing.expect import check, filled_in
from chaintrace.testing.fixture import parse_fixture

TRANSFORMATIONS = """\
import functools
from functools import partial

import jax
from flax import nnx
from flax.nnx.transforms.compilation import jit as deep_jit
from jax import tree_util


class Leaf:
    def use(self): ...

    def __call__(self):
        return self


def step(x):
    x.use()  #! calls: Leaf.use
    return x


fast = jax.jit(step)
fast(Leaf()).use()  #! calls: step, Leaf.use


class Runner:
    def setup(self):
        @partial(jax.jit, static_argnums=0)
        def run(x):
            return x()  #! calls: Leaf.__call__

        def wrapper(x):
            return run(x)  #! calls: Runner.setup.<locals>.run

        self.run = wrapper

    def go(self):
        return self.run(Leaf())  #! calls: Runner.setup.<locals>.wrapper


runner = Runner()
runner.setup()  #! calls: Runner.setup
runner.go().use()  #! calls: Runner.go, Leaf.use


@functools.partial(jax.vmap, in_axes=(0,))
@jax.checkpoint
def mapped(x):
    return x


mapped(Leaf()).use()  #! calls: mapped, Leaf.use
fast.lower(Leaf())  #! calls: step


@jax.custom_vjp
def special(x):
    return x


def special_fwd(x):
    return x


def special_bwd(x, g):
    return g


special.defvjp(special_fwd, special_bwd)  #! calls: special_fwd, special_bwd
special(Leaf()).use()  #! calls: special, Leaf.use
"""

TREES = """\
import functools
from functools import partial

import jax
from flax import nnx
from flax.nnx.transforms.compilation import jit as deep_jit
from jax import tree_util


class Leaf:
    def use(self): ...

    def __call__(self):
        return self


def at_leaf(x):
    x.use()  #! calls: Leaf.use
    return x


tree = {"a": Leaf(), "b": {"c": Leaf()}}
mapped_tree = jax.tree.map(at_leaf, tree)  #! calls: at_leaf
mapped_tree["b"]["c"].use()  #! calls: Leaf.use
leaves, structure = tree_util.tree_flatten(tree)
leaves[0].use()  #! calls: Leaf.use
tree_util.tree_unflatten(structure, leaves)["a"].use()  #! calls: Leaf.use
jax.pure_callback(at_leaf, None, Leaf())  #! calls: at_leaf
"""

CONTROL_FLOW = """\
import functools
from functools import partial

import jax
from flax import nnx
from flax.nnx.transforms.compilation import jit as deep_jit
from jax import tree_util


class Leaf:
    def use(self): ...

    def __call__(self):
        return self


def body(carry, x):
    x.use()  #! calls: Leaf.use
    carry.use()  #! calls: Leaf.use
    return carry, x


last, stacked = jax.lax.scan(body, Leaf(), [Leaf()])  #! calls: body
last.use()  #! calls: Leaf.use


def yes(x):
    return x


def no(x):
    return x


jax.lax.cond(True, yes, no, Leaf()).use()  #! calls: yes, no, Leaf.use
jax.lax.switch(0, [yes, no], Leaf())  #! calls: yes, no
"""

MODULES = """\
import functools
from functools import partial

import jax
from flax import nnx
from flax.nnx.transforms.compilation import jit as deep_jit
from jax import tree_util


class Leaf:
    def use(self): ...

    def __call__(self):
        return self


class Model(nnx.Module):
    def __init__(self):
        self.leaf = Leaf()
        self.layers = nnx.List([Leaf() for _ in "ab"])
        self.more = nnx.data([Leaf()])

    def __call__(self):
        for layer in self.layers:
            layer.use()  #! calls: Leaf.use
        self.more[0].use()  #! calls: Leaf.use
        return self.leaf()  #! calls: Leaf.__call__


model = Model()  #! calls: Model.__init__
graphdef, state = nnx.split(model)
nnx.merge(graphdef, state)().use()  #! calls: Model.__call__, Leaf.use


@deep_jit
def train(model):
    model()  #! calls: Model.__call__


train(model)  #! calls: train


@jax.jit
def outer(state):
    return nnx.merge(graphdef, state)


outer(state)()  #! calls: outer, Model.__call__
with jax.profiler.TraceAnnotation("x"):
    outer(state)  #! calls: outer
abstract = nnx.eval_shape(lambda: Model())  #! calls: <lambda>, Model.__init__
abstract()  #! calls: Model.__call__
"""

REGISTERED = """\
import jax
from jax.tree_util import register_pytree_node, register_pytree_node_class


@register_pytree_node_class
class Batch:
    def __init__(self, pool):
        self.pool = pool

    def tree_flatten(self):
        return (self.pool, [1]), None

    @classmethod
    def tree_unflatten(cls, rest, children):
        return cls(*children)  #! calls: Batch.__init__


class Pool:
    pass


def flatten_pool(pool): ...


def unflatten_pool(rest, children): ...


class Plain:
    def tree_flatten(self): ...


#! calls: flatten_pool, unflatten_pool
register_pytree_node(Pool, flatten_pool, unflatten_pool)


def step(batch, plain):
    return [Plain()]


fast = jax.jit(step)
batch = Batch(Pool())  #! calls: Batch.__init__
#! calls: step, Batch.tree_flatten, Batch.tree_unflatten, flatten_pool, unflatten_pool
fast({"batch": batch}, Plain())
step(batch, Plain())  #! calls: step
#! calls: Batch.tree_flatten, Batch.tree_unflatten, flatten_pool, unflatten_pool
jax.device_put(batch)
#! calls: <lambda>, Batch.tree_flatten, Batch.tree_unflatten, flatten_pool, unflatten_pool
jax.tree_util.tree_map(lambda leaf: leaf, batch)
"""

FIELDS = """\
import attr
import attrs
import pydantic


def go(): ...


def check_it(instance, attribute, value): ...


def convert(value):
    return value


@attrs.define
class Options:
    one: object = attrs.field(converter=convert, validator=check_it)
    two: list = attrs.field(factory=list)

    def __attrs_post_init__(self):
        self.one()  #! calls: go


Options(go)  #! calls: Options.__attrs_post_init__, check_it, convert


@attr.s
class Old:
    x = attr.ib()
    y = attr.ib(default=None)


Old(go).x()  #! calls: go


class Config(pydantic.BaseModel):
    hook: object
    other: object = None

    def run(self):
        self.hook()  #! calls: go


class Special(Config):
    more: object = pydantic.Field(default_factory=dict)


Special(hook=go, other=1).run()  #! calls: Config.run
"""

TORCH = """\
import torch
from torch import nn as tnn


def go(): ...


class Net(tnn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        self.inner(x)  #! calls: Small.forward
        return x


class Small(tnn.Module):
    def forward(self, x):
        x()  #! calls: go


net = Net(Small())  #! calls: Net.__init__
net(go)()  #! calls: Net.forward, go
net.to("cpu")(go)  #! calls: Net.forward


@torch.no_grad()
def quiet():
    return go


quiet()()  #! calls: quiet, go
"""

LINEN = """\
import flax.linen as nn
import flax.struct


def go(): ...


class Dense(nn.Module):
    hook: object

    @nn.compact
    def __call__(self, x):
        self.hook()  #! calls: go
        return x


dense = Dense(hook=go)
dense.apply({}, go)()  #! calls: Dense.__call__, go


@flax.struct.dataclass
class State:
    step: object
    extra: object = flax.struct.field(default=None, pytree_node=False)


state = State(step=go)
state.step()  #! calls: go
state.replace(extra=go).extra()  #! calls: go
"""

COMMANDS = """\
import click
import pytest
from absl import app


def go(): ...


@click.command()
@click.option("--x")
def cli(x): ...


@pytest.fixture
def value():
    return go


@pytest.fixture(scope="module")
def wide():
    return go


def main(argv): ...


if __name__ == "__main__":
    app.run(main)  #! calls: main
    cli()  #! calls: cli
"""

PROGRAMS = {
    "transformations": TRANSFORMATIONS,
    "trees": TREES,
    "control_flow": CONTROL_FLOW,
    "modules": MODULES,
    "registered": REGISTERED,
    "fields": FIELDS,
    "torch": TORCH,
    "linen": LINEN,
    "commands": COMMANDS,
}


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_edges_through_a_library_are_as_annotated(name: str) -> None:
    fixture = parse_fixture(name, PROGRAMS[name])
    graph = chaintrace.Project([chaintrace.Memory(dict(fixture.files))], cache=False).analyze()
    if problems := check(fixture, graph.edges):
        pytest.fail("\n".join([*problems, "", filled_in(fixture, graph.edges)]), pytrace=False)
