"""Where the links of a commit lead, without a file system to ask."""

from collections.abc import Mapping

_TARGET_LIMIT = 4096  # bytes of a link's text, as file systems have it
_READ_LIMIT = 50_000_000  # bytes of the texts of all
_HOPS = 40


class Links:
    """Follow the links of a commit: `links` maps the path of each to the name and the size of its blob."""

    def __init__(self, links: Mapping[str, tuple[str, int]]) -> None:
        self._links = links
        self._texts: Mapping[str, bytes] = {}
        self.short: list[str] = []
        """Those whose text is short enough to be one."""
        total = 0
        for path, (_, size) in links.items():
            total += size if size <= _TARGET_LIMIT else 0
            if size <= _TARGET_LIMIT and total <= _READ_LIMIT:
                self.short.append(path)

    def read(self, texts: Mapping[str, bytes]) -> None:
        """Take the texts of the links that are short, by the names of their blobs."""
        self._texts = texts

    def real(self, path: str) -> str | None:
        """Return what a path leads to, itself a link where it leads nowhere, None where it leads out."""
        done: list[str] = []
        todo = path.split("/")[::-1]
        hops = 0
        while todo:
            part = todo.pop()
            if part in {"", "."}:
                continue
            if part == "..":
                if not done:
                    return None
                done.pop()
                continue
            done.append(part)
            digest, _ = self._links.get("/".join(done), ("", 0))
            if digest in self._texts and hops < _HOPS:
                text = self._texts[digest].decode("utf-8", "replace")
                if text.startswith("/"):
                    return None
                hops += 1
                done.pop()
                todo += text.split("/")[::-1]
        return "/".join(done)
