"""A revision of a repository, read from its object store: no work tree is needed, and none is touched."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from chaintrace.errors import SourceError
from chaintrace.sources.checkout import OWN_REFS, depth_of, fetched, is_commit
from chaintrace.sources.directory import Kept, Listed, Listing, list_files
from chaintrace.sources.gitcommand import Report, check_revision, read_objects, reading, run_git
from chaintrace.sources.part import WHOLE, Part
from chaintrace.sources.roots import Roots
from chaintrace.sources.tree import Entry, Tree

_ROOMS = (f"{OWN_REFS}/", "refs/tags/", "refs/remotes/origin/", "refs/heads/", "")
_CHUNK = 1 << 16
_NAME_LIMIT = 1 << 20
_ASKED = re.compile(r"(.+?)((?:[~^]\d*)*)", re.DOTALL)


class Revision(Listed):
    """Read the Python files of one commit of the repository whose work tree is `top`.

    `asked` is a commit, branch or tag, with `~2` or the like behind it if need be. With `fetch` what the
    repository does not have is fetched from its origin, the objects alone, and `report` hears how far that
    is. The rest is as for `Directory`.

    Raises SourceError for what is no revision.
    """

    root = ""

    def __init__(  # noqa: PLR0913 (all but two are keywords)
        self,
        top: Path,
        asked: str,
        *,
        name: str,
        origin: str,
        part: Part = WHOLE,
        fetch: bool = False,
        report: Report | None = None,
    ) -> None:
        match = _ASKED.fullmatch(asked)
        check_revision(match[1] if match else asked)
        self._top, self._asked, self._part, self._fetch = top, asked, part, fetch
        self.name, self.origin, self._report = name, origin, report

    @cached_property
    def revision(self) -> str:
        """Return the commit; raises SourceError where it cannot be had."""
        commit = _commit(self._top, self._asked)
        if commit:
            return commit
        if not self._fetch:
            raise SourceError(f"{self._top}: has no revision {self._asked!r}; fetch it there first")
        try:
            commit = fetched(self._top, self._asked, depth_of(self._top), self._report)
        except SourceError as error:
            raise SourceError(f"{self.origin}: {error}") from error
        with suppress(SourceError):  # an odd name: it is fetched again when it is asked for again
            run_git("update-ref", f"{OWN_REFS}/{self._asked}", commit, top=self._top)
        return commit

    @cached_property
    def _listing(self) -> Listing:
        try:
            tree = Tree(lambda: _listed(self._top, self.revision), self._part.subfolder)
            found = tree.found(lambda entries: _blobs(self._top, entries))
        except SourceError as error:
            raise SourceError(f"{self.origin} at {self.revision[:12]}: {error}") from error
        roots = Roots(found.contents, found.project_files, tree.packages_above)
        return list_files(self.name, found, roots, tree.root, Kept(self._part, tree.prefix))


def _commit(top: Path, asked: str) -> str:
    """Return the commit that `asked` names in the repository itself, "" where there is none."""
    rooms = ("",) if is_commit(_ASKED.sub(r"\1", asked, count=1)) else _ROOMS
    names = "".join(f"{room}{asked}^{{commit}}\n" for room in rooms)
    answers = read_objects("cat-file", "--batch-check", top=top, asked=names.encode())
    words = [line.split() for line in answers.decode("utf-8", "replace").splitlines()]
    return next((word[0] for word in words if word[1:2] == ["commit"]), "")


def _listed(top: Path, commit: str) -> Iterator[bytes]:
    """Yield the lines of the listing of a commit, as they come."""
    rest = b""
    with reading("ls-tree", "-r", "-z", "-l", "--full-tree", commit, top=top) as output:
        while chunk := output.read(_CHUNK):
            *lines, rest = (rest + chunk).split(b"\0")
            yield from lines
            if len(rest) > _NAME_LIMIT:
                raise SourceError("a name is too long; refused")


def _blobs(top: Path, entries: Iterable[Entry]) -> dict[str, bytes]:
    """Return the content of blobs by their names, all read by one command."""
    digests = list(dict.fromkeys(entry.digest for entry in entries))
    if not digests:
        return {}
    blobs = {}
    with reading("cat-file", "--batch", top=top, asked="".join(f"{d}\n" for d in digests).encode()) as answer:
        for digest in digests:
            words = answer.readline().decode("utf-8", "replace").split()
            if words[1:2] == ["blob"]:
                blobs[digest] = answer.read(int(words[2]))
                answer.read(1)
    return blobs
