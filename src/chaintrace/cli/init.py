"""The command `init`."""

from chaintrace.cli import options
from chaintrace.cli.render import put_text
from chaintrace.cli.run import Request


def init(
    *,
    profile: options.Profile = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,  # noqa: ARG001 - read by the runner
) -> None:
    """Write chaintrace.toml here: from --profile, or from the code, scripts and clones in this folder."""
    from chaintrace import api

    file = api.init(profile=profile)
    put_text(file.name)
    say = Request(quiet=quiet).say
    trace = api.read_trace(file)
    if not trace.targets:
        say(f"add what to look for to targets in {file.name}, then run chaintrace report")
    elif any(source.git for source in trace.sources):
        say("chaintrace clone fetches the sources, chaintrace report writes the answer up")
