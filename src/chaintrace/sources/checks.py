"""What is wrong with a trace file whose keys and values have the right form, and where in it."""

from collections.abc import Iterator

from chaintrace.errors import SourceError
from chaintrace.sources.gitcommand import check_revision, is_git_url
from chaintrace.sources.package import is_release
from chaintrace.sources.part import is_inside
from chaintrace.sources.spec import SourceSpec, TraceTable
from chaintrace.sources.tomllines import Keys

Mistake = tuple[Keys, str]
_REVISIONS = ("revision", "branch", "tag")


def check_trace(trace: TraceTable, *, is_profile: bool) -> Iterator[Mistake]:
    """Yield the mistakes of a trace, in order."""
    if trace.default and not is_profile:
        yield ("default",), "`default` is for built-in profiles only"
    for number, model in enumerate(trace.models):
        if is_profile or not model:
            yield ("models", number), "models are files beside a trace file"
    seen: set[str] = set()
    for number, spec in enumerate(trace.sources):
        for keys, message in _check_source(spec, seen):
            yield ("sources", number, *keys), f"sources[{number}]: {message}"
        seen.add(spec.name)


def _check_source(spec: SourceSpec, seen: set[str]) -> Iterator[Mistake]:
    if not spec.name or spec.name in seen or set(spec.name) & set("/\\:\0") or spec.name.startswith("."):
        yield ("name",), f"`name` must be unique and fit to be a directory name, not {spec.name!r}"
    if sum(map(bool, (spec.git, spec.pypi, spec.directory))) != 1:
        yield (), "give exactly one of `git`, `pypi` and `directory`"
    if spec.git and not is_git_url(spec.git) and (spec.git.startswith("-") or "::" in spec.git):
        yield ("git",), f"{spec.git!r} is not a git URL or a path"
    yield from _check_revisions(spec)
    for key in ("pypi", "fallback"):
        if (text := getattr(spec, key)) and not is_release(text):
            yield (key,), f"{text!r} is not a release; write NAME==VERSION"
    yield from _check_part(spec)


def _check_revisions(spec: SourceSpec) -> Iterator[Mistake]:
    given = [key for key in _REVISIONS if getattr(spec, key)]
    if len(given) > 1:
        yield (given[1],), f"give one of {', '.join(f'`{key}`' for key in given)}"
    for key in (*given, *(["fallback"] if spec.fallback else [])):
        if not spec.git:
            yield (key,), f"`{key}` goes with `git` only"
    for key in given:
        try:
            check_revision(getattr(spec, key))
        except SourceError as error:
            yield (key,), str(error)


def _check_part(spec: SourceSpec) -> Iterator[Mistake]:
    if spec.subfolder and not is_inside(spec.subfolder):
        yield ("subfolder",), f"{spec.subfolder!r} is not a folder inside of the source"
    for key in ("include", "exclude"):
        for number, glob in enumerate(getattr(spec, key)):
            if not glob.strip("/") or ".." in glob.split("/"):
                yield (key, number), f"{glob!r} matches nothing inside of the source"
