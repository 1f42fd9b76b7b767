"""The command `cache`: what is kept on disk between runs."""

import json as json_words
from typing import TYPE_CHECKING

import typer

from chaintrace.cli import options
from chaintrace.cli.render import put_text, tell

if TYPE_CHECKING:
    from chaintrace.store.store import Store

cache = typer.Typer(
    name="cache",
    help="Look at, check or empty what is kept on disk between runs: the facts of files, and solved graphs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@cache.command()
def info(*, json: options.Json = False, debug: options.Debug = False) -> None:  # noqa: ARG001 - read by the runner
    """Say where the cache is, how large it may become, and what it holds."""
    from chaintrace.extraction import facts_version
    from chaintrace.store.graphs import graphs_version

    store = _store()
    current = {facts_version(): "facts", graphs_version(): "graphs"}
    held = [{"what": current.get(h.version, "of another version"), **h._asdict()} for h in store.holdings()]
    if json:
        put_text(json_words.dumps({"path": str(store.path), "limit": store.limit, "held": held}, indent=1))
        return
    lines = [f"{store.path}, at most {store.limit / 1024**2:,.0f} MiB"]
    lines += [
        f"  {one['entries']:>7,} {one['what']} ({one['version']}), {one['size'] / 1024**2:,.1f} MiB"
        for one in held
    ]
    put_text("\n".join(lines))


@cache.command()
def verify(*, debug: options.Debug = False) -> None:  # noqa: ARG001 - read by the runner
    """Check every entry, and drop the damaged ones."""
    store = _store()
    dropped = store.verify()
    put_text(f"{dropped} damaged entries dropped" if dropped else "every entry is whole")


@cache.command()
def clear(*, debug: options.Debug = False) -> None:  # noqa: ARG001 - read by the runner
    """Drop everything that can be made again."""
    _store().clear()
    put_text("the cache is empty")


def _store() -> "Store":
    from chaintrace.store.store import Store

    store = Store("")
    for one in store.diagnostics:
        tell(str(one))
    return store
