"""Permanent links to lines of code, in the forms of the common forges."""

import re
from urllib.parse import quote

_WEB = re.compile(
    r"^(?:(?:https?://(?P<served>[^/@]+)/|(?:git\+)?ssh://(?:[\w.-]+@)?(?P<shell>[^/:@]+)(?::\d+)?/|[\w.-]+@(?P<scp>[^/:@]+):)"
    r"(?P<name>[^/].*?)(?:\.git)?/?)$"
)
_COMMIT = re.compile(r"^[0-9a-f]{40}(?:[0-9a-f]{24})?$")
_FORMS = {
    "github": ("https://{host}/{name}/blob/{commit}/{path}", "#L{first}-L{last}"),
    "gitlab": ("https://{host}/{name}/-/blob/{commit}/{path}", "#L{first}-{last}"),
    "bitbucket": ("https://{host}/{name}/src/{commit}/{path}", "#lines-{first}:{last}"),
    "gitea": ("https://{host}/{name}/src/commit/{commit}/{path}", "#L{first}-L{last}"),
}
_GITEA = ("gitea", "codeberg", "forgejo")


def is_commit(revision: str) -> bool:
    """Say whether a revision is a commit, with nothing changed since."""
    return _COMMIT.match(revision) is not None


def permalink(origin: str, revision: str, path: str, first: int, last: int) -> str:
    """Return the address of lines of a file at a commit, "" where no forge or no commit is known.

    `path` is relative to the top of the repository. What the host is called tells the form; hosts that do not
    say it are taken for none. The address holds no character that Markdown or HTML reads as its own.
    """
    web = _WEB.match(origin)
    if web is None or not is_commit(revision):
        return ""
    host = (web["served"] or web["shell"] or web["scp"]).lower()
    form = "gitea" if any(word in host for word in _GITEA) else ""
    form = form or next((name for name in ("github", "gitlab", "bitbucket") if name in host), "")
    if not form:
        return ""
    page, lines = _FORMS[form]
    parts = {
        "host": quote(host, safe=":"),
        "name": quote(web["name"]),
        "commit": revision,
        "path": quote(path),
    }
    return page.format(**parts) + lines.format(first=first, last=last)
