"""The language's own functions and classes: `super`, `property`, containers, iteration, reflection."""

from chaintrace.pointsto.builtin import containers, iteration, reflection, wrappers
from chaintrace.pointsto.models import Models


def register(models: Models) -> None:
    """Register the models of the builtins."""
    for part in (wrappers, reflection, containers, iteration):
        part.register(models)
