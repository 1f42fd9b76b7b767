"""A hand-made graph: two rollouts share one inherited method; each drives a sampler and a runner of its own.

The two activations of `Rollout.update` keep them apart: through `FastRollout` weights reach
`Runner.weights`, through `SlowRollout` they reach `SlowRunner.weights`. Symbol by symbol, the one would
leak into the other.
"""

from typing import NamedTuple

from chaintrace.graph.edges import Cause, Edge, EdgeKind, Resolution, Symbol, SymbolKind, Unresolved
from chaintrace.graph.graph import Graph, SourceInfo
from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.ir.location import Span

FUNCTION, CLASS, ATTRIBUTE = SymbolKind.FUNCTION, SymbolKind.CLASS, SymbolKind.ATTRIBUTE
STATIC, POINTS_TO, DECLARED, ASSUMED = (
    Resolution.STATIC,
    Resolution.POINTS_TO,
    Resolution.DECLARED,
    Resolution.ASSUMED,
)

SYMBOLS = [
    Symbol("app.cluster.<module>", SymbolKind.MODULE, "app/cluster.py", 1, 60, "app"),
    Symbol("app.cluster.Cluster", CLASS, "app/cluster.py", 5, 50, "app"),
    Symbol("app.cluster.Cluster.__init__", FUNCTION, "app/cluster.py", 6, 9, "app"),
    Symbol("app.cluster.Cluster.sync", FUNCTION, "app/cluster.py", 10, 20, "app"),
    Symbol("app.cluster.Cluster.debug", FUNCTION, "app/cluster.py", 22, 30, "app"),
    Symbol("app.cluster.Cluster.debug.<locals>.show", FUNCTION, "app/cluster.py", 24, 26, "app"),
    Symbol("app.rollout.Rollout", CLASS, "app/rollout.py", 1, 20, "app"),
    Symbol("app.rollout.Rollout.update", FUNCTION, "app/rollout.py", 5, 9, "app"),
    Symbol("app.rollout.FastRollout", CLASS, "app/rollout.py", 21, 24, "app"),
    Symbol("app.rollout.SlowRollout", CLASS, "app/rollout.py", 25, 28, "app"),
    Symbol("app.sampler.Sampler.update", FUNCTION, "app/sampler.py", 4, 12, "app"),
    Symbol("app.sampler.SlowSampler.update", FUNCTION, "app/sampler.py", 14, 22, "app"),
    Symbol("engine.runner.Runner.weights", ATTRIBUTE, "engine/runner.py", 3, 3, "engine"),
    Symbol("engine.runner.Runner.step", FUNCTION, "engine/runner.py", 5, 9, "engine"),
    Symbol("engine.runner.SlowRunner.weights", ATTRIBUTE, "engine/runner.py", 13, 13, "engine"),
    Symbol("engine.loop.start", FUNCTION, "engine/loop.py", 1, 4, "engine"),
    Symbol("engine.loop.run", FUNCTION, "engine/loop.py", 6, 9, "engine"),
    Symbol("print", SymbolKind.EXTERNAL),
]


class Drawn(NamedTuple):
    """One edge, with the activations it joins as (symbol, receiver)."""

    source: str
    target: str
    line: int
    resolution: Resolution
    kind: EdgeKind = EdgeKind.CALL
    text: str = ""
    guard: str = ""
    via: str = ""  # receiver class of whichever end is Rollout.update


SYNC, DEBUG, UPDATE = "app.cluster.Cluster.sync", "app.cluster.Cluster.debug", "app.rollout.Rollout.update"
FAST, SLOW = "app.rollout.FastRollout", "app.rollout.SlowRollout"
SAMPLER, SLOW_SAMPLER = "app.sampler.Sampler.update", "app.sampler.SlowSampler.update"
WEIGHTS, SLOW_WEIGHTS = "engine.runner.Runner.weights", "engine.runner.SlowRunner.weights"
STEP, START, RUN = "engine.runner.Runner.step", "engine.loop.start", "engine.loop.run"
MAIN, INIT = "app.cluster.<module>", "app.cluster.Cluster.__init__"

DRAWN = [
    Drawn(MAIN, INIT, 55, STATIC, text="cluster = Cluster(config)"),
    Drawn(MAIN, SYNC, 56, POINTS_TO, text="cluster.sync(params)"),
    Drawn(MAIN, START, 57, STATIC, text="start()"),
    Drawn(SYNC, UPDATE, 12, POINTS_TO, text="self.rollout.update(params)", guard='kind == "fast"', via=FAST),
    Drawn(SYNC, SAMPLER, 15, ASSUMED, text='getattr(self, "up" + name)(params)'),
    Drawn(DEBUG, UPDATE, 28, POINTS_TO, text="SlowRollout().update(params)", via=SLOW),
    Drawn(DEBUG, "print", 29, STATIC, text="print(params)"),
    Drawn(UPDATE, SAMPLER, 7, POINTS_TO, text="self.sampler.update(params)", via=FAST),
    Drawn(UPDATE, SLOW_SAMPLER, 7, POINTS_TO, text="self.sampler.update(params)", via=SLOW),
    Drawn(SAMPLER, WEIGHTS, 11, POINTS_TO, EdgeKind.WRITE, text="self.runner.weights = params"),
    Drawn(SLOW_SAMPLER, SLOW_WEIGHTS, 21, POINTS_TO, EdgeKind.WRITE, text="self.runner.weights = params"),
    Drawn(START, RUN, 3, STATIC, EdgeKind.SPAWN, text="Thread(target=run).start()"),
    Drawn(RUN, STEP, 8, DECLARED, text="runner.step()"),
    Drawn(STEP, WEIGHTS, 6, STATIC, EdgeKind.READ, text="return apply(self.weights)"),
]


def _edge(drawn: Drawn) -> Edge:
    paths = {symbol.name: symbol.path for symbol in SYMBOLS}
    span = Span(paths[drawn.source], drawn.line, 8, drawn.line, 8 + len(drawn.text))
    return Edge(drawn.source, drawn.target, drawn.kind, span, drawn.resolution, drawn.text, drawn.guard)


def two_rollouts() -> Graph:
    """Build the graph."""
    edges = sorted({_edge(drawn) for drawn in DRAWN}, key=lambda e: (e.source, e.site, e.target, e.kind))
    contexts: list[tuple[str, str]] = sorted(
        {(s.name, "") for s in SYMBOLS if s.name != UPDATE} | {(UPDATE, FAST), (UPDATE, SLOW)}
    )

    def number(name: str, receiver: str) -> int:
        return contexts.index((name, receiver if name == UPDATE else ""))

    hops = sorted((number(d.source, d.via), number(d.target, d.via), edges.index(_edge(d))) for d in DRAWN)
    return Graph(
        sources=(
            SourceInfo("app", "dir:app", "", "app"),
            SourceInfo("engine", "dir:engine", "abc123", "engine"),
        ),
        symbols=tuple(sorted(SYMBOLS)),
        edges=tuple(edges),
        unresolved=(
            Unresolved(Span("app/sampler.py", 8, 4, 8, 9), "self.hook()", Cause.RECEIVER, ".hook"),
            Unresolved(Span("engine/loop.py", 2, 4, 2, 9), "plugin()", Cause.RESULT),
        ),
        diagnostics=(Diagnostic("app/broken.py", 3, "syntax-error", "unexpected indent"),),
        summary={
            "modules": 4,
            "calls unresolved": 2,
            "unresolved: unbound name": 0,
            "unresolved: unknown value": 2,
        },
        aliases={"app.Cluster": "app.cluster.Cluster", "app.cluster.Trainer": "app.cluster.Cluster"},
        mro={
            "app.cluster.Cluster": ("app.cluster.Cluster",),
            "app.rollout.Rollout": ("app.rollout.Rollout",),
            FAST: (FAST, "app.rollout.Rollout"),
            SLOW: (SLOW, "app.rollout.Rollout"),
        },
        activations=tuple(name for name, _ in contexts),
        receivers=tuple(receiver for _, receiver in contexts),
        hops=tuple(hops),
    )
