"""List the channels of a graph with the addresses of both ends, and complain where a socket mixes two.

    python benchmarks/channels.py GRAPH.json [--all]

GRAPH.json is what `chaintrace graph --json` writes. Each line is a pair of ends: what carries the messages,
the address at which either end was opened, the two sites and the functions there. Without `--all` only
sockets are listed. The exit status is 1 where an edge joins sockets whose addresses are different.
"""  # noqa: INP001 - a script

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

_HERE = re.compile(r"://(\*|0\.0\.0\.0|localhost|127\.0\.0\.1|\[::1?\]):")


def main() -> int:
    """List the channels and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("graph", type=Path, help="a graph as JSON")
    parser.add_argument("--all", action="store_true", help="list every channel, not sockets alone")
    options = parser.parse_args()
    graph = json.loads(options.graph.read_text(encoding="utf-8"))
    sends = [edge for edge in graph["edges"] if edge["kind"] == "send" and "returned" not in edge["flags"]]
    sockets = [edge for edge in sends if "sent_at" in edge["channel"]]
    different = [edge for edge in sockets if _ends(edge, "sent_at") != _ends(edge, "received_at")]
    lines = sorted({_line(edge) for edge in (sends if options.all else sockets)})
    lines.append(f"{len(sends)} send edges, {len(sockets)} of sockets, {len(different)} mix addresses")
    lines += [f"mixed: {_line(edge)}" for edge in different]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if different else 0


def _ends(edge: dict[str, Any], end: str) -> set[str]:
    """Return the addresses of an end, those of this machine by their port."""
    return {_HERE.sub("://:", address) for address in edge["channel"][end]}


def _line(edge: dict[str, Any]) -> str:
    channel = edge["channel"]
    ends = [channel["name"]]
    if "sent_at" in channel:
        ends = ["|".join(channel["sent_at"]), "|".join(channel["received_at"])]
    sites = f"{edge['send_site']} -> {edge['receive_site']}"
    return f"{channel['transport']}  {' = '.join(ends)}  {sites}  {edge['caller']} -> {edge['callee']}"


if __name__ == "__main__":
    sys.exit(main())
