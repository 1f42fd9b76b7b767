"""Find the demo pair: two small packages with the shapes of a real trainer and its engine."""

from pathlib import Path

from chaintrace.errors import SourceError


def demo_directory() -> Path:
    """Return the directory that holds the demo pair and its `chaintrace.toml`.

    An installed package carries it beside its modules; an editable checkout keeps it in `examples/pair`.

    Raises:
        SourceError: neither place has it, so the installation is incomplete.

    """
    package = Path(__file__).resolve().parent
    places = (package / "examples" / "pair", package.parents[1] / "examples" / "pair")
    for place in places:
        if (place / "chaintrace.toml").is_file():
            return place
    raise SourceError(f"the demo pair is missing from {package}: reinstall chaintrace")
