"""Compare a fixture's `#!` comments with edges, and print the fixture as it should read."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from chaintrace.graph.edges import Edge, EdgeKind
from chaintrace.testing.fixture import RUN_TAGS, TAGS, Fixture, Note, Place, bare, without_comment

_NOTHING = Note()

# What comes to run because of a line counts as called there, whoever makes the last step.
_KINDS = {
    EdgeKind.CALL: "calls",
    EdgeKind.CALLBACK: "calls",
    EdgeKind.DISPATCH: "calls",
    EdgeKind.SPAWN: "spawns",
    EdgeKind.DEFINE: "defines",
    EdgeKind.WRITE: "writes",
    EdgeKind.READ: "reads",
    EdgeKind.SEND: "sends",
}

# Edges that stand beside a call for the reader's sake; no line of a run makes them.
_DERIVED = frozenset({"handed", "wrapped", "relayed", "returned"})

Names = Mapping[Place, frozenset[str]]


def found_names(fixture: Fixture, edges: Iterable[Edge]) -> Names:
    """Collect from the edges what each line calls and spawns.

    Only functions the fixture defines count: a run cannot show a call of a class without `__init__`, nor one
    into the interpreter. Class bodies, reads and writes count on lines that have a note for them.
    """
    names: defaultdict[Place, set[str]] = defaultdict(set)
    for edge in edges:
        tag = _KINDS.get(edge.kind)
        if tag is None or edge.site.path not in fixture.files or _DERIVED.intersection(edge.flags):
            continue
        place = Place(edge.site.path, edge.site.line, tag)
        target = bare(edge.target)
        wanted = target in fixture.functions if tag in ("calls", "spawns") else place in fixture.notes
        if wanted:
            names[place].add(target)
    return {place: frozenset(found) for place, found in names.items()}


def check(fixture: Fixture, edges: Iterable[Edge]) -> list[str]:
    """Return one line for every disagreement between the notes and the edges, in order.

    Notes are exact: a line that says nothing must yield nothing, and a `missing` that is found or a
    `spurious` that is not found any more is a disagreement too.
    """
    found = found_names(fixture, edges)
    problems: list[str] = []
    for place in in_order(fixture, {*fixture.notes, *found}):
        problems += _disagreements(place, fixture.notes.get(place, _NOTHING), found.get(place, frozenset()))
    return problems


def _disagreements(place: Place, note: Note, names: frozenset[str]) -> list[str]:
    groups = (
        ("lost {tag}: {name}", note.expected - names),
        ("fixed missing {tag}: {name} (move it to expected)", note.missing & names),
        ("fixed spurious {tag}: {name} (delete it)", note.spurious - names),
        ("new {tag}: {name}", names - note.found - note.missing),
    )
    return [
        f"{place.path}:{place.line}: " + message.format(tag=place.tag, name=name)
        for message, group in groups
        for name in sorted(group)
    ]


def check_run(fixture: Fixture, observed: Names) -> list[str]:
    """Return one line for every disagreement between the notes and what a run really called and spawned.

    A run does not show which line made a generator or coroutine, only which one first ran it: such a function
    is compared over the whole fixture, and its notes stand where it is called.
    """
    problems: list[str] = []
    noted: set[str] = set()
    checked: set[str] = set()
    for place in in_order(fixture, {*fixture.notes, *observed}):
        if not _is_compared(fixture, place):
            continue
        happens = fixture.notes.get(place, _NOTHING).happens
        names = observed.get(place, frozenset())
        noted |= happens
        if (place.path, place.line) in fixture.not_run:
            continue
        checked |= happens
        where = f"{place.path}:{place.line}"
        never, also = happens - names - fixture.deferred, names - happens - fixture.deferred
        problems += [f"{where}: the run never {place.tag}: {name}" for name in sorted(never)]
        problems += [f"{where}: the run also {place.tag}: {name}" for name in sorted(also)]
    ran = frozenset[str]().union(*observed.values()) & fixture.deferred
    problems += [f"{name} runs, and no line notes it" for name in sorted(ran - noted)]
    problems += [f"{name} never runs" for name in sorted(checked & fixture.deferred - ran)]
    return problems


def _is_compared(fixture: Fixture, place: Place) -> bool:
    """Say whether a run is held to the notes there; class bodies count on lines that have a note for them."""
    return place.tag in RUN_TAGS and (place.tag != "defines" or place in fixture.notes)


def check_paths(fixture: Fixture, finds: Callable[[str, str], bool]) -> list[str]:
    """Return one line for every disagreement between the notes on paths and whether one is found."""
    problems = []
    for note in fixture.paths:
        if finds(note.start, note.target) != note.found:
            known = ("fixed missing", "lost") if note.happens else ("new", "fixed spurious")
            problems.append(f"{known[note.found]} path: {note.start} -> {note.target}")
    return problems


def check_paths_run(fixture: Fixture, reached: Mapping[str, frozenset[str]]) -> list[str]:
    """Return one line for every disagreement between the notes on paths and what a run went through."""
    return [
        f"the run {'never gets' if note.happens else 'also gets'} from {note.start} to {note.target}"
        for note in fixture.paths
        if (note.target in reached.get(note.start, ())) != note.happens
    ]


def filled_in(fixture: Fixture, edges: Iterable[Edge]) -> str:
    """Return the fixture's text with its comments as the edges have it; the truth stays as noted."""
    found = found_names(fixture, edges)
    notes = {}
    for place in {*fixture.notes, *found}:
        names = found.get(place, frozenset())
        happens = fixture.notes.get(place, _NOTHING).happens
        notes[place] = Note(names & happens, happens - names, names - happens)
    return render(fixture, notes)


def filled_in_run(fixture: Fixture, observed: Names) -> str:
    """Return the fixture's text with its comments as the run has it; what was noted as found stays."""
    notes = {}
    for place in {*fixture.notes, *observed}:
        note = fixture.notes.get(place, _NOTHING)
        names = observed.get(place, frozenset())
        if not _is_compared(fixture, place) or (place.path, place.line) in fixture.not_run:
            names = note.happens
        else:
            names = (names - fixture.deferred) | (note.happens & fixture.deferred)
        notes[place] = Note(names - note.missing, names & note.missing, note.found - names)
    return render(fixture, notes)


def render(fixture: Fixture, notes: Mapping[Place, Note]) -> str:
    """Return the fixture's text with `notes` as its comments, each at the end of its line."""
    comments: defaultdict[int, list[str]] = defaultdict(list)
    for place in in_order(fixture, notes):
        if notes[place] != _NOTHING:
            comments[fixture.offsets[place.path] + place.line].append(_written(place.tag, notes[place]))
    for path, line in fixture.not_run:
        comments[fixture.offsets[path] + line].append("not-run")
    lines = []
    for number, text in enumerate(fixture.text.splitlines(), start=1):
        if "path:" in text and not without_comment(text):
            lines.append(text)
            continue
        code = without_comment(text)
        comment = "; ".join(comments[number])
        if code or not text.strip():
            lines.append(f"{code}  #! {comment}" if comment else code)
    return "\n".join(lines) + "\n"


def in_order(fixture: Fixture, places: Iterable[Place]) -> list[Place]:
    """Sort places as the fixture's text has them."""
    return sorted(places, key=lambda place: (fixture.offsets[place.path], place.line, TAGS.index(place.tag)))


def _written(tag: str, note: Note) -> str:
    sections = [(tag, note.expected), ("missing", note.missing), ("spurious", note.spurious)]
    return "; ".join(
        f"{word}: {', '.join(sorted(names))}".rstrip() for word, names in sections if names or word == tag
    )
