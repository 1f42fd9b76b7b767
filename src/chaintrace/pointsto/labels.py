"""Labels: names that tell apart the lambdas of one scope, which all share one symbol."""

from collections.abc import Iterable

from chaintrace.ir.facts import BlockKind
from chaintrace.project.modules import Code


def labels_of(codes: Iterable[Code]) -> dict[Code, str]:
    """Return the name of each lambda, and of all code inside one, with lambdas numbered within their scope.

    Enclosing code comes before what it encloses.
    """
    labels: dict[Code, str] = {}
    counts: dict[Code, int] = {}
    for code in codes:
        parent = code.parent
        if parent is None:
            continue
        label = code.name
        if parent in labels:
            label = labels[parent] + code.name.removeprefix(parent.name)
        if code.block.kind is BlockKind.LAMBDA:
            counts[parent] = counts.get(parent, 0) + 1
            label = f"{label.removesuffix('>')}{counts[parent]}>"
        if label != code.name:
            labels[code] = label
    return labels


def doubled(codes: Iterable[Code]) -> frozenset[str]:
    """Return the names that several blocks of code have."""
    counts: dict[str, int] = {}
    for code in codes:
        counts[code.name] = counts.get(code.name, 0) + 1
    return frozenset(name for name, count in counts.items() if count > 1)
