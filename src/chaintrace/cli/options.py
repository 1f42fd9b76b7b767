"""The words of the command line, each defined once."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

PATTERN = "a name, Class.attribute, a glob, or file.py:120"

Sources = Annotated[
    list[str] | None,
    Argument(
        metavar="SOURCE",
        help="A directory, a git URL or path with an optional @revision, or pypi:NAME==VERSION.",
        show_default=False,
    ),
]
To = Annotated[list[str] | None, Option("--to", metavar="TARGET", help=f"Where chains end: {PATTERN}.")]
From = Annotated[list[str] | None, Option("--from", metavar="START", help=f"Where chains start: {PATTERN}.")]
Of = Annotated[list[str] | None, Option("--of", "--to", metavar="TARGET", help=f"The symbol: {PATTERN}.")]
CalleesOf = Annotated[
    list[str] | None, Option("--of", "--from", metavar="START", help=f"The symbol: {PATTERN}.")
]
Format = Annotated[
    str | None,
    Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="text, dot, svg, png, json, graphml, mermaid, html, pycg, sarif.",
    ),
]
Json = Annotated[bool, Option("--json", help="The same as -f json.")]
Output = Annotated[
    list[Path] | None,
    Option("--output", "-o", metavar="FILE", help="Also write FILE, in the format its extension stands for."),
]
Via = Annotated[
    list[str] | None, Option("--via", metavar="SYMBOL", help="Pass this symbol; several in order.")
]
Avoid = Annotated[list[str] | None, Option("--avoid", metavar="SYMBOL", help="Keep clear of this symbol.")]
Kind = Annotated[
    list[str] | None,
    Option(
        "--kind",
        metavar="KIND",
        help="write or read: how a chain may end; call, spawn, ...: how it may move.",
    ),
]
GraphKind = Annotated[
    list[str] | None,
    Option(
        "--kind",
        metavar="KIND",
        help="Only edges of this kind; with --to: how a chain may end (write, read) or move (others).",
    ),
]
Depth = Annotated[int | None, Option("--depth", min=1, metavar="N", help="The largest number of hops.")]
Steps = Annotated[int, Option("--depth", min=1, metavar="N", help="How many hops away.")]
Count = Annotated[
    int | None,
    Option(
        "-k",
        min=1,
        metavar="N",
        help="Chains to each target; else the best, to an attribute that to each writer and reader.",
    ),
]
Refuted = Annotated[
    bool, Option("--refuted", help="List the chains that were considered and cannot happen, and why.")
]
Run = Annotated[
    Path | None,
    Option(
        "--observed", metavar="FILE", help="Mark what a recorded run (see observe) made and what it did not."
    ),
]
Assume = Annotated[
    list[str] | None,
    Option(
        "--assume",
        metavar="CONDITION",
        help='Take for granted: mode == "fast", enabled, not enabled, x is None (names by their endings).',
    ),
]
Suppose = Annotated[
    list[str] | None,
    Option(
        "--suppose",
        metavar="CALL",
        help="Take a call to be made that is not found: 'CALLER -> CALLEE' or 'CALLER:LINE -> CALLEE'.",
    ),
]
Least = Annotated[
    str | None,
    Option(
        "--min-resolution",
        metavar="WORD",
        help="Leave out edges known less surely: static, points-to, modelled, declared or assumed.",
    ),
]
Everything = Annotated[
    bool,
    Option("--everything", help="Read and start everything at once, not only what the starts lead to."),
]
Channels = Annotated[
    bool,
    Option("--channels", help="Show only threads, processes and classes, and the channels between them."),
]
Demo = Annotated[bool, Option("--demo", help="Read the pair of packages that chaintrace carries along.")]
Profile = Annotated[str | None, Option("--profile", metavar="NAME", help="Use this built-in profile.")]
Update = Annotated[
    bool,
    Option("--update", help="Move clones to what is asked for as it is upstream now, and the lock file."),
]
ShowStats = Annotated[
    bool, Option("--stats", help="Tell on stderr what the run cost: time by stage, sizes, memory.")
]
Rev = Annotated[
    list[str] | None,
    Option(
        "--rev",
        metavar="NAME=REV",
        help="Read source NAME at this commit, branch, tag (or release) from the objects of its repository.",
    ),
]
CloneRev = Annotated[
    list[str] | None,
    Option("--rev", metavar="NAME=REV", help="Check this commit, branch or tag of source NAME out."),
]
Locked = Annotated[
    bool, Option("--locked", help="Fetch what chaintrace.lock records, and refuse anything else.")
]
Force = Annotated[
    bool,
    Option("--force", help="Set aside, never delete, what is in the place of a clone or was changed there."),
]
History = Annotated[
    int | None,
    Option("--depth", min=0, metavar="N", help="Commits of history to fetch: 1 unless given, 0 for all."),
]
Quiet = Annotated[bool, Option("--quiet", "-q", help="Say nothing on stderr but errors.")]
Debug = Annotated[bool, Option("--debug", help="Show the traceback of an error.")]
