"""The language's functions and classes: `super`, `property`, containers, iteration, text, reflection."""

from chaintrace.pointsto.builtin import containers, errors, iteration, reflection, texts, wrappers
from chaintrace.pointsto.models import Models


def register(models: Models) -> None:
    """Register the models of the builtins."""
    for part in (wrappers, errors, reflection, containers, iteration, texts):
        part.register(models)
