"""What a trace file may say: its keys, as classes with their descriptions.

The JSON Schema for editors is made from them (`chaintrace.sources.schema`).
"""

from typing import Annotated

from msgspec import Meta, Struct

from chaintrace.sources.part import Part


class SourceSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """Name one source: exactly one of `git`, `pypi` and `directory`."""

    name: Annotated[str, Meta(description="What output calls the source; its clone is workdir/NAME.")]
    git: Annotated[str, Meta(description="The URL of a repository (https, ssh, git, file), or its path.")] = (
        ""
    )
    revision: Annotated[
        str, Meta(description="A commit, branch or tag of the repository; without one, its head.")
    ] = ""
    branch: Annotated[str, Meta(description="A branch of the repository.")] = ""
    tag: Annotated[str, Meta(description="A tag of the repository.")] = ""
    pypi: Annotated[str, Meta(description="A release, NAME==VERSION.")] = ""
    directory: Annotated[str, Meta(description="A folder or .py file, relative to the trace file.")] = ""
    subfolder: Annotated[str, Meta(description="Read only this folder of the source.")] = ""
    include: Annotated[
        tuple[str, ...],
        Meta(description="Read only files that one of these globs matches, from the (sub)folder on."),
    ] = ()
    exclude: Annotated[
        tuple[str, ...], Meta(description="Leave out files that one of these globs matches.")
    ] = ()
    fallback: Annotated[
        str, Meta(description="The release to read where the repository cannot be reached, NAME==VERSION.")
    ] = ""

    @property
    def asked(self) -> str:
        """Return the revision to give to git, "" for the head."""
        if self.branch:
            return f"refs/heads/{self.branch}"
        return f"refs/tags/{self.tag}" if self.tag else self.revision

    @property
    def part(self) -> Part:
        """Return the part of the source that is read."""
        return Part(self.subfolder, self.include, self.exclude)


class LinkSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """Name one link of the chain: what it is for, and the code that does it."""

    role: Annotated[str, Meta(description="What this link of the chain does, in a few words.")]
    symbols: Annotated[
        tuple[str, ...], Meta(description="The functions, classes or places that do it, as patterns.")
    ]


class TraceTable(Struct, frozen=True, forbid_unknown_fields=True):
    """Say which sources to read, where execution starts, and what to look for."""

    name: Annotated[str, Meta(description="The name of the trace; without one, that of its folder.")] = ""
    sources: Annotated[tuple[SourceSpec, ...], Meta(description="What to read, together.")] = ()
    entries: Annotated[
        tuple[str, ...], Meta(description="Where execution may start: names of functions, or patterns.")
    ] = ()
    targets: Annotated[
        tuple[str, ...], Meta(description="Where chains end: functions or attributes, or patterns.")
    ] = ()
    waypoints: Annotated[
        tuple[str, ...], Meta(description="Symbols that the chains must pass; a report says which they miss.")
    ] = ()
    links: Annotated[
        tuple[LinkSpec, ...],
        Meta(description="Links of the chain by their roles; a report shows their code."),
    ] = ()
    assumptions: Annotated[
        tuple[str, ...],
        Meta(description='Conditions taken for granted: mode == "fast", enabled, not enabled, x is None.'),
    ] = ()
    calls: Annotated[
        tuple[str, ...],
        Meta(description="Calls that are supposed to be made: CALLER -> CALLEE, or CALLER:LINE -> CALLEE."),
    ] = ()
    models: Annotated[
        tuple[str, ...],
        Meta(description="Files with rows that say what libraries do, relative to the trace file."),
    ] = ()
    default: Annotated[bool, Meta(description="The profile used where nothing is named.")] = False
